"""Versions of a label map: named states to compare with, to look at and to go back to."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Job, Progress
from medview.core.label_json import table_from_json, table_to_json
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.core.metrics import dice
from medview.edit.edit import Edit, Origin
from medview.edit.mask_editor import MaskEditor, with_look_of
from medview.edit.prediction import as_predicted, newest_prediction
from medview.store.records import VersionRecord, pack_array, unpack_array
from medview.store.workspace import Workspace

_SLICES_AT_ONCE = 8
MODEL_VERSION = 0  # the id of the state that the model left, which needs no keeping

# what the difference view paints: present now only, in the version only, and another label
ADDED, REMOVED, CHANGED = 1, 2, 3
DIFFERENCE_TABLE = LabelTable.of(
    [
        Label(ADDED, "only now", (0, 158, 115)),
        Label(REMOVED, "only in the version", (213, 94, 0)),
        Label(CHANGED, "another label", (204, 121, 167)),
    ]
)


@dataclass(frozen=True, eq=False)
class Comparison:
    """``version`` beside the labels of now: ``difference`` (`DIFFERENCE_TABLE`), Dice by name
    (None: neither has voxels), and how many voxels differ."""

    version: LabelMap
    difference: LabelMap
    dice: dict[str, float | None]
    voxels: int


def keep(workspace: Workspace, labelmap: LabelMap, case_key: str, name: str, person: str) -> int:
    """Write a version; slow for large volumes, so off the main thread. Its id."""
    record = VersionRecord(
        case_key,
        name,
        time.time(),
        person,
        labelmap.voxels.dtype.str,
        pack_array(labelmap.voxels),
        json.dumps(table_to_json(labelmap.table)),
    )
    return workspace.put_version(record).result()


def keep_job(
    workspace: Workspace, labelmap: LabelMap, case_key: str, name: str, person: str
) -> Job:
    """`keep` as a job, on a frozen copy."""
    return Job(
        f"Keeping {name}", lambda _progress: keep(workspace, labelmap, case_key, name, person)
    )


def load(workspace: Workspace, version_id: int, geometry: Geometry) -> LabelMap:
    """A version's labels; MedviewError "version-damaged" when they do not fit the image."""
    record = workspace.version(version_id)
    if record is None:
        raise MedviewError("This version is not there any more.", code="no-such-version")
    try:
        voxels: Any = unpack_array(record.labels, geometry.shape, record.dtype)
        return LabelMap(geometry, table_from_json(json.loads(record.table_json)), voxels)
    except ValueError as error:
        raise MedviewError(
            f"The version {record.name} cannot be read.", code="version-damaged"
        ) from error


def as_the_model_left_it(labelmap: LabelMap, done: Sequence[Edit]) -> LabelMap | None:
    """The labels right after the newest edit of a model, or None when no model made any.

    ``labelmap`` is a frozen copy of now, ``done`` the edits that led to it, the oldest first.
    """
    newest = newest_prediction(done)
    if newest is None:
        return None
    tables = [one.table_before for one in done[newest + 1 :] if one.table_before is not None]
    table = tables[0] if tables else labelmap.table
    voxels: Any = as_predicted(labelmap, done, Box.whole(labelmap.geometry.shape))
    return LabelMap(labelmap.geometry, table, voxels)


def compare(now: LabelMap, version: LabelMap, progress: Progress | None = None) -> Comparison:
    """What changed between a version and now; labels are matched by name."""
    listener = progress or Progress()
    names = {label.name.lower(): label.id for label in now.table}
    lookup = np.arange(65536, dtype=np.uint16)
    for label in version.table:
        lookup[label.id] = names.get(label.name.lower(), label.id)
    before: NDArray[np.uint16] = lookup[version.voxels]
    present = now.voxels
    difference = np.zeros(present.shape, np.uint8)
    different = before != present
    difference[different & (before == 0)] = ADDED
    difference[different & (present == 0)] = REMOVED
    difference[different & (before > 0) & (present > 0)] = CHANGED
    found: dict[str, float | None] = {}
    for number, label in enumerate(now.table):
        listener.report(number / max(len(now.table), 1), "Comparing")
        found[label.name] = dice(before == label.id, present == label.id)
    return Comparison(
        version,
        LabelMap(now.geometry, DIFFERENCE_TABLE, difference),
        found,
        int(np.count_nonzero(different)),
    )


def compare_job(workspace: Workspace, version_id: int, now: LabelMap, done: Sequence[Edit]) -> Job:
    """`compare` with a kept version, or with what the model left (`MODEL_VERSION`)."""

    def function(progress: Progress) -> Comparison:
        if version_id == MODEL_VERSION:
            version = as_the_model_left_it(now, done)
        else:
            version = load(workspace, version_id, now.geometry)
        if version is None:
            raise MedviewError("No model has worked on this case.", code="no-such-version")
        return compare(now, version, progress)

    return Job("Comparing versions", function)


def restore_steps(
    editor: MaskEditor, version: LabelMap, name: str, origin: Origin
) -> Generator[float, None, Edit | None]:
    """Bring a version back as one edit, in small steps; locked labels stay as they are."""
    shape = editor.labelmap.geometry.shape
    kind = editor.labelmap.voxels.dtype
    table = with_look_of(version.table, editor.labelmap.table)
    for label in editor.labelmap.table:
        if label.locked:  # whatever the version calls it
            table = table.with_label(label)
    editor.begin(f"Back to {name}", origin, 0, table)
    try:
        for low in range(0, shape[0], _SLICES_AT_ONCE):
            high = min(low + _SLICES_AT_ONCE, shape[0])
            box = Box((low, 0, 0), (high, shape[1], shape[2]))
            editor.write(box, version.voxels[low:high].astype(kind))
            yield high / shape[0]
    except BaseException:  # given up by the window: no gesture may stay open
        editor.abort()
        raise
    return editor.commit()
