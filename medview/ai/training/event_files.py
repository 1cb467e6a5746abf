"""TensorBoard event files, for those who want them: the curves of a training outside the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from medview.core.errors import MedviewError


class EventFiles:
    """Loss, Dice by label and the comparison, written to ``folder``.

    MedviewError "no-tensorboard" when the library is not installed.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise MedviewError(
                "TensorBoard is not installed.",
                hint='Install it: pip install "medview[tensorboard]".',
                code="no-tensorboard",
            ) from error
        self._writer: Any = SummaryWriter(str(folder))

    def add_step(self, step: int, loss: float, dice: Sequence[float], names: Sequence[str]) -> None:
        """``dice`` by foreground class, NaN where absent."""
        self._writer.add_scalar("loss", loss, step)
        for name, value in zip(names, dice, strict=True):
            if value == value:
                self._writer.add_scalar(f"Dice on the slices it learns from/{name}", value, step)

    def add_comparison(self, step: int, table: Sequence[dict[str, Any]]) -> None:
        """The rows of `medview.session.comparing.compare`."""
        for row in table:
            for which in ("current", "candidate"):
                if row[which] is not None:
                    title = f"{row['label']}, {row['case']}/{which}"
                    self._writer.add_scalar(title, row[which], step)

    def close(self) -> None:
        self._writer.close()
