"""A series of several phases is one series with a slider, not a pile of volumes."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from medview.dicom.phantom_series import write_series


@pytest.fixture
def diffusion(chest, tmp_path):
    """The chest at three b-values, a different brightness each."""
    number = 0
    for b_value in (0, 1000, 400):
        paths = write_series(chest, tmp_path / f"b{b_value}", patient_id="P5")
        for path in paths:
            number += 1
            dataset = pydicom.dcmread(path)
            dataset.DiffusionBValue = float(b_value)
            dataset.SOPInstanceUID = f"1.2.3.{number}"
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.RescaleIntercept = str(-1024 - b_value)
            dataset.InstanceNumber = number
            dataset.save_as(path)
    return tmp_path


def test_a_slider_goes_through_the_b_values(reader, diffusion, chest):
    reader.open(diffusion)
    bar = reader.window.phases
    reader.until(bar.isVisible, 10)
    assert bar.words.text() == "b-value 0   (1 of 3)"
    reader.go_to(5)
    reader.press("3")
    window = reader.view.window_level
    bar.slider.setFocus()
    for b_value in (400, 1000):
        QTest.keyClick(bar.slider, Qt.Key.Key_Right)
        expected = chest.voxels[5] - b_value
        reader.until(lambda e=expected: np.array_equal(reader.view.own_values(), e), 10)
        assert bar.words.text().startswith(f"b-value {b_value} ")
        reader.settle()  # read to its end
    assert reader.view.slice_index == 5
    assert reader.view.window_level == window
    QTest.keyClick(bar.slider, Qt.Key.Key_Left)  # read before: at once
    np.testing.assert_array_equal(reader.view.own_values(), chest.voxels[5] - 400)


def test_an_ordinary_series_has_no_slider(reader, chest_folder):
    reader.open(chest_folder)
    reader.settle()
    assert not reader.window.phases.isVisible()
