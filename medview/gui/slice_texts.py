"""SliceTexts: the words for what a slice view shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from medview.core.color_maps import GREY
from medview.core.volume import Volume
from medview.gui import annotations as notes
from medview.gui.view_transform import ViewTransform
from medview.gui.words import tr

if TYPE_CHECKING:
    from medview.gui.slice_view import SliceView
    from medview.gui.view_parts import HeatMapLike

_BETWEEN = "    "
_LONGEST_LINE = 56  # characters under the mouse


def annotate(view: SliceView, transform: ViewTransform) -> notes.Annotations:
    """Letters, corners, notice and heat map legend for the view's current state."""
    volume, planes, index = view.volume, view.planes, view.slice_index
    if volume is None or planes is None:
        return notes.Annotations()
    top_left, top_right = notes.corner_texts(volume, names=view.names_visible)
    zoom = 100.0 * transform.zoom / transform.fit_zoom
    bottom_left = [tr("zoom {percent:.0f} %").format(percent=zoom)]
    if not volume.is_color:
        bottom_left.insert(0, notes.window_text(view.window_level, volume.units))
    under_mouse = cursor_text(view)
    if under_mouse:
        long = len(under_mouse) > _LONGEST_LINE  # it would run into the scale bar
        bottom_left[:0] = under_mouse.rsplit(_BETWEEN, 1) if long else [under_mouse]
    unread = planes.axis == 0 and volume.ready is not None and not volume.ready[index]
    heat = view.shown_heatmap
    return notes.Annotations(
        transform.placement.letters(planes.geometry),
        top_left,
        top_right,
        tuple(bottom_left),
        notes.slice_texts(planes, index, even=volume.is_even) + _how_made(view),
        tr("reading this slice …") if unread else "",
        "" if heat is None else _heat_title(view, heat),
        True if heat is None else heat.reliable,
        _color_bar(view, volume),
    )


def _heat_title(view: SliceView, heat: HeatMapLike) -> str:
    """The label that was explained; of a map of no label what it shows: doubt, or a finding."""
    return label_name(view, heat.label_id) if heat.label_id else heat.method


def _color_bar(view: SliceView, volume: Volume) -> notes.ColorBar | None:
    """What the colours mean: the fused volume's, else the picture's own where it is not grey."""
    fusion = view.fusion
    if fusion is not None:
        colors, window, units = fusion.colors, fusion.window, fusion.units
    elif view.colors != GREY and not volume.is_color:
        colors, window, units = view.colors, view.window_level, volume.units
    else:
        return None
    ends = (window.center - window.width / 2.0, window.center + window.width / 2.0)
    low, high = (f"{end:.4g} {units}".strip() for end in ends)
    return notes.ColorBar(colors, low, high)


def cursor_text(view: SliceView) -> str:
    """Value, label and patient position under the mouse, "" when it is not over the slice."""
    volume, planes, cursor = view.volume, view.planes, view.cursor_voxel
    if volume is None or planes is None or cursor is None:
        return ""
    exact = planes.to_volume((view.slice_index, round(cursor[0]), round(cursor[1])))
    nearest = [int(n) for n in np.rint(exact)]
    if any(not 0 <= n < size for n, size in zip(nearest, volume.geometry.shape, strict=True)):
        return ""
    index = (nearest[0], nearest[1], nearest[2])
    value = volume.voxels[index]
    if volume.is_color:
        number = "RGB " + " ".join(str(int(part)) for part in value)
    elif np.issubdtype(value.dtype, np.floating):
        number = f"{value:.4g}"
    else:
        number = f"{value}"
    parts = [f"{number} {volume.units}".strip()]
    if volume.suv is not None and volume.units != "SUV":
        parts.append(tr("SUV {suv:.2f}").format(suv=float(value) * volume.suv))
    elif volume.no_suv:
        parts.append(tr("no SUV: {no_suv}").format(no_suv=volume.no_suv))
    label_id = 0 if view.labels is None else int(view.labels.voxels[index])
    if label_id:
        parts.append(label_name(view, label_id))
    parts.append(notes.position_text(volume.geometry, *index, even=volume.is_even))
    if view.fusion is not None:
        parts.insert(1, tr("fused {value:.4g}").format(value=view.fusion.values[index]))
    return _BETWEEN.join(parts)


def has_scale(view: SliceView) -> bool:
    """Whether millimetres hold within the shown plane."""
    volume, planes = view.volume, view.planes
    if volume is None or planes is None or planes.geometry.in_plane_mm is None:
        return False
    return planes.axis == 0 or volume.is_even


def unreadable_text(view: SliceView) -> str:
    """Why the shown slice has no pixels of its own, "" where it has."""
    volume, planes = view.volume, view.planes
    if volume is None or planes is None or planes.axis != 0:
        return ""
    reason = volume.unreadable.get(view.slice_index)
    if reason is None:
        return ""
    return tr("This slice could not be read: {reason}").format(reason=reason)


def _limits(view: SliceView) -> tuple[str, ...]:
    """What keeps the picture from being taken for the whole truth."""
    volume, planes = view.volume, view.planes
    if volume is None or planes is None:
        return ()
    lines = []
    if planes.axis == 0 and volume.geometry.is_sheared:
        degrees = volume.geometry.tilt_degrees
        lines.append(
            tr("gantry tilt {degrees:.1f}°: this plane is as acquired").format(degrees=degrees)
        )
    if volume.geometry.calibrated and volume.not_measurable:
        lines.append(
            tr("{not_measurable}: no volumes in ml").format(not_measurable=volume.not_measurable)
        )
    return tuple(lines)


def _how_made(view: SliceView) -> tuple[str, ...]:
    """What stands between the picture and the data: tilt, gaps, interpolation, a slab, a filter."""
    planes, slab = view.planes, view.slab
    lines = list(_limits(view))
    if planes is not None and planes.is_resampled:
        lines.append(tr("resampled"))
    if planes is not None and planes.slab_reach(slab) > 0:
        lines.append(
            tr("{projection} of {thickness_mm:g} mm").format(
                projection=tr(slab.projection), thickness_mm=slab.thickness_mm
            )
        )
    if view.fusion is not None:
        lines.append(view.fusion.words)
    if view.smoothing_words:
        lines.append(view.smoothing_words)
    return tuple(lines)


def label_name(view: SliceView, label_id: int) -> str:
    """A label's name in the view's label map."""
    if view.labels is not None and label_id in view.labels.table:
        return view.labels.table[label_id].name
    return tr("label {number}").format(number=label_id) if label_id else tr("model")
