"""Drafts: what a tool or an operation proposes; nothing of it is kept before a person says so."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.edit.edit import Edit, Origin
from medview.edit.mask_editor import MaskEditor

_SLICES_AT_ONCE = 8  # per step of a large write, so that the main thread stays free in between


@dataclass(frozen=True, eq=False)
class Proposal:
    """Voxels that would be written: those of ``box`` where ``where`` become ``values``.

    ``values`` (label ids, 0 erases) and ``where`` have the shape of ``box``: (slice, row, column).
    """

    name: str
    box: Box
    values: NDArray[Any]
    where: NDArray[np.bool_]

    @classmethod
    def of_label(cls, name: str, box: Box, where: NDArray[np.bool_], label_id: int) -> Proposal:
        """One label (0 erases) for all the voxels."""
        values = np.broadcast_to(np.array(label_id, np.uint16), where.shape)
        return cls(name, box, values, where)

    @classmethod
    def between(
        cls, name: str, box: Box, before: NDArray[Any], after: NDArray[Any]
    ) -> Proposal | None:
        """What turns ``before`` into ``after``, cut to where they differ; None for no difference.

        ``box`` is where both lie."""
        different = before != after
        inner = Box.around(different)
        if inner is None:
            return None
        cut = inner.slices
        return cls(name, inner.moved(box.low), after[cut], different[cut])

    @property
    def voxel_count(self) -> int:
        return int(np.count_nonzero(self.where))


@dataclass(frozen=True, eq=False)
class Outline:
    """A line over the picture through ``points`` (n, 3), fractional voxels in one plane.

    ``handles`` are points of the same kind that can be taken with the mouse.
    """

    points: NDArray[np.float64]
    closed: bool = False
    handles: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Draft:
    """What the views show of it: lines in the plane they were drawn in, and proposed voxels."""

    plane_axis: int
    outlines: tuple[Outline, ...] = ()
    proposal: Proposal | None = None
    label_id: int = 0  # whose colour the lines have; 0 where they cut


def keep_steps(
    editor: MaskEditor,
    proposal: Proposal,
    origin: Origin,
    slice_index: int,
    label_id: int | None = None,
) -> Generator[float, None, Edit | None]:
    """Write a proposal as one edit, a few slices per step; yields the fraction done.

    ``label_id`` is the label it was made for, which the overwrite policy asks about (None: the
    policy does not apply). Given up in between, nothing stays. The Edit is its return value, None
    when nothing changed.
    """
    editor.begin(proposal.name, origin, slice_index, label_id=label_id)
    try:
        low, high = proposal.box.low, proposal.box.high
        dtype = editor.labelmap.voxels.dtype
        for first in range(0, proposal.box.shape[0], _SLICES_AT_ONCE):
            last = min(first + _SLICES_AT_ONCE, proposal.box.shape[0])
            part = Box((low[0] + first, low[1], low[2]), (low[0] + last, high[1], high[2]))
            values = proposal.values[first:last].astype(dtype, copy=False)
            editor.write(part, values, proposal.where[first:last])
            yield last / proposal.box.shape[0]
    except BaseException:
        editor.abort()
        raise
    return editor.commit()


def keep(
    editor: MaskEditor,
    proposal: Proposal,
    origin: Origin,
    slice_index: int,
    label_id: int | None = None,
) -> Edit | None:
    """`keep_steps` at once."""
    steps = keep_steps(editor, proposal, origin, slice_index, label_id)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            edit: Edit | None = stop.value
            return edit
