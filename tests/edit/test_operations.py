"""Operations propose; what they propose is right in millimetres on any grid."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from small_models import names_table
from tool_bench import AXIAL, GEOMETRIES, SAGITTAL, SHAPE, ball_mask, context, dice, fill, scene_of

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.edit.draft import keep
from medview.edit.edit import Origin
from medview.edit.operation import discover_operations
from medview.edit.operations.boolean import Boolean, BooleanOptions
from medview.edit.operations.crop import Crop, CropOptions
from medview.edit.operations.fill_between import FillBetween, FillBetweenOptions
from medview.edit.operations.fill_holes import FillHoles, FillHolesOptions
from medview.edit.operations.from_prediction import FromPrediction, FromPredictionOptions
from medview.edit.operations.grow_from_seeds import GrowFromSeeds, GrowOptions
from medview.edit.operations.hollow import Hollow, HollowOptions
from medview.edit.operations.islands import Islands, IslandsOptions
from medview.edit.operations.margin import Margin, MarginOptions
from medview.edit.operations.next_slice import NextSlice, NextSliceOptions
from medview.edit.operations.sides import Sides
from medview.edit.operations.smooth import Smooth, SmoothOptions
from medview.edit.operations.split_islands import SplitIslands, SplitOptions


def carry_out(on, operation, axis=0, index=0):
    """Propose and keep; the Edit or None."""
    proposal = operation.propose(scene_of(on, axis, index), Progress())
    if proposal is None:
        return None
    return keep(on.editor, proposal, Origin("tool", operation.id), 0)


def label(on, label_id=1):
    return on.editor.labelmap.voxels == label_id


@pytest.fixture(params=GEOMETRIES)
def on(request):
    return context(GEOMETRIES[request.param])


@pytest.mark.parametrize("by", [4.0, -4.0])
def test_a_margin_is_exact_in_millimetres(on, by):
    fill(on, ball_mask(on.volume.geometry, 8.0))
    carry_out(on, Margin(MarginOptions(by)))
    geometry = on.volume.geometry
    ball = ball_mask(geometry, 8.0)
    source = ball if by > 0 else ~ball
    away = ndimage.distance_transform_edt(~source, sampling=geometry.spacing_mm)
    wanted = away <= by if by > 0 else away > -by
    assert np.array_equal(label(on), wanted)


def test_a_margin_leaves_other_labels_alone_unless_asked(on):
    fill(on, ball_mask(on.volume.geometry, 6.0))
    other = np.zeros(SHAPE, bool)
    other[:, :, 30:] = True
    other &= ~ball_mask(on.volume.geometry, 6.0)
    fill(on, other, 2)
    before = label(on, 2)
    carry_out(on, Margin(MarginOptions(8.0)))
    assert np.array_equal(label(on, 2), before)
    on.editor.undo()
    carry_out(on, Margin(MarginOptions(8.0, over_others=True)))
    assert label(on, 2).sum() < before.sum()


def test_hollow_leaves_a_shell(on):
    ball = ball_mask(on.volume.geometry)
    fill(on, ball)
    carry_out(on, Hollow(HollowOptions(4.5)))
    away = ndimage.distance_transform_edt(ball, sampling=on.volume.geometry.spacing_mm)
    assert np.array_equal(label(on), ball & (away <= 4.5))


def test_islands_keep_the_largest_or_remove_small_ones():
    on = context()
    large, small = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    large[3:9, 5:20, 5:20] = True
    small[3:5, 30:33, 30:33] = True  # 18 voxels of 4.5 mm³
    fill(on, large | small)
    fill(on, np.roll(small, 8, axis=2), 2)
    carry_out(on, Islands(IslandsOptions("remove-small", 81.0)))
    assert label(on).sum() == (large | small).sum()
    carry_out(on, Islands(IslandsOptions("remove-small", 81.1)))
    assert np.array_equal(label(on), large)
    assert label(on, 2).any()
    on.editor.undo()
    carry_out(on, Islands(IslandsOptions("keep-largest", scope="all-labels")))
    assert np.array_equal(label(on), large)
    assert label(on, 2).any()


def test_islands_are_split_into_another_label():
    on = context()
    large, small = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    large[3:9, 5:20, 5:20] = True
    small[3:5, 30:33, 30:33] = True
    fill(on, large | small)
    with pytest.raises(MedviewError, match="which label"):
        carry_out(on, SplitIslands())
    carry_out(on, SplitIslands(SplitOptions("Three")))
    assert np.array_equal(label(on), large)
    assert np.array_equal(label(on, 3), small)


@pytest.mark.parametrize("method", ["median", "open", "close", "gaussian", "joint"])
def test_smoothing_repairs_a_ball_with_holes_and_spikes(on, method):
    ball = ball_mask(on.volume.geometry)
    rough = ball.copy()
    middle = tuple(n // 2 for n in SHAPE)
    if method in ("open",):
        rough[middle[0], middle[1], :] = True  # a spike
    else:
        rough[middle] = False
    fill(on, rough)
    size = 5.0 if method == "close" else 2.5
    carry_out(on, Smooth(SmoothOptions(method, size)))
    assert dice(label(on), ball) > 0.9
    assert label(on)[middle]
    assert not label(on)[middle[0], middle[1], 0]


def test_joint_smoothing_leaves_no_gap_between_labels():
    on = context()
    left, right = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    left[2:12, 5:30, 5:20] = True
    right[2:12, 5:30, 20:40] = True
    left[6, 10:14, 20:23], right[6, 10:14, 20:23] = True, False
    fill(on, left)
    fill(on, right, 2)
    carry_out(on, Smooth(SmoothOptions("joint", 2.0)))
    inner = on.editor.labelmap.voxels[4:10, 9:26, 10:35]
    assert (inner > 0).all()
    assert label(on, 2)[6, 11, 22]


def test_smoothing_never_eats_into_another_label(on):
    fill(on, ball_mask(on.volume.geometry))
    other = ball_mask(on.volume.geometry)
    other[:, :, 24:] = False
    fill(on, other, 2)
    before = label(on, 2)
    for method in ("median", "close", "gaussian"):
        carry_out(on, Smooth(SmoothOptions(method, 4.0)))
    assert np.array_equal(label(on, 2), before)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_holes_are_filled_in_the_volume_or_in_each_slice(axis):
    on = context()
    box = np.zeros(SHAPE, bool)
    box[3:11, 10:30, 10:30] = True
    hole = np.zeros(SHAPE, bool)
    hole[5:9, 15:25, 15:25] = True
    fill(on, box & ~hole)
    fill(on, hole & (np.indices(SHAPE)[1] == 20), 2)
    carry_out(on, FillHoles(FillHolesOptions("in-the-volume")), axis)
    assert np.array_equal(label(on) | label(on, 2), box)
    on.editor.undo()
    index = [slice(None)] * 3
    low, high = 0, SHAPE[axis]
    index[axis] = slice(low, high)
    carry_out(on, FillHoles(FillHolesOptions("in-each-slice")), axis)
    assert label(on)[box & (np.indices(SHAPE)[1] != 20)].all()


def test_labels_are_combined():
    on = context()
    one, two = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    one[2:5, 5:15, 5:15] = True
    two[5:9, 5:15, 5:15] = True
    fill(on, one)
    fill(on, two, 2)
    with pytest.raises(MedviewError, match="other label"):
        carry_out(on, Boolean(BooleanOptions(other="one")))
    carry_out(on, Boolean(BooleanOptions("keep-apart", "two", 3.0)))
    assert not label(on)[4].any()
    assert label(on)[3].any()
    carry_out(on, Boolean(BooleanOptions("take-over", "2")))
    assert label(on)[5:9].sum() == two.sum()
    on.editor.undo()
    carry_out(on, Boolean(BooleanOptions("give-away", "two")))
    assert not label(on).any()


def test_a_label_is_kept_inside_another():
    """A nodule in a lung: what sticks out further than the gap goes, what is enclosed stays."""
    on = context()
    grid = np.indices(SHAPE)
    lung = (grid[1] >= 10) & (grid[1] < 30) & (grid[2] >= 10) & (grid[2] < 30)
    lung &= (grid[0] > 1) & (grid[0] < 12)
    nodule = (grid[0] >= 5) & (grid[0] < 8) & (grid[1] == 20) & (grid[2] >= 15)
    enclosed = nodule & (grid[2] < 27)
    fill(on, lung & ~enclosed, 2)
    fill(on, nodule & ((grid[2] < 27) | (grid[2] >= 30)), 1)
    with pytest.raises(MedviewError, match="other label"):
        carry_out(on, Boolean(BooleanOptions("keep-inside")))
    edit = carry_out(on, Boolean(BooleanOptions("keep-inside", "two", 2.0)))
    assert edit.name == "Keep one inside two"
    assert np.array_equal(label(on), enclosed | (nodule & (grid[2] >= 30) & (grid[2] <= 31)))
    assert np.array_equal(label(on, 2), lung & ~enclosed)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_cropping_at_the_slice_shown(axis):
    on = context()
    fill(on, np.ones(SHAPE, bool))
    for remove, left in (
        ("after-this-slice", range(5)),
        ("before-this-slice", range(4, SHAPE[axis])),
        ("all-but-this-slice", [4]),
    ):
        carry_out(on, Crop(CropOptions(remove)), axis, 4)
        shown = label(on).any(axis=tuple(n for n in range(3) if n != axis))
        assert np.flatnonzero(shown).tolist() == list(left)
        on.editor.undo()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slices_between_are_drawn_and_those_drawn_stay(on, axis):
    ball = ball_mask(on.volume.geometry)
    keys = np.zeros(SHAPE[axis], bool)
    keys[:: 2 if axis == 0 else 4] = True
    index = [None] * 3
    index[axis] = slice(None)
    drawn = ball & keys[tuple(index)]
    fill(on, drawn)
    carry_out(on, FillBetween(), axis)
    planes = np.moveaxis(drawn, axis, 0).any(axis=(1, 2))
    span = np.flatnonzero(planes)
    wanted = np.moveaxis(ball.copy(), axis, 0)
    wanted[: span[0]] = wanted[span[-1] + 1 :] = False
    found = np.moveaxis(label(on), axis, 0)
    assert dice(found, wanted) > 0.94
    assert np.array_equal(found[planes], np.moveaxis(drawn, axis, 0)[planes])


def test_between_slices_edited_by_hand_a_models_slices_are_replaced():
    on = context()
    wrong = np.zeros(SHAPE, bool)
    wrong[2:12, 2:38, 2:46] = True
    fill(on, wrong, kind="model")
    ball = ball_mask(AXIAL)
    for plane in (5, 9):
        only = np.zeros(SHAPE, bool)
        only[plane] = wrong[plane] & ~ball[plane]
        fill(on, only, 0)
    carry_out(on, FillBetween(FillBetweenOptions("slices-edited-by-hand")))
    assert dice(label(on)[6:9], ball[6:9]) > 0.8  # the chord of a ball, five slices long
    assert np.array_equal(label(on)[10:], wrong[10:])


def test_a_structure_that_runs_obliquely_stays_whole():
    on = context()
    drawn = np.zeros(SHAPE, bool)
    drawn[2, 5:11, 5:11] = True
    drawn[10, 25:31, 35:41] = True
    fill(on, drawn)
    carry_out(on, FillBetween())
    counts = label(on).sum(axis=(1, 2))
    assert (counts[2:11] >= 25).all()
    assert label(on)[6, 17, 22]


def test_one_slice_is_too_few():
    on = context()
    drawn = np.zeros(SHAPE, bool)
    drawn[2, 5:11, 5:11] = True
    fill(on, drawn)
    with pytest.raises(MedviewError, match="Fewer than two"):
        carry_out(on, FillBetween())


def test_seeds_grow_to_the_edge(on):
    inner = ball_mask(on.volume.geometry, 4.0)
    outer = ~ball_mask(on.volume.geometry, 19.0)
    fill(on, inner)
    with pytest.raises(MedviewError, match="Only one label"):
        carry_out(on, GrowFromSeeds())
    fill(on, outer, 2)
    carry_out(on, GrowFromSeeds(GrowOptions(30.0, 0.7, "two")))
    assert dice(label(on), ball_mask(on.volume.geometry)) > 0.9
    assert np.array_equal(label(on, 2), outer), "background seeds do not grow"


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_label_follows_the_image_to_the_next_slice(axis):
    rng = np.random.default_rng(5)
    count, size = 4, (60, 70)
    texture = ndimage.gaussian_filter(rng.normal(0, 1, (90, 100)), 2.0)
    planes = [texture[10 - 3 * n : 70 - 3 * n, 10 + 2 * n : 80 + 2 * n] for n in range(count)]
    voxels = np.moveaxis(np.stack(planes), 0, axis).astype(np.float32)
    geometry = type(AXIAL).axial(voxels.shape, (1.0, 1.0, 1.0))
    base = context(geometry)
    on = replace(base, volume=replace(base.volume, voxels=voxels))
    mask = np.zeros((count, *size), bool)
    mask[0, 20:30, 30:45] = True
    fill(on, np.moveaxis(mask, 0, axis))
    edit = carry_out(on, NextSlice(NextSliceOptions(count=3, follow="shift")), axis, 0)
    found = np.moveaxis(label(on), axis, 0)
    for n in range(count):
        wanted = np.zeros(size, bool)
        wanted[20 + 3 * n : 30 + 3 * n, 30 - 2 * n : 45 - 2 * n] = True
        assert np.array_equal(found[n], wanted)
    assert edit.name == "Copy one to next slice"


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_label_takes_the_next_slices_shape(axis):
    """An organ that grows from slice to slice: the border follows, which no shift can do."""
    rows, columns = np.indices((60, 70))
    away = np.hypot(rows - 30, columns - 35)
    discs = np.stack([away <= radius for radius in (12, 14, 16, 18)])
    noise = np.random.default_rng(4).normal(0, 20, discs.shape)
    voxels = ndimage.gaussian_filter(np.where(discs, 100.0, -800.0) + noise, (0, 0.7, 0.7))
    voxels = np.moveaxis(voxels, 0, axis).astype(np.float32)
    base = context(type(AXIAL).axial(voxels.shape, (1.0, 1.0, 1.0)))
    on = replace(base, volume=replace(base.volume, voxels=voxels))
    drawn = np.zeros(discs.shape, bool)
    drawn[0] = discs[0]
    fill(on, np.moveaxis(drawn, 0, axis))
    for follow, low, high in (("stay", 0.5, 0.7), ("shift", 0.5, 0.7), ("deform", 0.97, 1.0)):
        carry_out(on, NextSlice(NextSliceOptions(count=3, follow=follow)), axis, 0)
        found = np.moveaxis(label(on), axis, 0)
        assert low <= dice(found[3], discs[3]) <= high, follow
        assert np.array_equal(found[0], discs[0]), "the slice it came from stays"
        on.editor.undo()
    flat = replace(on, volume=replace(on.volume, voxels=np.zeros_like(voxels)))
    carry_out(flat, NextSlice(), axis, 0)
    found = np.moveaxis(label(on), axis, 0)
    assert np.array_equal(found[1], discs[0]), "a picture without anything moves nothing"


def test_the_prediction_comes_back_in_one_slice_only():
    on = context(SAGITTAL)
    with pytest.raises(MedviewError, match="No model"):
        carry_out(on, FromPrediction())
    ball = ball_mask(SAGITTAL)
    fill(on, ball, 1, kind="model")
    fill(on, ball, 0)
    carry_out(on, FromPrediction(), 0, 7)
    assert np.array_equal(label(on)[7], ball[7])
    assert not label(on)[[6, 8]].any()
    carry_out(on, FromPrediction(FromPredictionOptions("all-slices")))
    assert np.array_equal(label(on), ball)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_parts_on_the_wrong_side_are_swapped(name):
    on = context(GEOMETRIES[name])
    table = names_table("left lung", "right lung", "three")
    on.editor.labelmap.table = table
    across = on.volume.geometry.to_patient(np.moveaxis(np.indices(SHAPE), 0, -1))[..., 0]
    share = (across - across.min()) / (across.max() - across.min())
    left, right = share > 0.6, share < 0.4
    wrong = left & (np.indices(SHAPE)[1] // 4 == 2)
    hull = ndimage.binary_dilation(wrong) & ~wrong
    fill(on, left & ~wrong & ~hull, 1)
    fill(on, wrong, 2)
    fill(on, right, 2)
    edit = carry_out(on, Sides())
    assert np.array_equal(label(on, 1), left & ~hull)
    assert np.array_equal(label(on, 2), right & ~hull)
    assert edit.changed_voxels() == wrong.sum() > 100
    swapped = np.where(label(on, 1), 2, np.where(label(on, 2), 1, 0)).astype(np.uint8)
    other = context(GEOMETRIES[name], voxels=swapped)
    other.editor.labelmap.table = table
    carry_out(other, Sides())
    assert np.array_equal(other.editor.labelmap.voxels, on.editor.labelmap.voxels)


@pytest.mark.parametrize("kind", discover_operations(), ids=lambda one: one.id)
def test_an_empty_label_is_said_in_words(kind):
    on = context()
    with pytest.raises(MedviewError) as trouble:
        carry_out(on, kind())
    assert trouble.value.hint
