"""Probe: the value at one point."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from medview.measure.frame import to_voxel
from medview.measure.kind import Kind
from medview.measure.reading import Reading, Shape, Value, number_text
from medview.measure.region import lost_slices


class Probe(Kind):
    """The nearest voxel's own value, never an interpolated one."""

    id: ClassVar[str] = "probe"
    name: ClassVar[str] = "Point Value"
    shortcut: ClassVar[str] = "Shift+D"
    description: ClassVar[str] = "The value of the voxel that is clicked"
    order: ClassVar[int] = 80
    count: ClassVar[int] = 1
    mark: ClassVar[Literal["", "cross", "arrow"]] = "cross"

    def read(self, shape: Shape) -> Reading:
        volume = shape.volume
        voxel = to_voxel(volume.geometry, shape.measure.points[0])
        place = np.rint(voxel).astype(int)
        if (place < 0).any() or (place >= volume.geometry.shape).any():
            return Reading(lines=("no voxel",))
        if lost_slices(volume)[place[0]]:
            return Reading(lines=("no value",), notes=("this slice has no pixels",))
        value = volume.voxels[tuple(place)]
        if volume.is_color:
            return Reading(lines=("RGB " + " ".join(str(int(part)) for part in value),))
        number = float(value)
        if volume.padding is not None and volume.padding[0] <= number <= volume.padding[1]:
            return Reading(lines=("padding",))
        values = [Value("value", number, volume.units)]
        lines = [f"{number_text(number)} {volume.units}".rstrip()]
        if float(number).is_integer():
            lines = [f"{number:.0f} {volume.units}".rstrip().replace("-", "−", 1)]
        notes = (f"no SUV: {volume.no_suv}",) if volume.no_suv else ()
        if volume.suv is not None and volume.units != "SUV":
            values.append(Value("SUV value", number * volume.suv, "g/ml"))
            lines.append(f"SUV {number_text(number * volume.suv)}")
        return Reading(tuple(values), tuple(lines), notes)
