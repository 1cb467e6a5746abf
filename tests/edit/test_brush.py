"""The brush is round on the patient, leaves no gaps, and one stroke is one edit."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from small_models import names_table

from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.edit.tool import Pointer, ToolContext
from medview.edit.tools.brush import Brush, BrushOptions, swept_disc
from medview.edit.tools.eraser import Eraser

SHAPE, SPACING = (20, 40, 60), (3.0, 1.5, 0.7)
GEOMETRY = Geometry.axial(SHAPE, SPACING)


def context(label_id=1, geometry=GEOMETRY) -> ToolContext:
    editor = MaskEditor(LabelMap(geometry, names_table("one", "two")), History())
    return ToolContext(editor, Volume(np.zeros(geometry.shape, np.int16), geometry), label_id)


def stroke(tool, on, points, *, axis=0, invert=False):
    pointers = [Pointer(point, axis, invert) for point in points]
    tool.press(on, pointers[0])
    for pointer in pointers[1:]:
        tool.move(on, pointer)
    tool.release(on, pointers[-1])


def placed(box, mask, shape=SHAPE):
    whole = np.zeros(shape, bool)
    whole[box.slices] = mask
    return whole


@pytest.mark.parametrize("axis", [0, 1, 2])
@settings(max_examples=25, deadline=None)
@given(st.floats(2.0, 20.0), st.tuples(*[st.floats(0.0, 1.0)] * 3))
def test_the_tip_is_a_disc_in_millimetres_in_every_plane(axis, diameter, where):
    center = tuple(share * (n - 1) for share, n in zip(where, SHAPE, strict=True))
    painted = placed(*swept_disc(GEOMETRY, center, center, diameter, axis))
    plane = min(round(center[axis]), SHAPE[axis] - 1)
    index = np.indices(SHAPE)
    square = np.zeros(SHAPE)
    for other in range(3):
        if other != axis:
            square += ((index[other] - center[other]) * SPACING[other]) ** 2
    wanted = (square <= (diameter / 2.0) ** 2 + 1e-9) & (index[axis] == plane)
    nearest = tuple(min(round(c), n - 1) for c, n in zip(center, SHAPE, strict=True))
    wanted[(*nearest[:axis], plane, *nearest[axis + 1 :])] = True
    edge = np.abs(square - (diameter / 2.0) ** 2) < 1e-6
    assert not ((painted != wanted) & ~edge).any()


def test_the_area_of_the_tip_is_that_of_a_circle():
    box, mask = swept_disc(GEOMETRY, (10, 20, 30), (10, 20, 30), 20.0, 0)
    area = mask.sum() * SPACING[1] * SPACING[2]
    assert area == pytest.approx(np.pi * 10.0**2, rel=0.03)
    assert box.shape[0] == 1


def test_the_smallest_tip_still_paints_the_voxel_under_the_mouse():
    painted = placed(*swept_disc(GEOMETRY, (4, 7.4, 9.4), (4, 7.4, 9.4), 0.01, 0))
    assert np.argwhere(painted).tolist() == [[4, 7, 9]]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-10, 50), st.floats(-10, 70)), min_size=2, max_size=6),
    st.floats(2.2, 9.0),
)
def test_fast_strokes_leave_no_gaps(points, diameter):
    on = context()
    stroke(Brush(BrushOptions(diameter)), on, [(5.0, row, column) for row, column in points])
    plane = on.editor.labelmap.voxels[5] > 0
    for (row0, column0), (row1, column1) in pairwise(points):
        for share in np.linspace(0, 1, 200):
            row = round(row0 + (row1 - row0) * share)
            column = round(column0 + (column1 - column0) * share)
            if 0 <= row < SHAPE[1] and 0 <= column < SHAPE[2]:
                assert plane[row, column]
    assert not on.editor.labelmap.voxels[[4, 6]].any()


def test_a_straight_stroke_is_one_connected_capsule():
    on = context()
    stroke(Brush(BrushOptions(4.0)), on, [(5.0, 3.0, 3.0), (5.0, 36.0, 56.0)])
    _, parts = ndimage.label(on.editor.labelmap.voxels[5], structure=np.ones((3, 3)))
    assert parts == 1
    assert [edit.name for edit in on.editor.history.edits] == ["Paint one"]
    assert on.editor.history.edits[0].slice_index == 5


@pytest.mark.parametrize(
    ("tool", "invert", "paints"),
    [(Brush, False, True), (Brush, True, False), (Eraser, False, False), (Eraser, True, True)],
)
def test_inverting_turns_paint_into_erase_and_back(tool, invert, paints):
    on = context(label_id=2)
    stroke(Brush(BrushOptions(9.0)), on, [(5.0, 20.0, 30.0)])
    other = ToolContext(on.editor, on.volume, 1)
    stroke(tool(BrushOptions(4.0)), other, [(5.0, 20.0, 30.0)], invert=invert)
    assert on.editor.labelmap.voxels[5, 20, 30] == (1 if paints else 0)
    name = "Paint one" if paints else "Erase"
    assert on.editor.history.edits[-1].name == name


def test_off_the_image_nothing_happens():
    on = context()
    stroke(Brush(BrushOptions(4.0)), on, [(5.0, -90.0, -90.0), (5.0, -80.0, 300.0)])
    assert not on.editor.labelmap.voxels.any()
    assert not on.editor.history.edits
    assert not on.editor.is_open


def test_escape_takes_the_whole_stroke_back():
    on, tool = context(), Brush(BrushOptions(6.0))
    tool.press(on, Pointer((5.0, 10.0, 10.0)))
    tool.move(on, Pointer((5.0, 30.0, 50.0)))
    tool.cancel(on)
    tool.move(on, Pointer((5.0, 10.0, 50.0)))
    tool.release(on, Pointer((5.0, 10.0, 50.0)))
    assert not on.editor.labelmap.voxels.any()
    assert not on.editor.history.edits


def test_a_stroke_after_a_cancelled_one_begins_where_it_is_pressed():
    on, tool = context(), Brush(BrushOptions(3.0))
    tool.press(on, Pointer((5.0, 5.0, 5.0)))
    tool.cancel(on)
    stroke(tool, on, [(5.0, 35.0, 55.0)])
    assert not on.editor.labelmap.voxels[5, :30].any()


def test_a_change_of_slice_draws_no_line_through_the_volume():
    on = context()
    stroke(Brush(BrushOptions(3.0)), on, [(5.0, 5.0, 5.0), (6.0, 35.0, 55.0)])
    voxels = on.editor.labelmap.voxels
    assert voxels[5, 5, 5]
    assert voxels[6, 35, 55]
    assert not voxels[:, 15:25].any()


def test_without_millimetres_the_size_counts_voxels():
    geometry = Geometry.uncalibrated((1, 30, 30))
    _, mask = swept_disc(geometry, (0, 15, 15), (0, 15, 15), 10.0, 0)
    assert mask.sum() == pytest.approx(np.pi * 25, rel=0.05)
