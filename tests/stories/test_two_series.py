"""I look at two series of one patient: beside each other, linked, or one over the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from medview.core.geometry import Geometry
from medview.core.phantom import Phantom
from medview.dicom.phantom_series import write_series

HOT_MM = (-60.0, 20.0, 40.0)  # where the tracer is, LPS
STUDY, FRAME = "1.2.3.4.10", "1.2.3.4.11"


def ct_and_tracer():
    """A CT with a marker, and a coarse series of another grid, hot at the same place."""
    fine = Geometry.axial((12, 60, 60), (10.0, 4.0, 4.0), (-118.0, -118.0, -20.0))
    coarse = Geometry.axial((9, 21, 23), (16.0, 13.0, 11.0), (-121.0, -125.0, -40.0))
    volumes = []
    for geometry, reach in ((fine, 8.0), (coarse, 30.0)):
        points = geometry.to_patient(np.moveaxis(np.indices(geometry.shape), 0, -1))
        away = np.linalg.norm(points - HOT_MM, axis=-1)
        values = np.where(away < reach, 1000 * (1 - away / reach), -1000).astype(np.int16)
        volumes.append(Phantom(values, np.zeros(geometry.shape, np.uint8), geometry))
    return volumes


@pytest.fixture
def both(reader, tmp_path):
    """The examination, opened at its CT."""
    ct, tracer = ct_and_tracer()
    for number, (phantom, name) in enumerate(((ct, "CT"), (tracer, "Tracer")), start=1):
        write_series(
            phantom,
            tmp_path / "exam" / name,
            patient_id="P9",
            patient_name="Doe^Two",
            series_description=name,
            series_number=number,
            study_uid=STUDY,
            frame_of_reference_uid=FRAME,
        )
    reader.open(tmp_path / "exam")
    return reader


def choose(reader, description, what):
    """The entry of a series' menu in the list."""
    panel = reader.window.series
    item = next(i for i in panel._series.values() if i.text(0).startswith(description))
    menu = panel.menu_for(item)
    next(action for action in menu.actions() if action.text() == what).trigger()
    menu.deleteLater()
    reader.settle()
    QApplication.processEvents()


def test_two_series_beside_each_other_scroll_together(both):
    """By the place in the patient, whatever their slices."""
    choose(both, "Tracer", "Open Beside")
    other = both.window.viewer.companion.view
    assert other.isVisible()
    assert both.view.isVisible()
    assert both.session.volume.name.startswith("CT")
    for index in (0, 6, 11):
        both.go_to(index)
        height = both.session.volume.geometry.to_patient((index, 0, 0))[2]
        shown = other.volume.geometry.to_patient((other.slice_index, 0, 0))[2]
        assert abs(height - shown) <= 8.0  # half of the tracer's slice
    main, both.view = both.view, other
    both.wheel(2)
    height = other.volume.geometry.to_patient((other.slice_index, 0, 0))[2]
    shown = both.session.volume.geometry.to_patient((main.slice_index, 0, 0))[2]
    assert abs(height - shown) <= 5.0


def test_a_series_laid_over_another_lies_where_it_is_in_the_patient(both):
    """A known offset of the grids, checked voxel by voxel; colour only where the tracer is."""
    choose(both, "Tracer", "Lay Over the Open Series")
    both.until(lambda: both.view.fusion is not None, 20)
    geometry, fusion = both.session.volume.geometry, both.view.fusion
    hottest = np.unravel_index(np.argmax(fusion.values), fusion.values.shape)
    assert geometry.to_patient(hottest) == pytest.approx(HOT_MM, abs=8.0)
    hot = [round(float(n)) for n in geometry.to_voxel(HOT_MM)]
    both.go_to(hot[0])
    form = both.window.fusion.form
    form.changed.emit(replace(form.options, low=-500.0, high=800.0, opacity=0.8))
    warm, cold = both.color(hot[1], hot[2] + 4), both.color(5, 50)  # 16 mm beside, and far
    assert warm.red() > warm.blue() + 60
    assert cold.saturation() == 0
    assert "fused with Tracer" in both.corner_texts()
    bar = both.view.annotations(both.view.transform).color_bar
    assert (bar.low, bar.high) == ("-500 HU", "800 HU")
    both.click("Remove Fusion")
    assert both.color(hot[1], hot[2] + 4).saturation() == 0


def test_series_without_a_common_space_are_not_laid_over_each_other(both, tmp_path, chest):
    write_series(chest, tmp_path / "exam" / "other", patient_id="P9", series_description="Other")
    both.drop(tmp_path / "exam")
    both.settle()
    choose(both, "Tracer", "Open")
    choose(both, "Other", "Lay Over the Open Series")
    assert both.view.fusion is None
    assert "do not share a frame of reference" in both.message
    choose(both, "Other", "Open Beside")
    assert "not linked" in both.message
