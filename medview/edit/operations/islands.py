"""Islands: keeps the largest part of a label, removes small ones, or splits them into labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene, label_by_label
from medview.edit.regions import Mask
from medview.edit.scopes import SCOPE, Scope


@dataclass(frozen=True)
class IslandsOptions:
    """``smallest_mm3`` is the volume from which an island stays."""

    action: Literal["keep-largest", "remove-small"] = field(
        default="keep-largest", metadata={"label": "Do"}
    )
    smallest_mm3: float = field(
        default=500.0,
        metadata={
            "label": "Small is under",
            "unit": "mm³",
            "minimum": 0.0,
            "maximum": 1e9,
            "step": 100.0,
        },
    )
    scope: Scope = field(default="this-label", metadata=SCOPE)


class Islands(Operation):
    """Parts that hang together by faces; for all labels each by itself."""

    id = "islands"
    name = "Islands"
    description = "Keep the largest part of a label, or remove small ones."
    order = 10

    def __init__(self, options: IslandsOptions | None = None) -> None:
        super().__init__(options or IslandsOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        def wanted(mask: Mask) -> Mask:
            return mask & ~self._unwanted(mask, scene)

        verb = "Keep largest of" if self.options.action == "keep-largest" else "Remove islands of"
        return label_by_label(scene, self.options.scope, verb, progress, wanted)

    def _unwanted(self, mask: Mask, scene: Scene) -> Mask:
        from scipy import ndimage

        parts, count = ndimage.label(mask)
        if count < 1:
            return mask
        sizes = np.bincount(parts.ravel())
        goes = np.ones(count + 1, bool)
        goes[0] = False
        if self.options.action == "keep-largest":
            goes[1 + int(sizes[1:].argmax())] = False
        else:
            smallest = self.options.smallest_mm3 / (scene.geometry.voxel_volume_ml * 1000.0)
            goes[1:] = sizes[1:] < smallest
        unwanted: Mask = goes[parts]
        return unwanted
