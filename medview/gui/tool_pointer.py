"""From a place in a view to the `Pointer` that tools know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF

from medview.edit.tips import Oblique
from medview.edit.tool import Pointer

if TYPE_CHECKING:
    from medview.gui.slice_view import SliceView

_REACH = 8.0  # screen pixels within which a point of a line is taken


def pointer_at(view: SliceView, position: QPointF, **what: Any) -> Pointer | None:
    """A fractional voxel of the volume on the shown plane; None where nothing is shown."""
    voxel, planes = view.voxel_at(position), view.planes
    if voxel is None or planes is None or view.transform is None:
        return None
    oblique = None
    if planes.axis is None:
        normal = planes.geometry.directions[:, 0]
        oblique = Oblique.of(planes.volume, normal, view.slab.thickness_mm)
    reach = _REACH / view.transform.zoom
    return Pointer(voxel, planes.axis or 0, reach_mm=reach, oblique=oblique, **what)
