"""Lines are drafts: nothing is written before Enter, points move, Esc leaves nothing."""

import numpy as np
import pytest
from tool_bench import AXIAL, GEOMETRIES, SHAPE, at, ball_mask, context, dice, drag, enter, fill

from medview.core.errors import MedviewError
from medview.edit.tool import Pointer
from medview.edit.tools.ellipse import Ellipse
from medview.edit.tools.freehand import Freehand
from medview.edit.tools.lasso import Lasso
from medview.edit.tools.live_wire import LiveWire
from medview.edit.tools.polygon import Polygon
from medview.edit.tools.rectangle import Rectangle
from medview.edit.tools.scissors import Scissors, ScissorsOptions

PLANE = {0: 7, 1: 20, 2: 24}


def click(tool, on, point, axis=0, **what):
    drag(tool, on, [point], axis, **what)


def square(axis, low=4.0, high=9.0):
    """Corners between voxels: it encloses (high - low)² of them."""
    ends = [(low, low), (low, high), (high, high), (high, low)]
    return [at(axis, PLANE[axis], row - 0.5, column - 0.5) for row, column in ends]


def flat(on, axis):
    return np.take(on.editor.labelmap.voxels, PLANE[axis], axis=axis)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_a_polygon_is_kept_by_enter_alone(name, axis):
    on, tool = context(GEOMETRIES[name]), Polygon()
    for corner in square(axis):
        click(tool, on, corner, axis, reach_mm=0.5)
        assert tool.draft.proposal is None
    click(tool, on, square(axis)[0], axis, reach_mm=0.5)
    assert tool.closed
    assert not on.editor.labelmap.voxels.any()
    assert tool.draft.proposal.voxel_count == 25
    edit = enter(tool, on)
    assert edit.name == "Polygon one"
    assert flat(on, axis).sum() == 25
    assert on.editor.labelmap.voxels.sum() == 25
    assert tool.draft is None


def test_a_double_click_closes_and_enter_closes_too():
    for closes in (True, False):
        on, tool = context(), Polygon()
        for corner in square(0):
            click(tool, on, corner, reach_mm=0.5)
        if closes:
            click(tool, on, at(0, 7, 8.6, 3.6), reach_mm=0.5, clicks=2)
            assert tool.closed
        enter(tool, on)
        assert on.editor.labelmap.voxels.sum() == 25


def test_points_are_moved_put_in_and_deleted():
    on, tool = context(), Polygon()
    for corner in square(0):
        click(tool, on, corner, reach_mm=0.5)
    click(tool, on, square(0)[0], reach_mm=0.5)
    drag(tool, on, [square(0)[2], at(0, 7, 13.5, 13.5)], reach_mm=0.8)  # a corner further out
    assert tool.draft.proposal.voxel_count > 25
    drag(tool, on, [at(0, 7, 3.5, 6.0), at(0, 7, 0.5, 6.0)], reach_mm=0.8)  # a point in an edge
    assert len(tool.points) == 5
    click(tool, on, at(0, 7, 13.5, 13.5), reach_mm=0.8, extend=True)
    assert len(tool.points) == 4
    before = tool.draft.proposal.voxel_count
    drag(tool, on, [at(0, 7, 5.0, 5.0), at(0, 7, 15.0, 15.0)], reach_mm=0.3)  # all of it
    assert tool.draft.proposal.voxel_count == before
    assert tool.draft.proposal.box.low[1] >= 10
    assert not on.editor.labelmap.voxels.any()


def test_backspace_takes_points_back_and_escape_all():
    on, tool = context(), Polygon()
    for corner in square(0)[:3]:
        click(tool, on, corner, reach_mm=0.5)
    tool.step_back(on)
    assert len(tool.points) == 2
    assert enter(tool, on) is None
    assert tool.draft is None
    assert not on.editor.history.edits


def test_escape_during_a_drag_puts_the_point_back():
    on, tool = context(), Polygon()
    for corner in square(0):
        click(tool, on, corner, reach_mm=0.5)
    before = np.array(tool.points)
    tool.press(on, Pointer(square(0)[1], 0, reach_mm=0.5))
    tool.move(on, Pointer(at(0, 7, 30.0, 30.0), 0))
    tool.cancel(on)
    assert np.array_equal(np.array(tool.points), before)


def test_a_press_on_another_slice_is_refused_while_a_line_is_open():
    on, tool = context(), Polygon()
    click(tool, on, square(0)[0])
    with pytest.raises(MedviewError, match="not kept yet"):
        tool.press(on, Pointer(at(0, 8, 3.0, 3.0), 0))
    assert len(tool.points) == 1


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_freehand_closes_when_let_go_and_its_points_can_be_moved(axis):
    on, tool = context(), Freehand()
    ring = [
        at(axis, PLANE[axis], 7 + 4 * np.sin(a), 12 + 4 * np.cos(a))
        for a in np.linspace(0, 2 * np.pi, 60)
    ]
    drag(tool, on, ring, axis)
    assert tool.closed
    assert len(tool.points) < 40
    assert tool.draft.proposal.voxel_count == pytest.approx(np.pi * 16, rel=0.15)
    assert not on.editor.labelmap.voxels.any()
    enter(tool, on)
    assert flat(on, axis).any()


