"""From a model's slices to one Edit, leaving out what a person touched."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from medview.ai.card import ModelCard
from medview.ai.prediction import PredictedSlice
from medview.core.box import Box, Index
from medview.core.labels import LabelTable
from medview.edit.edit import Edit, Origin
from medview.edit.mask_editor import MaskEditor
from medview.session.attaching import merged_by_name

_FEWEST_FOR_DOUBT = 5  # slices: fewer have no usual doubt
_SLICES_AT_ONCE = 8  # per step of a commit, so that the main thread stays free in between

Result = TypeVar("Result")


@dataclass(eq=False)
class Preview:
    """A prediction in progress: ``labels`` (label ids of the label map) on the volume's grid."""

    case_key: str
    labels: NDArray[np.uint8]
    done: NDArray[np.bool_]  # per slice of the volume's first axis
    table: LabelTable
    lookup: NDArray[np.uint8]  # model class -> label id
    origin: Origin
    name: str
    slice_index: int
    finished_planes: int = 0
    # by slice of the volume's first axis and label id; 0 over everything labelled there
    doubts: dict[int, dict[int, float]] = field(default_factory=dict)


def merge_tables(table: LabelTable, card: ModelCard) -> tuple[LabelTable, NDArray[np.uint8]]:
    """The table with the model's labels in it (found by name), and class -> label id."""
    table, ids = merged_by_name(table, card.labels)
    lookup = np.zeros(card.classes, np.uint8)
    for class_index, label_id in ids.items():
        lookup[class_index] = label_id
    return table, lookup


def add_slice(preview: Preview, item: PredictedSlice, view: NDArray[np.uint8]) -> Box:
    """Paint a finished canonical slice; ``view`` is the preview in canonical order.

    Returns the box painted."""
    view[item.canonical_index] = preview.lookup[item.labels]
    preview.finished_planes += 1
    axis, index = item.box_axis_index
    low, high = [0, 0, 0], list(preview.labels.shape)
    low[axis], high[axis] = index, index + 1
    if axis == 0:
        preview.done[index] = True
        preview.doubts[index] = {
            int(preview.lookup[number]): doubt for number, doubt in item.doubts.items()
        }
    elif preview.finished_planes == preview.labels.shape[axis]:
        preview.done[:] = True
    return Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def doubtful_slices(doubts: dict[int, float]) -> frozenset[int]:
    """The tenth of the labelled slices in which the model was least sure, where that stands out
    from its usual doubt (by a quarter at least)."""
    known = sorted(doubt for doubt in doubts.values() if doubt > 0)
    if len(known) < _FEWEST_FOR_DOUBT:
        return frozenset()
    limit = max(known[-max(len(known) // 10, 1)], 1.25 * known[len(known) // 2])
    return frozenset(index for index, doubt in doubts.items() if doubt >= limit)


def commit_steps(
    editor: MaskEditor,
    preview: Preview,
    touched: dict[int, NDArray[np.bool_]],
    accepted: frozenset[int],
) -> Generator[float, None, Edit | None]:
    """Write the preview as one edit, a few slices per step; yields the fraction done.

    Slices that are not done or that a person accepted stay as they were, as do the pixels in
    ``touched`` (slice -> mask).
    The generator's return value is the Edit, or None when nothing changed.
    """
    editor.begin(preview.name, preview.origin, preview.slice_index, preview.table)
    try:
        yield from _write_steps(editor, preview, touched, accepted)
    except BaseException:  # given up by the window, or refused: no gesture may stay open
        editor.abort()
        raise
    return editor.commit()


def _write_steps(
    editor: MaskEditor,
    preview: Preview,
    touched: dict[int, NDArray[np.bool_]],
    accepted: frozenset[int],
) -> Generator[float, None, None]:
    shape = preview.labels.shape
    for low in range(0, shape[0], _SLICES_AT_ONCE):
        high = min(low + _SLICES_AT_ONCE, shape[0])
        if preview.done[low:high].any():
            where = np.ones((high - low, *shape[1:]), bool)
            for index in range(low, high):
                if not preview.done[index] or index in accepted:
                    where[index - low] = False
                elif index in touched:
                    where[index - low] &= ~touched[index]
            values = preview.labels[low:high].astype(editor.labelmap.voxels.dtype, copy=False)
            editor.write(Box((low, 0, 0), (high, shape[1], shape[2])), values, where)
        yield high / shape[0]


def run_steps(steps: Generator[float, None, Result]) -> Result:
    """Exhaust a generator of steps at once and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result


class TouchedVoxels:
    """Which voxels a person changed by hand, per slice, from the edits that are done."""

    def __init__(self) -> None:
        self._planes: dict[int, NDArray[np.bool_]] = {}
        self._stale = False

    def clear(self) -> None:
        self._planes = {}
        self._stale = False

    def invalidate(self) -> None:
        """After undo or redo."""
        self._stale = True

    def add(self, edit: Edit, shape: Index) -> None:
        """Remember the voxels that a tool's edit changed."""
        if edit.origin.kind == "model" or edit.box.is_empty:
            return
        changed = edit.before.array() != edit.after.array()
        for offset in range(edit.box.shape[0]):
            if changed[offset].any():
                plane = self._planes.setdefault(edit.box.low[0] + offset, np.zeros(shape[1:], bool))
                plane[edit.box.slices[1:]] |= changed[offset]

    def planes(self, done: list[Edit], shape: Index) -> dict[int, NDArray[np.bool_]]:
        """Slice -> mask; built again from ``done`` when undo or redo happened."""
        if self._stale:
            self.clear()
            for edit in done:
                self.add(edit, shape)
        return self._planes
