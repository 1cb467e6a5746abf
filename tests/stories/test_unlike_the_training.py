"""The program says before the mask when a case is unlike those its model knows."""

from __future__ import annotations

import numpy as np
import pytest

from medview.core.geometry import Geometry
from medview.core.volume import Volume
from medview.formats import nifti


@pytest.fixture
def leg(tmp_path):
    """A CT without any air in the body: fat, muscle and bone, in a small field."""
    random = np.random.default_rng(0)
    voxels = np.full((24, 96, 96), 40, np.int16)
    voxels[:, 40:56, 40:56] = 700
    voxels += random.integers(-10, 10, voxels.shape).astype(np.int16)
    affine = np.diag([3.0, 1.0, 1.0, 1.0])[[2, 1, 0, 3]]
    path = tmp_path / "leg.nii.gz"
    volume = Volume(voxels, Geometry(voxels.shape, affine), modality="CT", units="HU")
    nifti.write_volume(volume, path)
    return path


def warning(reader) -> str:
    label = reader.window.model.warnings
    return label.text() if label.isVisibleTo(reader.window) else ""


def test_a_leg_is_no_chest(reader, leg, chest_folder):
    """The leg gets a plain warning with its reasons; the chest opened after it gets none."""
    reader.open(leg)
    reader.until(lambda: bool(warning(reader)))
    assert "Unlike the training cases" in warning(reader)
    assert "hold no air" in warning(reader)
    assert reader.session.labelmap is not None
    assert not reader.mask().any(), "the warning comes before any mask"
    reader.open(chest_folder)
    reader.settle()
    assert "hold no air" not in warning(reader)
