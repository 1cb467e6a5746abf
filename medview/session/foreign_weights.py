"""Other people's PyTorch files as models: opened in a child process, taken when they fit."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from medview.ai.card import CARD, WEIGHTS, ModelCard, file_sha256
from medview.ai.catalog import Catalog, ModelFolder
from medview.core.atomic import write_text
from medview.core.errors import MedviewError
from medview.core.program import this_program
from medview.session.model_packages import card_text, import_model
from medview.session.torch_room import predictor_module

SUFFIXES = (".pt", ".pth", ".ckpt", ".bin")
_SECONDS = 120.0


def import_weights(
    path: Path, catalog: Catalog, like: ModelCard, name: str, version: str
) -> ModelFolder:
    """A PyTorch file of weights as the model NAME@VERSION that reads and labels as ``like`` does.

    The file is opened in a child process with weights_only, and converted; its tensors must have
    the names and shapes of the architecture of ``like``, of any width. MedviewError "bad-model"
    with the reason otherwise; nothing is changed then.
    """
    with tempfile.TemporaryDirectory(prefix="medview-model-") as temporary:
        folder = Path(temporary) / "model"
        folder.mkdir()
        _read_in_a_child(path, folder / WEIGHTS)
        arguments = predictor_module().fitting_arguments(folder / WEIGHTS, like, str(path))
        card = replace(
            like,
            name=name,
            version=version,
            arguments=arguments,
            sha256=file_sha256(folder / WEIGHTS),
            description=f"Weights from {path.name}; input and labels as {like.id}.",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            parent="",
            corrections=0,
            license="",
            training={"source": path.name, "source_sha256": file_sha256(path)},
            limitations=("Taken from a file of weights alone: nothing is known of its training.",),
            heatmap={},
        )
        write_text(folder / CARD, card_text(card))
        return import_model(folder, catalog)


def _read_in_a_child(source: Path, target: Path) -> None:
    command = [*this_program(), "--read-weights", str(source.absolute()), str(target)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(source, "reading it took too long") from error
    if done.returncode != 0 or not target.is_file():
        lines = done.stderr.strip().splitlines() if done.returncode == 3 else []
        raise _refused(source, lines[-1] if lines else "the process that read it ended early")


def _refused(path: Path, reason: str) -> MedviewError:
    return MedviewError(
        f"{path} is not taken: {reason}.",
        hint="Give a state dictionary saved by torch.save, or a model's folder or zip.",
        code="bad-model",
    )
