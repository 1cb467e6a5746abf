"""A second volume is laid over the first by positions alone, and only where those mean the same."""

from dataclasses import replace

import numpy as np
import pytest

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.volume import SourceSeries, Volume
from medview.session.fusing import fuse, fuse_job, share_space


def volume(geometry, frame="1.2", values=None):
    voxels = np.zeros(geometry.shape, np.float32) if values is None else values
    source = SourceSeries("1", "1.3", frame_of_reference_uid=frame)
    return Volume(voxels, geometry, "PT", source=source, name="PET")


def ramp(geometry):
    """LPS x + 2 y + 3 z at every voxel."""
    points = geometry.to_patient(np.moveaxis(np.indices(geometry.shape), 0, -1))
    return (points @ [1.0, 2.0, 3.0]).astype(np.float32)


def test_values_are_those_of_the_place():
    coarse = Geometry.axial((12, 14, 16), (9.0, 7.0, 8.0), (-60, -50, -50))
    fine = Geometry.axial((5, 20, 22), (6.0, 2.0, 2.5), (-20, -20, -15))
    fused = fuse(volume(coarse, values=ramp(coarse)), fine, Progress())
    np.testing.assert_allclose(fused.values, ramp(fine), atol=1e-3)


def test_an_oblique_second_volume_too():
    angle = np.radians(25)
    affine = np.eye(4)
    turn = np.array(
        [[0, 0, 1], [np.sin(angle), np.cos(angle), 0], [np.cos(angle), -np.sin(angle), 0]]
    ).T
    affine[:3, :3] = turn @ np.diag([5.0, 5.0, 5.0])
    affine[:3, 3] = -turn @ np.array([70.0, 70.0, 70.0])
    oblique = Geometry((30, 30, 30), affine)
    fine = Geometry.axial((4, 10, 10), (4.0, 3.0, 3.0), (-12, -12, -6))
    fused = fuse(volume(oblique, values=ramp(oblique)), fine, Progress())
    np.testing.assert_allclose(fused.values, ramp(fine), atol=2e-3)


def test_outside_lies_its_lowest_value():
    small = Geometry.axial((3, 3, 3), (2.0, 2.0, 2.0))
    far = Geometry.axial((2, 4, 4), (2.0, 2.0, 2.0), (100, 100, 100))
    values = np.full(small.shape, 5.0, np.float32)
    values[0, 0, 0] = -3.0
    assert (fuse(volume(small, values=values), far, Progress()).values == -3.0).all()


def test_other_frames_of_reference_are_refused():
    grid = Geometry.axial((2, 2, 2))
    one, other = volume(grid), volume(grid, frame="1.9")
    assert share_space(one, volume(grid))
    assert not share_space(one, other)
    assert not share_space(volume(grid, frame=None), volume(grid, frame=None))
    with pytest.raises(MedviewError) as raised:
        fuse_job(other, one)
    assert raised.value.code == "other-space"
    flat = replace(one, geometry=Geometry.uncalibrated((2, 2, 2)))
    assert not share_space(one, flat)
