"""Wand, fill, level tracing and island find regions; the wand's is a draft until Enter."""

import numpy as np
import pytest
from tool_bench import GEOMETRIES, SHAPE, at, ball_mask, context, dice, drag, enter, fill

from medview.edit.tool import Pointer
from medview.edit.tools.fill import Fill, FillOptions
from medview.edit.tools.island import Island, IslandOptions
from medview.edit.tools.level_tracing import LevelOptions, LevelTracing
from medview.edit.tools.wand import Wand, WandOptions

PLANE = {0: 7, 1: 20, 2: 24}
MIDDLE = (7.0, 20.0, 24.0)
HALF = 50.0  # between the ball's value and the dark around it


def in_plane(mask, axis):
    """Only the voxels of the middle plane."""
    kept = np.zeros_like(mask)
    index = [slice(None)] * 3
    index[axis] = PLANE[axis]
    kept[tuple(index)] = mask[tuple(index)]
    return kept


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", GEOMETRIES)
@pytest.mark.parametrize("extent", ["this-slice", "all-directions"])
def test_the_wand_takes_what_hangs_together_and_is_alike(name, axis, extent):
    on = context(GEOMETRIES[name])
    tool = Wand(WandOptions(HALF, extent))
    drag(tool, on, [MIDDLE], axis)
    assert not on.editor.labelmap.voxels.any()
    enter(tool, on)
    wanted = ball_mask(on.volume.geometry)
    wanted = in_plane(wanted, axis) if extent == "this-slice" else wanted
    assert np.array_equal(on.editor.labelmap.voxels > 0, wanted)


def test_dragging_right_or_up_takes_in_more():
    on, tool = context(), Wand(WandOptions(5.0))
    drag(tool, on, [MIDDLE])
    small = tool.draft.proposal.voxel_count
    drag(tool, on, [MIDDLE, (7.0, 20.0, 47.0)])
    assert tool.options.tolerance > 5.0
    assert tool.draft.proposal.voxel_count > small
    tolerance = tool.options.tolerance
    drag(tool, on, [MIDDLE, (7.0, 30.0, 24.0)])
    assert tool.options.tolerance < tolerance


def test_the_wand_stops_at_its_limit_and_follows_its_options():
    on, tool = context(), Wand(WandOptions(1e5, limit_mm=6.0))
    drag(tool, on, [MIDDLE])
    rows, _ = np.nonzero(tool.draft.proposal.where[0])
    assert (rows.max() - rows.min() + 1) * 1.5 <= 13.5
    before = tool.draft.proposal.voxel_count
    tool.options = WandOptions(1e5, limit_mm=12.0)
    tool.options_changed(on)
    assert tool.draft.proposal.voxel_count > 3 * before
    tool.drop()
    assert tool.draft is None
    tool.options_changed(on)
    assert tool.draft is None


def test_a_large_region_is_searched_elsewhere_and_escape_forgets_it():
    waiting = []
    on = context()
    on = type(on)(
        on.editor, on.volume, 1, run=lambda name, work, done: waiting.append((work, done))
    )
    tool = Wand(WandOptions(HALF, "all-directions"))
    import medview.edit.tools.wand as module

    limit, module._AT_ONCE = module._AT_ONCE, 100
    try:
        drag(tool, on, [MIDDLE])
        assert tool.draft.proposal.box.shape[0] == 1, "the slice is shown at once"
        work, done = waiting.pop()
        done(work(None))
        assert tool.draft.proposal.voxel_count == ball_mask(on.volume.geometry).sum()
        drag(tool, on, [MIDDLE])
        tool.drop()
        work, done = waiting.pop()
        done(work(None))
        assert tool.draft is None
    finally:
        module._AT_ONCE = limit


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_fill_gives_a_hole_the_active_label_and_empties_inverted(axis):
    on = context()
    shell = ball_mask(on.volume.geometry)
    hole = np.zeros(SHAPE, bool)
    hole[6:9, 18:22, 22:26] = True
    fill(on, shell & ~hole)
    before = on.editor.labelmap.voxels.copy()
    tool = Fill(FillOptions("this-slice"))
    drag(tool, on, [MIDDLE], axis)
    enter(tool, on)
    changed = on.editor.labelmap.voxels != before
    assert np.array_equal(changed, in_plane(hole, axis))
    tool = Fill(FillOptions("all-slices"))
    drag(tool, on, [at(axis, PLANE[axis], *[n for a, n in enumerate(MIDDLE) if a != axis])], axis,
         invert=True)  # fmt: skip
    enter(tool, on)
    assert not on.editor.labelmap.voxels[in_plane(shell, axis)].any()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_level_tracing_shows_while_moving_and_paints_by_a_click(axis):
    on, tool = context(), LevelTracing(LevelOptions(smoothing_vox=0.5))
    rim = in_plane(ball_mask(on.volume.geometry), axis)
    place = [float(n) for n in np.argwhere(rim)[0]]
    tool.hover(on, Pointer(tuple(place), axis))
    assert tool.draft.proposal is not None
    assert not tool.keeps_at_once
    assert tool.keep(on) is None, "Enter keeps nothing that was not clicked"
    drag(tool, on, [tuple(place)], axis)
    assert tool.keeps_at_once
    enter(tool, on)
    painted = on.editor.labelmap.voxels > 0
    assert dice(painted, rim) > 0.8
    assert not (painted & ~in_plane(np.ones(SHAPE, bool), axis)).any()


def two_balls(on):
    mask = np.zeros(SHAPE, bool)
    mask[2:5, 5:10, 5:10] = True
    mask[8:12, 25:30, 30:36] = True
    fill(on, mask, 2)
    return mask


@pytest.mark.parametrize("action", ["remove-it", "keep-only-it", "give-it-the-active-label"])
def test_a_click_on_an_island(action):
    on, tool = context(), Island(IslandOptions(action))
    both = two_balls(on)
    first = both.copy()
    first[6:] = False
    drag(tool, on, [(3.0, 7.0, 7.0)])
    enter(tool, on)
    voxels = on.editor.labelmap.voxels
    if action == "remove-it":
        assert np.array_equal(voxels == 2, both & ~first)
    elif action == "keep-only-it":
        assert np.array_equal(voxels == 2, first)
    else:
        assert np.array_equal(voxels == 1, first)
        assert np.array_equal(voxels == 2, both & ~first)


def test_a_click_beside_an_island_does_nothing():
    on, tool = context(), Island()
    two_balls(on)
    drag(tool, on, [(0.0, 0.0, 0.0)])
    assert enter(tool, on) is None
    assert len(on.editor.history.edits) == 1
