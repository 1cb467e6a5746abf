"""Masks land on the image's grid when their voxels are its voxels, and nowhere else."""

from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest
from format_samples import TABLE, a_geometry, a_labelmap, a_volume

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.formats.label_files import as_label_voxels, fit_to_reference, table_for

PATH = Path("mask.nii")


@pytest.mark.parametrize("permutation", list(permutations(range(3))))
@pytest.mark.parametrize("flips", list(product((False, True), repeat=3)))
def test_another_axis_order_is_only_turned(permutation, flips):
    labelmap = a_labelmap(a_geometry("oblique"))
    turned = labelmap.voxels.transpose(permutation)
    turned = np.flip(turned, [axis for axis in range(3) if flips[axis]]).copy()
    other = LabelMap(labelmap.geometry.reordered(permutation, flips), TABLE, turned)
    messages = []
    volume = a_volume(labelmap.geometry)
    placed = fit_to_reference(other, volume, PATH, messages)
    assert placed.geometry is volume.geometry
    assert np.array_equal(placed.voxels, labelmap.voxels)
    assert placed.voxels.flags.c_contiguous
    assert messages == []


def test_a_cropped_mask_is_padded_and_a_larger_one_cropped():
    labelmap = a_labelmap(a_geometry("sagittal"))
    shift = np.eye(4)
    shift[:3, 3] = (1, 2, -3)
    geometry = Geometry((3, 7, 10), labelmap.geometry.affine @ shift)
    part = np.zeros(geometry.shape, np.uint8)
    part[0, 0, 3], part[2, 6, 9], part[1, 1, 0] = 1, 2, 3
    messages = []
    placed = fit_to_reference(
        LabelMap(geometry, TABLE, part), a_volume(labelmap.geometry), PATH, messages
    )
    assert placed.voxels[1, 2, 0] == 1
    assert placed.voxels[3, 8, 6] == 2
    assert np.count_nonzero(placed.voxels) == 2
    assert [message.code for message in messages] == ["labels-outside"]
    assert "1 labelled" in messages[0].text


@pytest.mark.parametrize("change", ["half a voxel", "spacing", "far away", "uncalibrated"])
def test_another_grid_stays_and_is_said(change):
    labelmap = a_labelmap(a_geometry())
    affine = labelmap.geometry.affine.copy()
    if change == "half a voxel":
        affine[:3, 3] += affine[:3, 2] / 2
    elif change == "spacing":
        affine[:3, 2] *= 1.1
    elif change == "far away":
        affine[:3, 3] += affine[:3, 2] * 100
    other = Geometry(labelmap.geometry.shape, affine, calibrated=change != "uncalibrated")
    messages = []
    moved = LabelMap(other, TABLE, labelmap.writable())
    assert fit_to_reference(moved, a_volume(labelmap.geometry), PATH, messages) is moved
    assert [message.code for message in messages] == ["geometry-differs"]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([[[0.0, 3.0]]]), np.uint8),
        (np.array([[[0, 255]]], np.int64), np.uint8),
        (np.array([[[0, 256]]], ">i4"), np.uint16),
        (np.array([[[True, False]]]), np.uint8),
    ],
)
def test_whole_numbers_become_labels(values, dtype):
    labels = as_label_voxels(values, PATH)
    assert labels.dtype == dtype
    assert np.array_equal(labels, values)


@pytest.mark.parametrize("bad", [-1, 65536, 0.5, np.nan, np.inf, 1j])
def test_other_numbers_are_refused(bad):
    with pytest.raises(MedviewError) as caught:
        as_label_voxels(np.array([[[bad]]]), PATH)
    assert caught.value.code == "not-labels"
    assert "mask.nii" in str(caught.value)


def test_the_callers_names_go_first():
    table = table_for([1, 2, 5], TABLE.without(1), TABLE.changed(2, name="other"))
    assert [(label.id, label.name) for label in table] == [
        (2, "left lung"),
        (7, "empty"),
        (300, "airway"),
        (1, "右肺 (ü)"),
        (5, "label 5"),
    ]
