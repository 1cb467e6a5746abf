"""Fill holes: background that a label encloses, in the volume or slice by slice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from medview.core.job import Progress
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene, label_by_label
from medview.edit.regions import Mask, filled_planes
from medview.edit.scopes import SCOPE, Scope


@dataclass(frozen=True)
class FillHolesOptions:
    """``holes`` are enclosed in all directions, or within each plane of the view."""

    holes: Literal["in-the-volume", "in-each-slice"] = field(
        default="in-the-volume", metadata={"label": "Enclosed"}
    )
    scope: Scope = field(default="this-label", metadata=SCOPE)


class FillHoles(Operation):
    """Other labels inside a hole stay."""

    id = "fill-holes"
    name = "Fill Holes"
    description = "Fill background that a label encloses."
    order = 40

    def __init__(self, options: FillHolesOptions | None = None) -> None:
        super().__init__(options or FillHolesOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        def filled(mask: Mask) -> Mask:
            from scipy import ndimage

            if self.options.holes == "in-each-slice":
                return filled_planes(mask, scene.plane_axis)
            found: Mask = ndimage.binary_fill_holes(mask)
            return found

        return label_by_label(scene, self.options.scope, "Fill holes of", progress, filled)
