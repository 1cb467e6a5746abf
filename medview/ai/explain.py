"""What can be asked of an explanation: options, and the numpy part of heat maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Region = Literal["component", "slice", "drawn"]


@dataclass(frozen=True)
class Method:
    """A way to make a heat map: the file of that name in `medview.ai.network.attribution`.

    ``has_layers``: whether a layer of the network can be chosen; ``extra``: the optional package
    it needs ("" for none); ``seconds``: about how long a slice takes on two CPU cores.
    """

    name: str
    title: str
    has_layers: bool = True
    extra: str = ""
    seconds: float = 0.3


METHODS = {
    method.name: method
    for method in (
        Method("seg_grad_cam", "Seg-Grad-CAM"),
        Method("seg_xres_cam", "Seg-XRes-CAM"),
        Method("hires_cam", "HiResCAM"),
        Method("extremal", "Extremal perturbation", False, "", 5.0),
        Method("integrated_gradients", "Integrated gradients", False, "captum", 5.0),
        Method("occlusion", "Occlusion", False, "captum", 20.0),
        Method("lime", "LIME", False, "captum", 20.0),
    )
}
LAYERS = ("default", "bottleneck", "decoder 1", "decoder 2")


@dataclass(frozen=True, eq=False)
class ExplainOptions:
    """``region`` is the visible component nearest to ``point`` (row, column on the shown slice),
    the whole slice, or what somebody drew: ``drawn``, bool (rows, columns of the shown slice).
    ``layer`` one of `LAYERS` (default: mean of the bottleneck and decoder 1), ``method`` a key of
    `METHODS`. ``label_id`` is the model's class; ``shown_as`` the id of its label where the map is
    shown, when that is another."""

    label_id: int
    region: Region = "component"
    point: tuple[float, float] | None = None
    layer: str = "default"
    method: str = "seg_grad_cam"
    drawn: NDArray[np.bool_] | None = None
    shown_as: int | None = None


def pick_region(mask: NDArray[np.bool_], point: tuple[float, float] | None) -> NDArray[np.bool_]:
    """The connected part of ``mask`` at or nearest to ``point``; all of it without a point."""
    from scipy import ndimage

    parts, count = ndimage.label(mask, structure=np.ones((3, 3), bool))
    if count < 2 or point is None:
        return mask
    rows, columns = np.nonzero(mask)
    nearest = ((rows - point[0]) ** 2 + (columns - point[1]) ** 2).argmin()
    chosen: NDArray[np.bool_] = parts == parts[rows[nearest], columns[nearest]]
    return chosen


def scale_to_one(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Divide by the maximum; zeros stay zeros."""
    top = float(values.max(initial=0.0))
    return values if top <= 0 else (values / np.float32(top)).astype(np.float32)
