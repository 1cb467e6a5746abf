"""Surfaces against a ball of known size and place, on grids of every kind."""

from __future__ import annotations

import numpy as np
import pytest

from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.session.surfaces import make_surfaces, surface_of, surfaces_job

RADIUS = 40.0


def turned(spacing, flip=1.0) -> Geometry:
    """An oblique grid, about 120 mm each way; ``flip`` -1 mirrors the columns."""
    axis, angle = np.array([1.0, 2.0, 3.0]) / np.sqrt(14.0), 0.6
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    affine = np.eye(4)
    affine[:3, :3] = rotation @ np.diag(np.array(spacing) * [1, 1, flip])
    affine[:3, 3] = (10.0, -20.0, 30.0)
    return Geometry(tuple(int(120 / mm) for mm in spacing), affine)


def ball(geometry: Geometry) -> tuple[np.ndarray, np.ndarray]:
    """A mask of a ball of 40 mm and its middle in LPS mm."""
    voxels = np.stack(np.meshgrid(*[np.arange(n) for n in geometry.shape], indexing="ij"), -1)
    middle = geometry.to_patient((np.array(geometry.shape) - 1) / 2.0)
    return np.linalg.norm(geometry.to_patient(voxels) - middle, axis=-1) < RADIUS, middle


@pytest.mark.parametrize("flip", [1.0, -1.0])
@pytest.mark.parametrize("spacing", [(1, 1, 1), (5, 0.8, 0.7), (2, 1.5, 1.5)])
def test_a_ball_has_its_volume_place_and_extent_on_any_grid(spacing, flip):
    geometry = turned(spacing, flip)
    mask, middle = ball(geometry)
    surface = surface_of(mask, np.zeros(3, int), geometry, 1, (255, 0, 0))
    truth = mask.sum() * geometry.voxel_volume_ml
    assert surface.volume_ml == pytest.approx(truth, rel=0.02)  # and positive: normals point out
    assert surface.vertices.mean(axis=0) == pytest.approx(middle, abs=1.0)
    extent = np.ptp(surface.vertices, axis=0)
    assert extent == pytest.approx(np.full(3, 2 * RADIUS), abs=max(spacing))
    out = surface.vertices - middle
    assert ((surface.normals * out).sum(axis=1) > 0).all()
    assert surface.faces.max() < len(surface.vertices)


def test_fewer_cells_make_fewer_faces_of_the_same_volume():
    geometry = turned((1, 1, 1))
    mask, _ = ball(geometry)
    fine = surface_of(mask, np.zeros(3, int), geometry, 1, (0, 0, 0), 400_000)
    coarse = surface_of(mask, np.zeros(3, int), geometry, 1, (0, 0, 0), 30_000)
    assert len(coarse.faces) < len(fine.faces) / 3
    assert coarse.volume_ml == pytest.approx(fine.volume_ml, rel=0.03)


def test_one_voxel_is_seen_and_every_mesh_is_closed():
    geometry = Geometry.axial((5, 5, 5), (2.0, 1.0, 1.0))
    mask = np.ones((1, 1, 1), bool)
    surface = surface_of(mask, np.array([2, 2, 2]), geometry, 1, (0, 0, 0))
    assert surface.vertices.mean(axis=0) == pytest.approx(geometry.to_patient((2, 2, 2)), abs=0.1)
    edges = np.sort(surface.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, shared = np.unique(edges, axis=0, return_counts=True)
    assert (shared == 2).all()


def test_a_mask_at_the_border_is_closed_there():
    geometry = Geometry.axial((8, 8, 8))
    surface = surface_of(np.ones((8, 8, 8), bool), np.zeros(3, int), geometry, 1, (0, 0, 0))
    assert surface.volume_ml == pytest.approx(0.512, rel=0.12)  # smoothing rounds its corners


def test_only_visible_labels_with_voxels_get_a_surface():
    table = LabelTable(
        (
            Label(1, "seen", (255, 0, 0)),
            Label(2, "hidden", (0, 255, 0), visible=False),
            Label(3, "empty", (0, 0, 255)),
            Label(900, "far", (9, 9, 9)),
        )
    )
    voxels = np.zeros((6, 6, 6), np.uint16)
    voxels[1:3], voxels[3:4], voxels[5:] = 1, 2, 900
    labels = LabelMap(Geometry.axial((6, 6, 6)), table, voxels)
    made = make_surfaces(labels, Progress())
    assert [(surface.label_id, surface.color) for surface in made] == [
        (1, (255, 0, 0)),
        (900, (9, 9, 9)),
    ]
    empty = LabelMap(Geometry.axial((2, 2, 2)), LabelTable())
    assert surfaces_job(empty).function(Progress()) == []
