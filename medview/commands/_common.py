"""What several commands share: workspaces, opening images and labels without a window."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Volume
from medview.formats.registry import format_for
from medview.session import opening
from medview.session.models import Models
from medview.store.workspace import Workspace, workspace_folder


def need_path(path: Path) -> Path:
    """The path; MedviewError when it does not exist."""
    if not path.exists():
        raise MedviewError(f"{path} does not exist.", hint="Check the name.", code="no-path")
    return path


def open_image(
    path: Path,
    series_uid: str | None = None,
    volume_index: int = 0,
    progress: Progress | None = None,
) -> Volume:
    """The image in a file or folder: the series asked for, else the largest."""
    progress = progress or Progress()
    report = opening.index([need_path(path)], progress)
    return opening.load(opening.largest_image(report, series_uid), progress, volume_index)


def read_labels(path: Path, volume: Volume | None, table: LabelTable | None = None) -> LabelMap:
    """A label file on the grid of ``volume``."""
    known = format_for(need_path(path))
    if known.read_labels is None:
        raise MedviewError(f"{path} ({known.name}) holds no labels.", code="no-labels")
    labelmap: LabelMap = known.read_labels(path, volume, table=table)
    return labelmap


def label_rows(labelmap: LabelMap, volume: Volume | None = None) -> list[dict[str, Any]]:
    """Id, name, voxels and millilitres of each label, as the headless contract writes them.

    Millilitres are None where the grid, or the image ``volume`` on it, does not allow to measure.
    """
    known = labelmap.geometry.calibrated and (volume is None or volume.is_measurable)
    rows = []
    for label in labelmap.table:
        voxels = labelmap.voxel_count(label.id)
        millilitres = round(voxels * labelmap.geometry.voxel_volume_ml, 3) if known else None
        rows.append({"id": label.id, "name": label.name, "voxels": voxels, "ml": millilitres})
    return rows


def label_line(row: dict[str, Any]) -> str:
    """One of `label_rows` for people."""
    size = f"{row['voxels']} voxels"
    if row["ml"] is not None:
        size = f"{row['ml']:.1f} ml ({size})"
    return f"  {row['id']} {row['name']}: {size}"


def open_workspace(options: argparse.Namespace) -> Workspace:
    """The workspace of the command line, for writing."""
    return Workspace(workspace_folder(options.workspace))


class _NoChoices:
    """Stands for a workspace that is not there: nothing was ever chosen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def active(self, name: str) -> str | None:
        return None

    def chosen(self, name: str) -> set[str]:
        return set()

    def note(self, key: str) -> str | None:
        return None

    def close(self) -> None:
        pass


@contextmanager
def reading_models(workspace_dir: Path | None) -> Iterator[Models]:
    """The versions without a lock, also while the window is open; makes no workspace."""
    folder = workspace_folder(workspace_dir)
    workspace: Workspace | _NoChoices
    try:
        workspace = Workspace.open_readonly(folder)
    except MedviewError as error:
        if error.code == "workspace-older":
            workspace = Workspace(folder)
        elif error.code == "workspace-missing":
            workspace = _NoChoices(folder)
        else:
            raise
    try:
        yield Models(cast("Workspace", workspace))
    finally:
        workspace.close()


def model_folder(wanted: str | None, workspace_dir: Path | None) -> Path:
    """The folder of NAME[@VERSION], or of the model in use; the workspace need not exist."""
    with reading_models(workspace_dir) as models:
        return models.find(wanted).folder


class Ticker:
    """Progress on stderr for people: a line at most every two seconds; quiet with --json."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet or not sys.stderr.isatty()
        self._last = 0.0

    def __call__(self, fraction: float, text: str) -> None:
        now = time.monotonic()
        if not self._quiet and now - self._last > 2.0:
            self._last = now
            print(f"{fraction:4.0%} {text}", file=sys.stderr, flush=True)
