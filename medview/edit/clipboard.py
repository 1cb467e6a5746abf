"""The clipboard for masks: what labels have on one slice, to be put on another one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labels import Label
from medview.edit.draft import Proposal
from medview.edit.mask_editor import MaskEditor
from medview.edit.regions import plane_box


@dataclass(frozen=True, eq=False)
class SliceMask:
    """The ``labels`` copied from a plane across ``axis``: ``plane`` holds their ids, 0 elsewhere.

    ``plane`` has a slice's shape with length 1 along ``axis``, as the label map stores it.
    """

    geometry: Geometry
    axis: int
    labels: tuple[Label, ...]
    plane: NDArray[Any]

    @property
    def name(self) -> str:
        """The one label's, "labels" for several."""
        return self.labels[0].name if len(self.labels) == 1 else "labels"


def copy_slice(editor: MaskEditor, axis: int, index: int, ids: Collection[int]) -> SliceMask:
    """What some labels have on a slice; MedviewError "empty-label" where they have nothing."""
    labelmap = editor.labelmap
    box = plane_box(labelmap.geometry.shape, axis, index)
    plane: NDArray[Any] = labelmap.voxels[box.slices]
    plane = np.where(np.isin(plane, list(ids)), plane, 0).astype(plane.dtype)
    labels = tuple(label for label in labelmap.table if label.id in ids)
    if not plane.any():
        raise MedviewError(
            f"{labels[0].name} is not on this slice."
            if len(labels) == 1
            else "No label is on this slice.",
            hint="Go to a slice where it is drawn.",
            code="empty-label",
        )
    return SliceMask(labelmap.geometry, axis, labels, plane)


def paste(editor: MaskEditor, mask: SliceMask, axis: int, index: int) -> Proposal | None:
    """The copied labels, by name, on another slice as they were on theirs; None for no change.

    Voxels of labels that were not copied are overwritten as the editor's policy allows. To be
    kept without a label of its own (`draft.keep`). MedviewError "other-plane" where the slice lies
    across another axis or in another image, "no-such-label" where the labels are gone.
    """
    labelmap = editor.labelmap
    if axis != mask.axis or not labelmap.geometry.is_close(mask.geometry):
        raise MedviewError(
            "What was copied does not fit this slice.",
            hint="Paste in the same image, in a view of the direction that it was copied from.",
            code="other-plane",
        )
    now = {label.name.lower(): label.id for label in labelmap.table}
    own = {one.id: now[one.name.lower()] for one in mask.labels if one.name.lower() in now}
    if not own:
        raise MedviewError(
            "The labels that were copied are gone.", hint="Copy again.", code="no-such-label"
        )
    box = plane_box(labelmap.geometry.shape, axis, index)
    before = labelmap.voxels[box.slices]
    after = before.copy()
    after[np.isin(before, list(own.values()))] = 0
    others = (label for label in labelmap.table if label.id not in own.values())
    kept = [label.id for label in others if label.locked or editor.protects(label)]
    free = ~np.isin(before, kept)
    for old, new in own.items():
        after[free & (mask.plane == old)] = new
    return Proposal.between(f"Paste {mask.name} on slice", box, before, after)
