"""I measure, correct it, find it again after a restart, and take the numbers with me."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog
from reader import LEFT, NO_KEY

from medview.measure.reading import number_text


@pytest.fixture
def images(reader, chest_folder):
    """The chest's stored slices; 4 mm pixels, 18.75 mm between slices."""
    reader.open(chest_folder)
    return reader


def measures(reader):
    return reader.session.measures.items


def number(reader, name, which=-1):
    """One of a measure's numbers, as the program computes it now."""
    reading = reader.session.measures.reading(measures(reader)[which])
    return next(value.number for value in reading.values if value.name == name)


def drawn(reader, key, *voxels):
    reader.press(key)
    reader.stroke(*voxels)


def click(reader, row, column):
    QTest.mouseClick(reader.view, LEFT, NO_KEY, reader.screen(row, column))


def inexact(reader, *voxels):
    """Voxels as near as whole screen pixels let the mouse come, in mm."""
    found = [reader.view.voxel_at(reader.screen(*voxel).toPointF()) for voxel in voxels]
    return reader.session.volume.geometry.to_patient(found)


def test_a_length_by_dragging_is_in_millimetres(images):
    drawn(images, "D", (40, 30), (40, 60))
    start, end = inexact(images, (40, 30), (40, 60))
    assert number(images, "length") == pytest.approx(np.linalg.norm(end - start), abs=1e-6)
    assert number(images, "length") == pytest.approx(120.0, abs=4.0)
    measure = measures(images)[0]
    assert measure.name == "Length 1"
    assert measure.author
    images.settle()


def test_a_handle_is_dragged_and_undo_takes_back_one_act_after_the_other(images):
    drawn(images, "D", (40, 30), (40, 60))
    drawn(images, "D", (40, 60), (70, 30))  # the press takes the handle: no second measure
    assert len(measures(images)) == 1
    expected = np.linalg.norm(np.diff(inexact(images, (40, 30), (70, 30)), axis=0))
    assert number(images, "length") == pytest.approx(expected, abs=1e-6)
    images.press("Esc")
    images.session.set_active_label(1)
    images.press("B")
    images.stroke((50, 40), (50, 50))
    images.settle()
    assert images.mask().any()
    images.press("Ctrl+Z")  # the stroke was the newest
    images.settle()
    assert not images.mask().any()
    assert number(images, "length") == pytest.approx(expected, abs=1e-6)
    images.press("Ctrl+Z")
    assert number(images, "length") == pytest.approx(120.0, abs=4.0)
    images.press("Ctrl+Z")
    assert not measures(images)
    for _ in range(3):
        images.press("Ctrl+Y")
    images.settle()
    assert number(images, "length") == pytest.approx(expected, abs=1e-6)
    assert images.mask().any()


def test_measures_and_their_undo_are_there_after_a_restart(desk, chest_folder):
    first = desk.start()
    first.open(chest_folder)
    drawn(first, "D", (40, 30), (40, 60))
    drawn(first, "Shift+E", (50, 40), (60, 55))
    first.settle()
    length, mean = number(first, "length", 0), number(first, "mean", 1)
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    assert [m.kind for m in measures(again)] == ["length", "ellipse"]
    assert number(again, "length", 0) == length
    assert number(again, "mean", 1) == mean
    again.press("Ctrl+Z")
    assert [m.kind for m in measures(again)] == ["length"]
    again.settle()


def test_a_region_gives_the_numbers_of_the_voxels_inside(images, chest):
    drawn(images, "Shift+R", (40, 30), (50, 45))
    index = images.view.slice_index
    measure = measures(images)[0]
    voxels = images.session.volume.geometry.to_voxel(measure.points)
    low, high = np.ceil(voxels.min(axis=0)[1:]), np.floor(voxels.max(axis=0)[1:])
    rows, columns = (slice(int(a), int(b) + 1) for a, b in zip(low, high, strict=True))
    values = chest.voxels[index, rows, columns].astype(float)
    assert number(images, "mean") == pytest.approx(values.mean())
    assert number(images, "SD") == pytest.approx(values.std(ddof=1))
    assert number(images, "min") == values.min()
    assert number(images, "max") == values.max()
    assert number(images, "median") == np.median(values)
    size = np.ptp(np.asarray(measure.points), axis=0)
    assert number(images, "area") == pytest.approx(size[0] * size[1])
    QApplication.processEvents()
    assert images.window.measures.histogram.isVisible()
    shown = images.window.measures.histogram.shown
    assert shown.counts.sum() == values.size
    assert f"mean {number_text(values.mean())} HU" in images.window.measures.details.text()


def test_angles_and_polygons_are_clicked(images):
    images.press("G")
    for voxel in ((30, 30), (60, 30), (60, 60)):
        click(images, *voxel)
    assert number(images, "angle") == pytest.approx(90.0, abs=1.0)
    images.press("Shift+G")
    images.stroke((25, 30), (25, 70))
    images.stroke((45, 70), (35, 30))
    assert number(images, "Cobb angle") == pytest.approx(np.degrees(np.arctan(0.25)), abs=1.0)
    images.press("Shift+P")
    for voxel in ((72, 30), (84, 30), (84, 60)):
        click(images, *voxel)
    click(images, 72, 30)  # the first corner closes it
    assert number(images, "area") == pytest.approx(0.5 * 12 * 30 * 16.0, rel=0.08)
    assert [m.kind for m in measures(images)] == ["angle", "cobb", "polygon"]


