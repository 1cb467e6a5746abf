"""Measures survive being written down; planes of voxels are known again."""

import numpy as np
import pytest
from measure_samples import GRIDS, on_slice, turned

from medview.core.planes import Planes
from medview.core.volume import Volume
from medview.measure.frame import Frame, VoxelPlane, voxel_plane
from medview.measure.kind import kinds, outline_in_space, read
from medview.measure.measure import Measure, from_json, to_json


def test_a_measure_comes_back_from_json():
    frame = Frame((1.0, 2.0, 3.5), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    measure = Measure(
        "a", "length", ((0.1, 0.2, 0.3), (4.0, 5.0, 6.0)), frame, "Länge 1", "x", (1, 2, 3),
        False, "me", 12.5,
    )  # fmt: skip
    assert from_json(to_json(measure)) == measure
    for broken in ("{}", "[]", "null", '{"frame": {}}'):
        with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
            from_json(broken)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_planes_of_voxels_are_recognised_and_others_are_not(grid):
    assert voxel_plane(grid, Frame.of(Planes.along(grid, 0), 4)) == VoxelPlane(0, 4)
    for axis in (1, 2):
        if not grid.is_sheared:
            frame = Frame.of(Planes.along(grid, axis), 7)
            assert voxel_plane(grid, frame) == VoxelPlane(axis, 7)
    oblique = Planes.across(grid, turned(20, 30), 0.8)
    assert voxel_plane(grid, Frame.of(oblique, 20)) is None


def test_a_frame_maps_there_and_back():
    frame = Frame.of(Planes.across(GRIDS["oblique"], turned(20, 30), 0.8), 11)
    flat = np.array([[3.0, -4.0], [0.0, 12.0]])
    np.testing.assert_allclose(frame.flat(frame.spatial(flat)), flat, atol=1e-9)


def test_a_kind_that_is_unknown_here_is_kept_without_numbers():
    grid = GRIDS["anisotropic"]
    volume = Volume(np.zeros(grid.shape, np.int16), grid)
    later = on_slice(volume, "hologram", 3, (1, 1), (2, 2))
    assert "later medview" in read(later, volume).notes[0]
    assert outline_in_space(later) == []


def test_the_kinds_are_found_and_their_keys_differ():
    found = kinds()
    assert list(found)[:3] == ["length", "angle", "cobb"]
    assert len(found) == 10
    keys = [kind.shortcut for kind in found.values()]
    assert len(set(keys)) == len(keys)
    assert all(kind.name and kind.description for kind in found.values())
