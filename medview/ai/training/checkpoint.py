"""Checkpoint: a training that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import io
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from medview.core.atomic import write_bytes
from medview.core.errors import MedviewError

logger = logging.getLogger(__name__)


@dataclass
class Checkpoint:
    """One file that is replaced atomically every ``steps`` steps or ``seconds``.

    ``request`` names what is trained from what: a file of another request is not read. A disk that
    refuses is said once to ``say``, and the training goes on without. ``is_fresh`` reads nothing.
    """

    file: Path
    request: str
    say: Callable[[str], None] = lambda words: None
    steps: int = 20
    seconds: float = 30.0
    is_fresh: bool = False
    _written: float = field(default_factory=time.monotonic)
    _has_failed: bool = False

    def is_due(self, step: int) -> bool:
        return step % self.steps == 0 or time.monotonic() - self._written >= self.seconds

    def read(self) -> dict[str, Any] | None:
        """The last state, on the CPU; None when there is none of this request that is whole."""
        if self.is_fresh:
            return None
        try:
            stored = self.file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            logger.warning("a checkpoint cannot be read: %s", error)
            return None
        mark, packed = stored[: len(self._mark(b""))], stored[len(self._mark(b"")) :]
        if mark != self._mark(packed):
            logger.info("a checkpoint is damaged or of another request")
            return None
        state: dict[str, Any] = torch.load(
            io.BytesIO(packed), map_location="cpu", weights_only=True
        )
        return state

    def _mark(self, packed: bytes) -> bytes:
        """What stands before the state: only the same bytes of the same request have it."""
        return hashlib.sha256(self.request.encode() + packed).digest()

    def write(self, state: dict[str, Any]) -> None:
        """``state``: tensors, numbers and text in lists and dictionaries."""
        packed = io.BytesIO()
        torch.save(state, packed)
        try:
            write_bytes(self.file, self._mark(packed.getvalue()) + packed.getvalue())
        except MedviewError as error:
            logger.warning("no checkpoint: %s", error)
            if not self._has_failed:
                self.say(f"{error} The training goes on, but could not be resumed.")
            self._has_failed = True
        self._written = time.monotonic()
