"""Resampling is linear interpolation, and anatomy decides, not the storage order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import COARSE, phantom, phantom_volume, stored

from medview.ai.input_spec import InputSpec
from medview.ai.preprocess import PreparedVolume, body_box, resampling_matrix
from medview.ai.training.samples import downsample_labels
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.volume import Volume

MR = InputSpec(4.0, 25.0, 0.0, 1000.0, "MR", scaled=True)
STORAGES = [
    ((0, 1, 2), (True, False, False)),
    ((0, 1, 2), (False, True, True)),
    ((2, 0, 1), (False, False, False)),  # sagittal
    ((2, 0, 1), (True, True, False)),
    ((1, 0, 2), (False, True, False)),  # coronal, head first
    ((0, 2, 1), (False, True, False)),
]


@given(st.integers(1, 40))
def test_the_same_grid_is_the_identity(length):
    matrix = resampling_matrix(length, 0.0, 1.0, length)
    assert np.array_equal(matrix.toarray(), np.eye(length, dtype=np.float32))


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 30), st.floats(-5, 35), st.floats(0.05, 1.0), st.integers(1, 40))
def test_finer_steps_interpolate_linearly_and_repeat_the_edge(length, start, step, count):
    values = np.random.default_rng(length).standard_normal(length)
    at = start + step * np.arange(count)
    wanted = np.interp(at, np.arange(length), values)
    found = resampling_matrix(length, start, step, count) @ values
    assert np.allclose(found, wanted, atol=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 60), st.floats(-5, 60), st.floats(0.1, 6.0), st.integers(1, 40))
def test_weights_are_means(length, start, step, count):
    matrix = resampling_matrix(length, start, step, count)
    assert np.allclose(matrix.sum(axis=1), 1.0, atol=1e-5)
    assert matrix.min() >= 0.0


def test_longer_steps_do_not_alias():
    stripes = np.tile([0.0, 1.0], 30)
    found = resampling_matrix(60, 10.0, 4.0, 10) @ stripes
    assert np.allclose(found, 0.5, atol=0.01)


def test_a_slice_reaches_the_network_grid_as_scipy_would_bring_it():
    from scipy import ndimage

    prepared = PreparedVolume(phantom_volume(), InputSpec(spacing_mm=5.0))
    grid, plane = prepared.grid, prepared.canonical[6].astype(np.float32)
    rows = grid.start[0] + grid.step[0] * np.arange(grid.shape[0])
    columns = grid.start[1] + grid.step[1] * np.arange(grid.shape[1])
    at = np.meshgrid(rows, columns, indexing="ij")
    wanted = ndimage.map_coordinates(np.clip(plane, -1024, 600), at, order=1, mode="nearest")
    inside = np.outer(
        (rows >= -0.5) & (rows <= plane.shape[0] - 0.5),
        (columns >= -0.5) & (columns <= plane.shape[1] - 0.5),
    )
    found = prepared.resample(prepared.canonical[6])
    assert np.allclose(found[inside], wanted[inside], atol=0.05)
    assert (found[~inside] == -1024.0).all(), "outside the image is air"


def test_smooth_labels_survive_the_way_to_the_network_and_back():
    """A label map on the network grid, back on the image, agrees but for the very edge."""
    made = phantom()
    prepared = PreparedVolume(phantom_volume(), InputSpec(spacing_mm=3.0))
    truth = (made.labels[6] == 1).astype(np.uint8)
    small = downsample_labels(prepared.canonical_view(truth[None].repeat(12, 0))[6], prepared, [1])
    back = prepared.upsample(np.stack([1.0 - small, small]).astype(np.float32)).argmax(axis=0)
    overlap = 2 * (truth & back).sum() / (truth.sum() + back.sum())
    assert overlap > 0.97
    assert np.array_equal(np.unique(small), [0, 1])


@pytest.mark.parametrize(("permutation", "flips"), STORAGES)
def test_every_storage_order_gives_the_same_network_input(permutation, flips):
    volume = phantom_volume()
    plain = PreparedVolume(volume, COARSE)
    other = PreparedVolume(stored(volume, permutation, flips), COARSE)
    assert np.array_equal(other.canonical, plain.canonical)
    assert other.grid == plain.grid
    for index in (0, 5, 11):
        assert np.array_equal(other.network_input(index), plain.network_input(index))


@pytest.mark.parametrize(("permutation", "flips"), STORAGES)
def test_writing_in_canonical_order_lands_at_the_right_voxels(permutation, flips):
    volume = stored(phantom_volume(), permutation, flips)
    prepared = PreparedVolume(volume, COARSE)
    labels = np.zeros(volume.geometry.shape, np.uint8)
    prepared.canonical_view(labels)[3, 20, 41] = 7
    (where,) = np.argwhere(labels)
    assert np.allclose(
        volume.geometry.to_patient(where), prepared.geometry.to_patient((3, 20, 41)), atol=1e-6
    )


def test_the_input_is_two_neighbours_the_slice_and_the_position():
    prepared = PreparedVolume(phantom_volume(), InputSpec(spacing_mm=4.0, neighbor_mm=50.0))
    assert prepared.neighbors(5) == (3, 5, 7)
    assert prepared.neighbors(0) == (0, 0, 2)
    assert prepared.neighbors(11) == (9, 11, 11)
    stack = prepared.network_input(5)
    assert stack.dtype == np.float32
    assert stack.shape == (4, *prepared.grid.shape)
    assert all(n % 16 == 0 for n in prepared.grid.shape)
    assert stack[:3].min() >= -1.0
    assert stack[:3].max() <= 1.0
    assert stack[3, 0, 0] < 0 < stack[3, 0, -1], "the patient's right is negative"
    assert np.allclose(np.diff(stack[3, 0]), 4.0 / 200.0, atol=1e-6)


def test_a_neighbour_is_never_the_slice_itself():
    prepared = PreparedVolume(phantom_volume(), InputSpec(spacing_mm=4.0, neighbor_mm=3.0))
    assert prepared.neighbors(5) == (4, 5, 6)


def test_a_single_slice_has_itself_for_neighbours():
    made = phantom()
    geometry = Geometry.axial((1, 64, 64), (5.0, 6.0, 6.0))
    prepared = PreparedVolume(Volume(made.voxels[6:7], geometry, "CT", "HU"), COARSE)
    stack = prepared.network_input(0)
    assert np.array_equal(stack[0], stack[1])
    assert np.array_equal(stack[2], stack[1])


def test_the_body_box_holds_the_body_and_leaves_the_table_air_out():
    voxels = np.full((4, 100, 120), -1000, np.int16)
    voxels[:, 30:70, 40:90] = 40
    voxels[:, 95:97, 10:110] = 200  # a table, not connected
    low_row, high_row, low_column, high_column = body_box(voxels, (5.0, 2.0, 2.0))
    assert 20 <= low_row <= 30
    assert 70 <= high_row <= 80
    assert 30 <= low_column <= 40
    assert 90 <= high_column <= 100


def test_air_alone_has_the_whole_plane_as_its_box():
    voxels = np.full((2, 30, 40), -1000, np.int16)
    assert body_box(voxels, (5.0, 1.0, 1.0)) == (0, 30, 0, 40)


def test_no_float_copy_of_the_volume_is_made():
    volume = phantom_volume()
    assert np.shares_memory(PreparedVolume(volume, COARSE).canonical, volume.voxels)


def test_colour_and_missing_millimetres_are_refused():
    color = Volume(np.zeros((2, 8, 8, 3), np.uint8), Geometry.axial((2, 8, 8)))
    with pytest.raises(MedviewError) as refused:
        PreparedVolume(color, COARSE)
    assert refused.value.code == "not-grey"
    bare = Volume(np.zeros((2, 8, 8), np.int16), Geometry.uncalibrated((2, 8, 8)))
    with pytest.raises(MedviewError) as refused:
        PreparedVolume(bare, COARSE)
    assert refused.value.code == "no-geometry"


@pytest.mark.parametrize(
    "strange",
    [{"spacing_mm": 0.0}, {"spacing_mm": float("nan")}, {"low": 600.0}, {"neighbor_mm": -1.0}],
)
def test_impossible_inputs_cannot_be_described(strange):
    with pytest.raises(ValueError, match="no "):
        InputSpec(**strange)


def test_an_input_survives_json():
    assert InputSpec.from_json(COARSE.to_json()) == COARSE
    assert InputSpec.from_json(MR.to_json()) == MR
    assert not InputSpec.from_json({"modality": "MR"}).scaled, "older cards mean values as they are"


@pytest.mark.parametrize(("gain", "offset"), [(0.01, 0.0), (7.0, 100.0), (1.0, -3000.0)])
def test_a_scaled_series_looks_the_same_whatever_its_scanner_calls_white(gain, offset):
    volume = phantom_volume()
    plain = PreparedVolume(volume, MR)
    voxels = volume.voxels.astype(np.float32) * gain + offset
    other = PreparedVolume(replace(volume, voxels=voxels), MR)
    for index in (0, 5, 11):
        mine, wanted = other.network_input(index), plain.network_input(index)
        assert np.allclose(mine, wanted, atol=1e-3)
        assert mine[:3].min() < -0.9
        assert mine[:3].max() > 0.9


def test_a_ct_is_not_scaled():
    volume = phantom_volume()
    bright = replace(volume, voxels=volume.voxels + 300)
    first, second = (PreparedVolume(one, COARSE).network_input(5) for one in (volume, bright))
    assert not np.allclose(first, second, atol=0.1)


@pytest.mark.parametrize("spacing", [0.7, 1.3, 4.1])
def test_labels_are_the_arg_max_of_the_interpolated_logits(spacing):
    """Also where the image is coarser than the network's grid, and at the edges of the body."""
    voxels = np.full((3, 90, 110), -1000, np.int16)
    voxels[:, 12:80, 20:95] = 40
    volume = Volume(voxels, Geometry.axial(voxels.shape, (3.0, spacing, spacing)), "CT")
    prepared = PreparedVolume(volume, InputSpec(spacing_mm=1.8))
    random = np.random.default_rng(3)
    logits = random.standard_normal((4, *prepared.grid.shape)).astype(np.float32)
    logits[2, 20:40, 10:30] += 9.0  # a part where all corners agree
    rows, columns = prepared.covered()
    wanted = np.zeros((90, 110), np.uint8)
    full = prepared.upsample(logits)
    wanted[rows, columns] = full[:, rows, columns].argmax(axis=0)
    found = prepared.labels(logits)
    assert found.dtype == np.uint8
    margin = np.diff(np.sort(full, axis=0)[-2:], axis=0)[0]
    assert (found == wanted)[margin > 1e-4].all()
    assert (found != wanted).mean() < 1e-3
