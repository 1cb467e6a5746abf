"""From format to format and back, on grids that are turned and sheared: the same voxels."""

import numpy as np
import pytest
from format_samples import DIRECTIONS, a_dicom_volume, a_labelmap

from medview.core.geometry import Geometry
from medview.formats import dicom_seg, nifti, nrrd, rtstruct

STEPS = {
    "oblique": DIRECTIONS["oblique"],
    "sagittal": DIRECTIONS["sagittal"],
    "tilted": ((0.0, 0.8, 3.0), (0, 1.5, 0), (1.25, 0, 0)),  # a sheared grid
}


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_a_chain_of_formats_changes_no_voxel(tmp_path, kind):
    affine = np.eye(4)
    affine[:3, :3] = np.array(STEPS[kind]).T
    affine[:3, 3] = (-12.5, 40.25, -100.125)
    volume = a_dicom_volume(tmp_path / "ct", Geometry((6, 9, 11), affine))
    drawn = a_labelmap(volume.geometry)
    dicom_seg.write_labels(drawn, volume, tmp_path / "1.dcm")
    labels = dicom_seg.read_labels(tmp_path / "1.dcm", volume, table=drawn.table)
    nifti.write_labels(labels, tmp_path / "2.nii.gz")
    labels = nifti.read_labels(tmp_path / "2.nii.gz", volume, table=drawn.table)
    rtstruct.write_labels(labels, volume, tmp_path / "3.dcm")
    labels = rtstruct.read_labels(tmp_path / "3.dcm", volume, table=drawn.table)
    nrrd.write_labels(labels, tmp_path / "4.seg.nrrd")
    labels = nrrd.read_labels(tmp_path / "4.seg.nrrd", volume)
    dicom_seg.write_labels(labels, volume, tmp_path / "5.dcm")
    labels = dicom_seg.read_labels(tmp_path / "5.dcm", volume, table=drawn.table)
    assert labels.geometry.is_close(volume.geometry)
    assert np.array_equal(labels.voxels, drawn.voxels)
    assert labels.table == drawn.table
