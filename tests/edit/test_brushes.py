"""Brushes with a range, an edge, a ball for a tip; in every plane, also of a sagittal MR."""

from dataclasses import replace

import numpy as np
import pytest
from tool_bench import GEOMETRIES, SAGITTAL, at, ball_mask, ball_volume, context, dice, drag, fill

from medview.core.geometry import Geometry
from medview.edit.tips import swept_ball
from medview.edit.tools.adaptive_brush import AdaptiveBrush, AdaptiveOptions
from medview.edit.tools.brush import Brush, BrushOptions, TipOptions
from medview.edit.tools.smooth_brush import SmoothBrush
from medview.edit.tools.threshold_brush import ThresholdBrush, ThresholdOptions

MIDDLE = {0: (7, 20, 24), 1: (20, 7, 24), 2: (24, 7, 20)}  # axis: (plane, its two others)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_a_ball_is_round_on_the_patient(name):
    geometry = GEOMETRIES[name]
    center = tuple((n - 1) / 2 for n in geometry.shape)
    box, mask = swept_ball(geometry, center, center, 24.0)
    whole = np.zeros(geometry.shape, bool)
    whole[box.slices] = mask
    assert (whole != ball_mask(geometry)).sum() <= 1  # the voxel under the mouse


def test_a_swept_ball_leaves_no_gap():
    geometry = Geometry.axial((20, 40, 40), (3.0, 1.0, 1.0))
    start, end = (3.0, 5.0, 5.0), (16.0, 33.0, 30.0)
    box, mask = swept_ball(geometry, start, end, 6.0)
    whole = np.zeros(geometry.shape, bool)
    whole[box.slices] = mask
    for share in np.linspace(0, 1, 100):
        place = tuple(round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
        assert whole[place]


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_a_sphere_paints_the_slices_around_and_a_disc_does_not(name, axis):
    on = context(GEOMETRIES[name])
    drag(Brush(BrushOptions(16.0, "disc")), on, [at(axis, *MIDDLE[axis])], axis)
    disc = on.editor.labelmap.voxels > 0
    assert disc.any(axis=tuple(n for n in range(3) if n != axis)).sum() == 1
    drag(Brush(BrushOptions(16.0, "sphere")), on, [at(axis, *MIDDLE[axis])], axis)
    ball = on.editor.labelmap.voxels > 0
    assert ball.any(axis=tuple(n for n in range(3) if n != axis)).sum() >= 5
    assert (disc & ~ball).sum() == 0


def test_a_closed_outline_is_filled_on_release_when_asked():
    ring = [
        at(0, 7, 20 + 10 * np.sin(a), 24 + 10 * np.cos(a)) for a in np.linspace(0, 2 * np.pi, 40)
    ]
    for wanted in (False, True):
        on = context()
        drag(Brush(BrushOptions(3.0, "disc", wanted)), on, ring)
        assert bool(on.editor.labelmap.voxels[7, 20, 24]) is wanted
        assert len(on.editor.history.edits) == 1
        on.editor.undo()
        assert not on.editor.labelmap.voxels.any()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_threshold_brush_paints_its_range_only(axis):
    on = context(SAGITTAL)
    inside = ball_mask(SAGITTAL)
    tool = ThresholdBrush(ThresholdOptions(60.0, "sphere", low=50.0, high=150.0))
    drag(tool, on, [at(axis, *MIDDLE[axis])], axis)
    painted = on.editor.labelmap.voxels > 0
    assert np.array_equal(painted, inside)


def test_erasing_obeys_the_range_unless_switched_off():
    inside = ball_mask(SAGITTAL)
    for obeys in (True, False):
        on = context(SAGITTAL)
        fill(on, np.ones(SAGITTAL.shape, bool))
        tool = ThresholdBrush(ThresholdOptions(200.0, "sphere", low=50.0, high=150.0))
        tool.options = replace(tool.options, erasing_obeys=obeys)
        drag(tool, on, [(7.0, 20.0, 24.0)], invert=True)
        left = on.editor.labelmap.voxels > 0
        assert np.array_equal(left, ~inside) if obeys else not left.any()


def test_the_range_can_come_from_the_window_or_from_under_the_mouse():
    on = replace(context(SAGITTAL), window=(50.0, 150.0))
    inside = ball_mask(SAGITTAL)
    window = ThresholdBrush(ThresholdOptions(60.0, "sphere", source="window", low=0, high=1))
    drag(window, on, [(7.0, 20.0, 24.0)])
    assert np.array_equal(on.editor.labelmap.voxels > 0, inside)
    sampled = ThresholdBrush(ThresholdOptions(60.0, "sphere", source="under-the-mouse"))
    on = context(SAGITTAL)
    drag(sampled, on, [(7.0, 20.0, 24.0)])
    painted = on.editor.labelmap.voxels > 0
    assert not (painted & ~inside).any()
    assert (painted & inside).sum() > 0.85 * inside.sum()  # two standard deviations


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_the_adaptive_brush_stays_inside_the_edge(name, axis):
    geometry = GEOMETRIES[name]
    on = context(geometry)
    tool = AdaptiveBrush(AdaptiveOptions(30.0, "disc", spread=3.0))
    drag(tool, on, [at(axis, *MIDDLE[axis])], axis)
    painted = on.editor.labelmap.voxels > 0
    wanted = np.zeros(geometry.shape, bool)
    index = [slice(None)] * 3
    index[axis] = MIDDLE[axis][0]
    wanted[tuple(index)] = ball_mask(geometry)[tuple(index)]
    assert dice(painted, wanted) > 0.97
    drag(tool, on, [at(axis, *MIDDLE[axis])], axis, invert=True)
    assert (on.editor.labelmap.voxels > 0).sum() < 0.03 * painted.sum()


def test_a_fast_move_of_the_adaptive_brush_leaves_no_gap():
    volume = ball_volume(SAGITTAL, value=0.0)
    on = context(SAGITTAL, volume=volume)
    tool = AdaptiveBrush(AdaptiveOptions(8.0, "disc", spread=6.0))
    drag(tool, on, [(7.0, 20.0, 6.0), (7.0, 20.0, 40.0)])
    assert on.editor.labelmap.voxels[7, 20, 6:41].all()


def test_scrolling_in_a_stroke_paints_both_slices_as_one_edit():
    on = context()
    drag(Brush(BrushOptions(6.0)), on, [at(0, 5, 10, 10), at(0, 6, 10, 10)])
    assert on.editor.labelmap.voxels[5, 10, 10]
    assert on.editor.labelmap.voxels[6, 10, 10]
    assert len(on.editor.history.edits) == 1


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("shape", ["disc", "sphere"])
def test_the_smooth_brush_takes_a_spike_off_and_fills_a_notch(axis, shape):
    on = context(SAGITTAL)
    mask = np.zeros(SAGITTAL.shape, bool)
    mask[2:12, 6:20, 8:40] = True
    rough = mask.copy()
    spike, notch = (7, 20, 24), (7, 19, 30)
    rough[spike], rough[notch] = True, False
    fill(on, rough)
    fill(on, np.indices(SAGITTAL.shape)[1] > 30, 2)
    tool = SmoothBrush(TipOptions(8.0, shape))
    for place in (spike, notch):
        drag(tool, on, [tuple(float(n) for n in place)], axis)
    voxels = on.editor.labelmap.voxels
    assert voxels[spike] == 0
    assert voxels[notch] == 1
    assert ((voxels == 2) == (np.indices(SAGITTAL.shape)[1] > 30)).all()
    assert on.editor.history.edits[-1].name == "Smooth one"
