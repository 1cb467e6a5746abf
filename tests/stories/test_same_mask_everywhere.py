"""The window, the command line and every way to store the image give the same mask."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import SimpleITK as sitk

from medview.core.volume import Volume
from medview.formats import nifti


@pytest.fixture(scope="module")
def by_command(chest_folder, tmp_path_factory):
    """What `medview segment` writes for the folder: voxels (slice, row, column) and its report."""
    folder = tmp_path_factory.mktemp("command")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "medview", "segment", str(chest_folder), "--json"),
            *("-o", str(folder / "mask.nii.gz"), "--workspace", str(folder / "workspace")),
            *("--backend", "torch"),  # as the reader's; another differs in a voxel here and there
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    voxels = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "mask.nii.gz")))
    return voxels, json.loads(done.stdout.splitlines()[-1])


def test_the_window_finds_what_the_command_finds(reader, chest_folder, by_command):
    """Voxel for voxel, with the same model and backend."""
    voxels, report = by_command
    reader.open(chest_folder)
    assert reader.window.model.model.text() == f"{report['model']}@{report['version']}"
    reader.segment()
    assert np.array_equal(reader.mask(), voxels)
    for row in report["labels"]:
        assert reader.session.labelmap.voxel_count(row["id"]) == row["voxels"]


@pytest.mark.parametrize(
    ("permutation", "flips"),
    [
        ((2, 0, 1), (False, True, False)),  # sagittal slices, stored head first
        ((1, 0, 2), (True, True, False)),  # coronal slices
        ((0, 1, 2), (True, True, True)),  # axial, but mirrored in every direction
    ],
)
def test_however_the_image_is_stored(reader, chest, by_command, tmp_path, permutation, flips):
    """A sagittal, coronal or mirrored copy: every point of the patient gets the same label."""
    turn = tuple(slice(None, None, -1) if flip else slice(None) for flip in flips)
    stored = np.ascontiguousarray(chest.voxels.transpose(permutation)[turn])
    geometry = chest.geometry.reordered(permutation, flips)
    path = tmp_path / "copy.nii.gz"
    nifti.write_volume(Volume(stored, geometry, "CT", "HU"), path)
    reader.open(path)
    assert reader.session.volume.geometry.is_close(geometry)
    reader.segment()
    expected = by_command[0].transpose(permutation)[turn]
    assert np.array_equal(reader.mask(), expected)
