"""The contract of an operation on labels, and how the program finds the operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.discover import classes_of
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.edit.draft import Proposal
from medview.edit.edit import Edit
from medview.edit.regions import Mask, padded


@dataclass(frozen=True, eq=False)
class Scene:
    """What an operation works on, in a job: read, never written.

    The label map lives on; a result is used only if its revision is still the same. ``plane_axis``
    and ``plane_index`` are the plane shown, ``edits`` those that are done.
    """

    labelmap: LabelMap
    volume: Volume
    label_id: int
    plane_axis: int = 0
    plane_index: int = 0
    edits: Sequence[Edit] = ()

    @property
    def geometry(self) -> Geometry:
        return self.labelmap.geometry

    @property
    def name(self) -> str:
        """The active label's."""
        return self.labelmap.table[self.label_id].name

    def chosen(self, scope: str) -> list[int]:
        """Ids of the labels an operation is for: the active one, or all that are not locked."""
        if scope == "this-label":
            return [self.label_id]
        return [label.id for label in self.labelmap.table if not label.locked]

    def around(self, ids: Sequence[int], margin_mm: float = 0.0) -> Box | None:
        """The box of some labels' voxels with a margin, None where there are none."""
        shape = self.geometry.shape
        box: Box | None = None
        for index, plane in enumerate(self.labelmap.voxels):
            found = Box.around(np.isin(plane, ids)[None]) if plane.any() else None
            if found is not None:
                moved = found.moved((index, 0, 0))
                box = moved if box is None else box.union(moved)
        if box is None:
            return None
        steps = [int(np.ceil(margin_mm / step)) + 1 for step in self.geometry.spacing_mm]
        return padded(box, (steps[0], steps[1], steps[2]), shape)

    def needed(self, ids: Sequence[int], margin_mm: float = 0.0) -> Box:
        """As `around`; MedviewError "empty-label" where there is nothing."""
        box = self.around(ids, margin_mm)
        if box is None:
            raise MedviewError(
                f"The label {self.name} is empty." if len(ids) == 1 else "No label has voxels.",
                hint="Choose a label that was painted.",
                code="empty-label",
            )
        return box

    def part(self, box: Box) -> NDArray[Any]:
        """A copy of the label ids in a box."""
        return self.labelmap.voxels[box.slices].copy()


class Operation:
    """A change of one label or of all that is previewed, then kept by Enter or dropped by Esc.

    One file in ``edit/operations``. ``options`` is a dataclass as a tool's. `propose` is a plain
    function of a scene and its own options; None where nothing would change.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    description: ClassVar[str]
    order: ClassVar[int] = 100
    is_live: ClassVar[bool] = False  # painting goes on, and each stroke is answered anew

    def __init__(self, options: Any = None) -> None:
        self.options = options

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        raise NotImplementedError


def change_of_label(
    scene: Scene, name: str, box: Box, before: NDArray[Any], mask: Mask
) -> Proposal | None:
    """The proposal that makes ``mask`` the active label's voxels in ``box``: what it gives up
    becomes background, what it takes in is taken from background and from other labels."""
    after = before.copy()
    after[before == scene.label_id] = 0
    after[mask] = scene.label_id
    return Proposal.between(name, box, before, after)


def label_by_label(
    scene: Scene, scope: str, verb: str, progress: Progress, change: Callable[[Mask], Mask]
) -> Proposal | None:
    """The proposal that gives each chosen label what ``change`` makes of its mask, by itself.

    What a label gives up becomes background; it takes in background only.
    """
    ids = scene.chosen(scope)
    box = scene.needed(ids)
    before = scene.part(box)
    after = before.copy()
    for number, label_id in enumerate(ids):
        progress.report(number / len(ids), scene.labelmap.table[label_id].name)
        own = before == label_id
        wanted = change(own)
        after[own & ~wanted] = 0
        after[wanted & (after == 0)] = label_id
    name = scene.name if len(ids) == 1 else "all labels"
    return Proposal.between(f"{verb} {name}", box, before, after)


def discover_operations() -> list[type[Operation]]:
    """Every Operation class in ``medview.edit.operations``, by ``order``."""
    from medview.edit import operations

    return classes_of(operations, Operation)