def test_esc_ends_the_drawing_first_then_the_kind(images):
    images.press("G")
    click(images, 30, 30)
    images.press("Esc")
    assert images.window.measurer.active == "angle"
    assert images.window.measurer.layer.pending is None
    images.press("Esc")
    assert images.window.measurer.active == ""
    window = images.view.window_level
    images.stroke((30, 30), (60, 60))
    assert images.view.window_level != window  # dragging is the window again
    assert not measures(images)


def test_a_click_in_the_list_brings_me_to_the_measure(images):
    here = images.view.slice_index
    drawn(images, "D", (40, 30), (40, 60))
    images.press("Esc")
    images.go_to(here - 4)
    QApplication.processEvents()
    tree = images.window.measures.tree
    item = tree.topLevelItem(0)
    assert item.text(1) == "Length 1"
    assert item.text(2).endswith(" mm")
    assert item.text(3) == str(here + 1)
    place = tree.visualItemRect(item).center()
    QTest.mouseClick(tree.viewport(), LEFT, NO_KEY, place)
    assert images.view.slice_index == here
    assert images.window.measurer.layer.selected == measures(images)[0].id
    images.press("Del")
    assert not measures(images)
    images.press("Ctrl+Z")
    assert len(measures(images)) == 1


def test_i_measure_in_the_coronal_plane_and_only_there_it_is_seen(images):
    images.press("F3")
    QApplication.processEvents()
    main, coronal = images.window.bench.views.views[:2]
    images.press("D")
    images.view = coronal
    images.stroke((2, 30), (10, 30))
    measure = measures(images)[0]
    assert number(images, "length") == pytest.approx(8 * 18.75, abs=4.0)
    layer = images.window.measurer.layer
    middle = layer.screen(coronal, np.array([measure.middle])).at(0)
    assert layer.hit(coronal, middle) is not None
    assert layer.hit(main, layer.screen(main, np.array([measure.middle])).at(0)) is None
    images.press("Esc")
    coronal.set_slice(5)
    images.window.measurer.jump(measure.id)
    assert coronal.slice_index == round(
        float(images.session.volume.geometry.to_voxel(measure.points[0])[1])
    )


def test_a_text_is_typed_and_changed_by_a_double_click(images, monkeypatch):
    said = iter([("nodule", True), ("old nodule", True)])
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: next(said))
    images.press("Shift+T")
    click(images, 40, 40)
    assert measures(images)[0].text == "nodule"
    QTest.qWait(QApplication.doubleClickInterval() + 20)
    QTest.mouseDClick(images.view, LEFT, NO_KEY, images.screen(40, 40))
    assert measures(images)[0].text == "old nodule"


def test_csv_holds_every_number_and_nothing_of_the_patient(images, tmp_path):
    drawn(images, "D", (40, 30), (40, 60))
    drawn(images, "Shift+R", (50, 30), (60, 45))
    path = tmp_path / "measures.csv"
    images.window.measurer.export("csv", path)
    images.settle()
    assert "read back" in images.message
    text = path.read_text(encoding="utf-8-sig")
    assert "Doe" not in text
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["kind"] for row in rows] == ["length", "rectangle"]
    assert float(rows[0]["length (mm)"]) == number(images, "length", 0)
    assert float(rows[1]["mean (HU)"]) == number(images, "mean", 1)
    assert rows[0]["series_uid"] == images.session.volume.source.series_uid


def test_the_dicom_report_is_read_back_by_highdicom(images, tmp_path):
    import highdicom
    import pydicom

    drawn(images, "D", (40, 30), (40, 60))
    drawn(images, "Shift+E", (50, 30), (60, 45))
    images.press("G")
    for voxel in ((20, 30), (30, 30), (30, 60)):
        click(images, *voxel)
    path = tmp_path / "report.dcm"
    images.window.measurer.export("sr", path)
    images.settle()
    assert "read back" in images.message, images.message
    report = highdicom.sr.srread(path)
    regions = report.content.get_planar_roi_measurement_groups()
    others = report.content.get_image_measurement_groups()
    assert [str(g.tracking_identifier) for g in others] == ["Length 1", "Angle 1"]
    length = others[0].get_measurements()[0]
    assert length.name.meaning == "Length"
    assert length.value == pytest.approx(number(images, "length", 0), rel=1e-7)
    assert length.unit.value == "mm"
    mean = next(
        m
        for m in regions[0].get_measurements()
        if m.derivation is not None and m.derivation.meaning == "Mean"
    )
    assert mean.value == pytest.approx(number(images, "mean", 1), rel=1e-7)
    assert mean.unit.value == "[hnsf'U]"
    header = pydicom.dcmread(path)
    assert header.PatientName == ""
    source = images.session.volume.source
    assert header.StudyInstanceUID == source.study_uid


def test_measures_do_not_get_in_the_way_of_painting(images):
    drawn(images, "D", (40, 30), (40, 60))
    images.session.set_active_label(1)
    images.press("B")
    images.stroke((40, 30), (40, 60))
    images.settle()
    assert len(measures(images)) == 1
    assert images.slice_mask()[40, 45]
    assert images.window.measurer.active == ""


def test_the_lines_are_seen_on_the_picture(images):
    drawn(images, "D", (40, 20), (40, 70))
    images.press("Esc")
    start, end = images.screen(40, 20), images.screen(40, 70)
    middle = QPoint((start.x() + end.x()) // 2, start.y())
    picture = images.view.grab().toImage()
    colors = [picture.pixelColor(middle + QPoint(0, dy)) for dy in range(-2, 3)]
    assert any(c.blue() > 190 and c.red() < 160 for c in colors)
    assert images.view.cursor().shape() == Qt.CursorShape.ArrowCursor
