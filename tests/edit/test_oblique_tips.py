"""A brush in a plane between voxels takes what lies in its disc, in millimetres of the patient."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tool_bench import AXIAL, context

from medview.core.geometry import Geometry
from medview.core.planes import Planes
from medview.edit.tips import Oblique, in_one_plane, swept_disc
from medview.edit.tool import Pointer
from medview.edit.tools.brush import Brush, BrushOptions

SHAPE = (12, 20, 24)


def tilted() -> Geometry:
    """Turned in the patient, with a gantry tilt: no axis is straight on another."""
    axes = np.array([[0.8, 0.6, 0.0], [-0.6, 0.8, 0.0], [0.0, 0.0, 1.0]]) * (0.9, 1.4, 4.0)
    affine = np.eye(4)
    affine[:3, :3] = axes[:, ::-1]
    affine[:3, 0] += (0.7, 0.2, 0.0)
    affine[:3, 3] = (5.0, -7.0, 30.0)
    return Geometry(SHAPE, affine)


GRIDS = (Geometry.axial(SHAPE, (4.0, 1.4, 0.9)), tilted())


def random_plane(rng, geometry):
    """A plane through the middle and two places in it: the planes, its index, both as voxels."""
    axes, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    planes = Planes.across(geometry, axes, 0.7)
    index = planes.count // 2
    middle = planes.from_volume([(n - 1) / 2 for n in SHAPE])[1:]
    places = [(index, *(middle + rng.uniform(-6, 6, 2))) for _ in range(2)]
    return planes, index, [tuple(float(n) for n in planes.to_volume(place)) for place in places]


@pytest.mark.parametrize("geometry", GRIDS, ids=["straight", "tilted"])
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(1.0, 14.0), st.sampled_from([0.0, 6.0]))
def test_voxels_are_taken_by_their_distance_in_the_patient(geometry, seed, diameter, slab):
    planes, index, (start, end) = random_plane(np.random.default_rng(seed), geometry)
    normal = planes.geometry.directions[:, 0]
    plane = Oblique.of(geometry, normal, slab)
    box, mask = swept_disc(geometry, start, end, diameter, plane)
    found = np.zeros(SHAPE, bool)
    found[box.slices] = mask
    centres = geometry.to_patient(np.moveaxis(np.indices(SHAPE), 0, -1))
    a, b = geometry.to_patient(start), geometry.to_patient(end)
    off = (centres - a) @ normal
    flat = centres - off[..., None] * normal
    t = np.clip((flat - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
    away = np.linalg.norm(flat - (a + t[..., None] * (b - a)), axis=-1)
    sure = (np.abs(np.abs(off) - plane.half_mm) > 1e-6) & (np.abs(away - diameter / 2) > 1e-6)
    wanted = (np.abs(off) <= plane.half_mm) & (away <= diameter / 2)
    under = np.round(np.linspace(start, end, 400)).astype(int)
    sure[tuple(under.T)] = False
    assert found[tuple(under[[0, -1]].T)].all()
    assert np.array_equal(found[sure], wanted[sure])
    assert plane.half_mm >= slab / 2
    shown = planes.take(found.astype(np.uint8), index, nearest=True)
    rows, columns = np.indices(shown.shape)
    places = np.stack([np.full(shown.shape, index), rows, columns], axis=-1)
    lps = planes.geometry.to_patient(places)
    t = np.clip((lps - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
    near = np.linalg.norm(lps - (a + t[..., None] * (b - a)), axis=-1)
    half_voxel = 0.5 * np.abs(geometry.affine[:3, :3]).sum(axis=1)
    deep = near < diameter / 2 - np.linalg.norm(half_voxel)
    assert shown[deep].all(), "what is seen well inside the disc is painted"


def test_a_stroke_does_not_sweep_from_one_plane_to_the_next():
    normal = np.array((0.6, 0.0, 0.8))
    plane = Oblique.of(AXIAL, normal)
    start = (5.0, 10.0, 10.0)
    along = AXIAL.to_voxel(AXIAL.to_patient(start) + 5 * np.array((0.8, 0.0, -0.6)))
    across = AXIAL.to_voxel(AXIAL.to_patient(start) + 0.8 * normal)
    assert in_one_plane(AXIAL, start, tuple(along), plane)
    assert not in_one_plane(AXIAL, start, tuple(across), plane)


@pytest.mark.parametrize("shape", ["disc", "sphere"])
def test_a_stroke_is_one_edit_and_fills_no_outline_there(shape):
    on, brush = context(), Brush(BrushOptions(14.0, shape, fill_closed=True))
    oblique = Oblique.of(AXIAL, (0.6, 0.0, 0.8))
    pointers = [Pointer((6.0, 15.0 + n, 20.0), 0, oblique=oblique) for n in (0, 8)]
    brush.press(on, pointers[0])
    brush.move(on, pointers[1])
    brush.release(on, pointers[1])
    assert len(on.editor.history.edits) == 1
    painted = on.editor.labelmap.voxels > 0
    assert painted[6, 15:24, 20].all()
    assert painted.any(axis=(1, 2)).sum() > 1