def test_a_click_with_freehand_draws_nothing():
    on, tool = context(), Freehand()
    click(tool, on, at(0, 7, 10.0, 10.0))
    assert tool.draft is None


def test_the_lasso_is_kept_when_let_go_and_cuts_inverted():
    on, tool = context(), Lasso()
    assert tool.keeps_at_once
    drag(tool, on, [*square(0), square(0)[0]])
    enter(tool, on)
    assert on.editor.labelmap.voxels.sum() == 25
    drag(tool, on, [*square(0), square(0)[0]], invert=True)
    assert enter(tool, on).name == "Cut with lasso"
    assert not on.editor.labelmap.voxels.any()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_rectangle_is_dragged_and_its_corners_move(axis):
    on, tool = context(), Rectangle()
    first, _, third, _ = square(axis)
    drag(tool, on, [first, third], axis)
    assert tool.draft.proposal.voxel_count == 25
    drag(tool, on, [third, at(axis, PLANE[axis], 12.5, 8.5)], axis, reach_mm=0.8)
    assert tool.draft.proposal.voxel_count == 9 * 5
    drag(tool, on, [square(axis)[1], at(axis, PLANE[axis], 3.5, 10.5)], axis, reach_mm=0.8)
    assert tool.draft.proposal.voxel_count == 9 * 7
    enter(tool, on)
    assert on.editor.labelmap.voxels.sum() == 63


def test_an_ellipse_has_the_area_of_one():
    on, tool = context(), Ellipse()
    drag(tool, on, [at(0, 7, 4.5, 4.5), at(0, 7, 24.5, 34.5)])
    assert tool.draft.proposal.voxel_count == pytest.approx(np.pi * 10 * 15, rel=0.02)
    assert len(tool.draft.outlines[0].handles) == 4


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_the_live_wire_follows_the_edge_between_few_clicks(name, axis):
    geometry = GEOMETRIES[name]
    on, tool = context(geometry), LiveWire()
    wanted = np.take(ball_mask(geometry), PLANE[axis], axis=axis)
    rows, columns = np.nonzero(wanted)
    middle = (rows.mean(), columns.mean())
    reach = ((rows.max() - rows.min()) / 2 + 0.5, (columns.max() - columns.min()) / 2 + 0.5)
    clicks = [
        (middle[0] + reach[0] * np.sin(a), middle[1] + reach[1] * np.cos(a))
        for a in np.linspace(0, 2 * np.pi, 4, endpoint=False)
    ]
    for row, column in clicks:
        tool.hover(on, Pointer(at(axis, PLANE[axis], row, column), axis, reach_mm=0.1))
        click(tool, on, at(axis, PLANE[axis], row, column), axis, reach_mm=0.1)
    click(tool, on, at(axis, PLANE[axis], *clicks[0]), axis, reach_mm=1.0)
    assert tool.closed
    assert not on.editor.labelmap.voxels.any()
    enter(tool, on)
    # four clicks on the rim enclose a square of two thirds of the disc; the wire has the disc
    assert dice(flat(on, axis) > 0, wanted) > 0.85


def test_the_live_wire_takes_clicks_back():
    on, tool = context(), LiveWire()
    for column in (5.0, 15.0, 25.0):
        click(tool, on, at(0, 7, 10.0, column), reach_mm=0.2)
    length = len(tool.points)
    tool.step_back(on)
    assert len(tool.points) < length
    assert len(tool.handles()) == 2
    tool.step_back(on)
    tool.step_back(on)
    assert tool.draft is None


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("side", ["inside", "outside"])
def test_scissors_cut_one_label_through_the_slices(axis, side):
    on = context()
    fill(on, np.ones(SHAPE, bool), 1)
    other = np.zeros(SHAPE, bool)
    other[:, :10, :10] = True
    fill(on, other, 2)
    tool = Scissors(ScissorsOptions(side=side))
    drag(tool, on, [*square(axis), square(axis)[0]], axis)
    enter(tool, on)
    voxels = on.editor.labelmap.voxels
    cut = np.zeros(SHAPE, bool)
    index = [slice(4, 9)] * 3
    index[axis] = slice(None)
    cut[tuple(index)] = True
    cut = ~cut if side == "outside" else cut
    assert np.array_equal(voxels == 2, other)
    assert np.array_equal(voxels == 1, ~cut & ~other)


def test_scissors_through_some_millimetres_and_filling():
    on = context()
    tool = Scissors(ScissorsOptions(through="some-millimetres", depth_mm=6.0, action="fill"))
    drag(tool, on, [*square(0), square(0)[0]])
    enter(tool, on)
    assert on.editor.labelmap.voxels.any(axis=(1, 2)).nonzero()[0].tolist() == [5, 6, 7, 8, 9]
    tool.options = ScissorsOptions(through="this-slice")
    drag(tool, on, [*square(0), square(0)[0]])
    enter(tool, on)
    assert on.editor.labelmap.voxels.any(axis=(1, 2)).nonzero()[0].tolist() == [5, 6, 8, 9]
    assert AXIAL.spacing_mm[0] == 3.0
