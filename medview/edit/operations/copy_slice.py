"""From another slice: copies the active label of a slice, given by number, to the one shown."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene, change_of_label
from medview.edit.regions import plane_box


@dataclass(frozen=True)
class CopySliceOptions:
    """``source`` counts from 1 along the view used last, as the view does."""

    source: int = field(
        default=1, metadata={"label": "From slice", "minimum": 1, "maximum": 9999, "step": 1}
    )


class CopySlice(Operation):
    """What other labels have on the slice shown they keep."""

    id = "copy-slice"
    name = "Copy From Slice"
    description = "Put the active label of another slice on the slice shown."
    order = 6

    def __init__(self, options: CopySliceOptions | None = None) -> None:
        super().__init__(options or CopySliceOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        labels = np.moveaxis(scene.labelmap.voxels, scene.plane_axis, 0)
        source = self.options.source - 1
        if source >= len(labels) or not (labels[source] == scene.label_id).any():
            raise MedviewError(
                f"{scene.name} is not on slice {self.options.source}.",
                hint="Give the number of a slice where it is drawn.",
                code="empty-label",
            )
        box = plane_box(scene.geometry.shape, scene.plane_axis, scene.plane_index)
        before = scene.part(box)
        own = np.expand_dims(labels[source] == scene.label_id, scene.plane_axis)
        wanted = own & ((before == 0) | (before == scene.label_id))
        return change_of_label(scene, f"Copy {scene.name} from slice", box, before, wanted)
