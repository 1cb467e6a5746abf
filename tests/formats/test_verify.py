"""An export that differs in one voxel, or lies elsewhere, is not called done."""

import nibabel
import numpy as np
import pydicom
import pytest
from format_samples import a_dicom_volume, a_geometry, a_labelmap

from medview.core.errors import MedviewError
from medview.formats import dicom_seg, nifti, nrrd, png
from medview.formats.verify import verify_written


@pytest.mark.parametrize(
    ("writer", "name"),
    [
        (nifti.write_labels, "a.nii.gz"),
        (nifti.write_labels, "a.nii"),
        (nrrd.write_labels, "a.seg.nrrd"),
        (png.write_labels, "slices"),
    ],
)
def test_good_files_pass(tmp_path, writer, name):
    labelmap = a_labelmap(a_geometry("oblique"))
    writer(labelmap, tmp_path / name)
    verify_written(tmp_path / name, labelmap)
    other = a_labelmap(labelmap.geometry, seed=9)
    with pytest.raises(MedviewError, match="voxels differ") as caught:
        verify_written(tmp_path / name, other)
    assert caught.value.code == "verify-failed"


def test_a_moved_grid_fails(tmp_path):
    labelmap = a_labelmap(a_geometry())
    path = tmp_path / "a.nii"
    nifti.write_labels(labelmap, path)
    image = nibabel.load(path, mmap=False)
    moved = image.affine.copy()
    moved[0, 3] += 0.5
    nibabel.save(nibabel.Nifti1Image(np.asarray(image.dataobj), moved), path)
    with pytest.raises(MedviewError, match="position"):
        verify_written(path, labelmap)


def test_a_segmentation_with_one_wrong_bit_fails(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    labelmap = a_labelmap(volume.geometry)
    path = tmp_path / "a.dcm"
    dicom_seg.write_labels(labelmap, volume, path)
    verify_written(path, labelmap, volume)
    dataset = pydicom.dcmread(path)
    pixels = bytearray(dataset.PixelData)
    pixels[3] ^= 4
    dataset.PixelData = bytes(pixels)
    dataset.save_as(path)
    with pytest.raises(MedviewError) as caught:
        verify_written(path, labelmap, volume)
    assert caught.value.code == "verify-failed"


def test_a_damaged_or_missing_file_fails(tmp_path):
    labelmap = a_labelmap(a_geometry())
    with pytest.raises(MedviewError) as caught:
        verify_written(tmp_path / "a.nii", labelmap)
    assert caught.value.code == "verify-failed"
