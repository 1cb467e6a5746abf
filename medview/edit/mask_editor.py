"""MaskEditor: the only writer of label voxels."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from medview.core.box import Box
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.edit.edit import Edit, Origin, Patch, utc_now
from medview.edit.history import History

Overwrite = Literal["all", "visible", "none"]

_NOWHERE = Box((0, 0, 0), (0, 0, 0))


def with_look_of(table: LabelTable, other: LabelTable) -> LabelTable:
    """``table`` with colour, visibility, lock, opacity and state as ``other`` has them for labels
    of one name.

    Those are no edits, so undo, redo and replay leave them as they are now.
    """
    return LabelTable.of(
        replace(
            label,
            color=other[label.id].color,
            visible=other[label.id].visible,
            locked=other[label.id].locked,
            opacity=other[label.id].opacity,
            state=other[label.id].state,
        )
        if label.id in other and other[label.id].name == label.name
        else label
        for label in table
    )


class MaskEditor:
    """Writes voxels of one label map as named, undoable gestures; locked labels never change.

    Every write is announced with ``changed(Box)``, every gesture that changed something with
    ``committed(Edit)``. Both are emitted in the thread that made the editor, which alone may call
    it (RuntimeError otherwise): views and the session listen without locks.
    """

    changed = Signal(Box)
    committed = Signal(object)  # Edit
    table_changed = Signal()

    def __init__(self, labelmap: LabelMap, history: History) -> None:
        self.labelmap = labelmap
        self.history = history
        self._owner = threading.get_ident()
        self._gesture: tuple[str, Origin, int] | None = None
        self._before: dict[int, NDArray[Any]] = {}  # whole slices, copied at first touch
        self._touched = _NOWHERE
        self._old_table = labelmap.table
        self.overwrite: Overwrite = "all"
        self._own: int | None = None

    @property
    def is_open(self) -> bool:
        """True inside a gesture."""
        return self._gesture is not None

    def begin(
        self,
        name: str,
        origin: Origin,
        slice_index: int,
        table: LabelTable | None = None,
        label_id: int | None = None,
    ) -> None:
        """Open a gesture; RuntimeError when one is open.

        ``table`` becomes the label table as part of the edit (new labels, other names).
        ``label_id`` is the label a person works on: ``overwrite`` then says which others may
        change ("all", the "visible" ones, "none"). Locked ones never do.
        """
        self._check_thread()
        if self._gesture is not None:
            raise RuntimeError("a gesture is already open")
        self._gesture = (name, origin, slice_index)
        self._own = label_id
        self._old_table = self.labelmap.table
        if table is not None and table != self._old_table:
            self._set_table(table)
        self._before = {}
        self._touched = _NOWHERE

    def paint(self, box: Box, where: NDArray[np.bool_], label_id: int) -> None:
        """Set voxels of ``box`` where ``where`` (the box's shape) to ``label_id`` (0 erases)."""
        self.write(box, np.full(box.shape, label_id, self.labelmap.voxels.dtype), where)

    def write(self, box: Box, values: NDArray[Any], where: NDArray[np.bool_] | None = None) -> None:
        """Set voxels of ``box`` to ``values`` (the box's shape) where ``where`` allows.

        The part outside the label map is left out. Locked labels are neither overwritten nor
        painted. ValueError for a label id that is not in the table.
        """
        self._check_thread()
        if self._gesture is None:
            raise RuntimeError("no gesture is open")
        inside = box.clip(self.labelmap.geometry.shape)
        if inside.is_empty:
            return
        part = tuple(
            slice(i - b, j - b) for i, j, b in zip(inside.low, inside.high, box.low, strict=True)
        )
        values = values[part]
        allowed = np.ones(inside.shape, bool) if where is None else where[part].copy()
        voxels = self.labelmap.writable()
        old = voxels[inside.slices]
        self._check_known(values, allowed)
        for label in self.labelmap.table:
            if label.locked:
                allowed &= (old != label.id) & (values != label.id)
            elif self._own not in (None, label.id) and self.protects(label):
                allowed &= old != label.id
        allowed &= old != values
        changed = Box.around(allowed)
        if changed is None:
            return
        for index in range(inside.low[0] + changed.low[0], inside.low[0] + changed.high[0]):
            if index not in self._before:
                self._before[index] = voxels[index].copy()
        old[allowed] = values[allowed]
        offset = inside.low
        moved = Box(
            (changed.low[0] + offset[0], changed.low[1] + offset[1], changed.low[2] + offset[2]),
            (changed.high[0] + offset[0], changed.high[1] + offset[1], changed.high[2] + offset[2]),
        )
        self._touched = self._touched.union(moved)
        self.labelmap.revision += 1
        self.changed.emit(moved)

    def commit(self) -> Edit | None:
        """Close the gesture; the Edit, or None when nothing changed."""
        self._check_thread()
        if self._gesture is None:
            raise RuntimeError("no gesture is open")
        (name, origin, slice_index), self._gesture = self._gesture, None
        box = self._touched
        before = self._gather_before(box)
        after = self.labelmap.voxels[box.slices]
        self._before = {}
        new_table = self.labelmap.table if self.labelmap.table != self._old_table else None
        if new_table is None and not _differs(before, after):
            return None
        edit = Edit(
            name,
            box,
            Patch.owning(before),
            Patch.of(after),
            origin,
            utc_now(),
            slice_index,
            None if new_table is None else self._old_table,
            new_table,
        )
        self.history.push(edit)
        self.committed.emit(edit)
        return edit

    def abort(self) -> None:
        """Close the gesture and put everything back."""
        self._check_thread()
        if self._gesture is None:
            return
        self._gesture = None
        voxels = self.labelmap.writable()
        for index, plane in self._before.items():
            voxels[index] = plane
        self._before = {}
        if self.labelmap.table != self._old_table:
            self._set_table(self._old_table)
        if not self._touched.is_empty:
            self._announce(self._touched)

    def undo(self) -> Edit | None:
        """Revert the newest edit; None when there is none or a gesture is open."""
        self._check_thread()
        edit = None if self.is_open else self.history.step_back()
        if edit is not None:
            self._put(edit.box, edit.before, edit.table_before)
        return edit

    def redo(self) -> Edit | None:
        """Apply the next undone edit again."""
        self._check_thread()
        edit = None if self.is_open else self.history.step_forward()
        if edit is not None:
            self._put(edit.box, edit.after, edit.table_after)
        return edit

    def replay(self, edits: list[Edit], cursor: int) -> None:
        """Bring a fresh label map to the state after the first ``cursor`` edits."""
        self._check_thread()
        voxels = self.labelmap.writable()
        for edit in edits[:cursor]:
            if edit.table_after is not None:
                self.labelmap.table = edit.table_after
            if not edit.box.is_empty:
                voxels[edit.box.slices] = edit.after.array()
        self.history.restore(edits, cursor)
        self._announce(Box.whole(self.labelmap.geometry.shape))

    def protects(self, label: Label) -> bool:
        """Whether the overwrite policy keeps voxels of a label that is not worked on."""
        return self.overwrite == "none" or (self.overwrite == "visible" and not label.visible)

    def _check_known(self, values: NDArray[Any], allowed: NDArray[np.bool_]) -> None:
        highest = int(values.max(initial=0))
        if highest > np.iinfo(self.labelmap.voxels.dtype).max:
            raise ValueError(f"label {highest} does not fit voxels of {self.labelmap.voxels.dtype}")
        known = np.zeros(highest + 1, bool)
        known[[0, *(label.id for label in self.labelmap.table if label.id <= highest)]] = True
        if known.all():
            return
        strange = np.unique(values[allowed & ~known[values]])
        if strange.size:
            raise ValueError(f"labels {strange.tolist()} are not in the table")

    def _gather_before(self, box: Box) -> NDArray[Any]:
        voxels = self.labelmap.voxels
        before = np.empty(box.shape, voxels.dtype)
        for index in range(box.low[0], box.high[0]):
            plane = self._before.get(index)
            source = voxels[index] if plane is None else plane
            before[index - box.low[0]] = source[box.slices[1:]]
        return before

    def _put(self, box: Box, patch: Patch, table: LabelTable | None) -> None:
        if not box.is_empty:
            self.labelmap.writable()[box.slices] = patch.array()
        if table is not None:
            self._set_table(with_look_of(table, self.labelmap.table))
        if not box.is_empty:
            self._announce(box)

    def _set_table(self, table: LabelTable) -> None:
        self.labelmap.table = table
        self.table_changed.emit()

    def _announce(self, box: Box) -> None:
        self.labelmap.revision += 1
        self.changed.emit(box)

    def _check_thread(self) -> None:
        if threading.get_ident() != self._owner:
            raise RuntimeError(
                "label voxels may be changed only by the thread that owns the session"
            )


def _differs(before: NDArray[Any], after: NDArray[Any]) -> bool:
    """Whether any voxel differs; stops at the first slice that does."""
    return any(bool((old != new).any()) for old, new in zip(before, after, strict=True))
