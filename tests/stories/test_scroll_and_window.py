"""I scroll through the chest and window it, and every number I read is true."""

from __future__ import annotations

import re

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from reader import CTRL, MIDDLE, RIGHT, SHIFT

from medview.core.display import CT_PRESETS, to_grey
from medview.core.geometry import Geometry
from medview.core.volume import Volume
from medview.dicom.phantom_series import write_series
from medview.formats import nifti

NUMBER = r"(\d+\.\d)"
PLACE = re.compile(rf"(-?\d+) HU .*?([RL]) {NUMBER}  ([AP]) {NUMBER}  H (-?\d+\.\d) mm")


@pytest.fixture
def chest_open(reader, chest_folder):
    """The chest on the screen."""
    reader.open(chest_folder)
    return reader


def test_the_wheel_and_the_keys_walk_the_slices(chest_open):
    """Down goes toward the feet, as on the workstation; the slider and the number follow."""
    reader = chest_open
    assert reader.view.slice_index == 8
    reader.wheel(-1)
    assert reader.view.slice_index == 7
    reader.wheel(2)
    assert reader.view.slice_index == 9
    for keys, index in (
        ("Down", 8), ("Right", 7), ("PgDown", 6), ("Up", 7), ("Left", 8), ("PgUp", 9),
        ("End", 0), ("Down", 0), ("Home", 15), ("Up", 15),
    ):  # fmt: skip
        reader.press(keys)
        assert reader.view.slice_index == index, keys
    assert reader.window.centre.slider.value() == 15
    assert reader.window.centre.number.value() == 16
    assert "slice 16 / 16" in reader.corner_texts()


def test_dragging_changes_the_window(chest_open):
    """Right is wider, up is brighter; Shift is finer; the corner tells the numbers."""
    reader, view = chest_open, chest_open.view
    first = view.window_level
    dark = reader.color(48, 48).lightness()
    reader.drag((300, 300), (300, 240))
    brighter = view.window_level
    assert brighter.center < first.center
    assert brighter.width == first.width
    assert reader.color(48, 48).lightness() >= dark
    reader.drag((300, 300), (360, 300))
    assert view.window_level.width > brighter.width
    coarse = view.window_level.width - brighter.width
    before = view.window_level.width
    reader.drag((300, 300), (360, 300), keys=SHIFT)
    assert view.window_level.width - before == pytest.approx(coarse / 5)
    window = view.window_level
    text = f"W {window.width:.0f}  L {window.center:.0f} HU"
    assert text in reader.corner_texts()


def test_the_digits_are_presets_and_the_screen_shows_them(chest_open):
    """3 is lung, 6 is bone, 1 is what the file says; the screen's grey is that of the window."""
    reader, view = chest_open, chest_open.view
    shown = view.volume.voxels[8]
    for key, window in CT_PRESETS:
        reader.press(key)
        assert (view.window_level.center, view.window_level.width) == (window.center, window.width)
        grey = to_grey(shown, window)
        flat = _flat_voxel(grey)
        assert abs(reader.color(*flat).lightness() - int(grey[flat])) <= 2, window.name
    reader.press("1")
    assert (view.window_level.center, view.window_level.width) == (40, 400)
    reader.press("2")
    assert (view.window_level.center, view.window_level.width) == (-600, 1500)
    reader.press("0")
    assert view.window_level.name == "Auto"


def _flat_voxel(grey):
    """A voxel whose neighbours have its grey, so that smoothing on the screen changes nothing."""
    values = grey.astype(int)
    inner = values[1:-1, 1:-1]
    worst = np.zeros_like(inner)
    for row in (0, 1, 2):
        for column in (0, 1, 2):
            near = values[row : row + inner.shape[0], column : column + inner.shape[1]]
            worst = np.maximum(worst, abs(near - inner))
    middle = worst[20:74, 20:74]  # clear of the texts in the corners
    row, column = np.unravel_index(middle.argmin(), middle.shape)
    return int(row) + 21, int(column) + 21


def test_pan_zoom_and_fit(chest_open):
    """The middle button moves the image, the right one zooms where I began, R fits again."""
    reader, view = chest_open, chest_open.view
    fitted = view.transform
    there = reader.screen(40, 40)
    reader.drag((300, 300), (340, 320), button=MIDDLE)
    moved = reader.screen(40, 40) - there
    assert (moved.x(), moved.y()) == (40, 20)
    anchor = reader.screen(30, 60)
    reader.drag((anchor.x(), anchor.y()), (anchor.x(), anchor.y() - 60), button=RIGHT)
    assert view.transform.zoom > fitted.zoom
    kept = reader.screen(30, 60) - anchor
    assert max(abs(kept.x()), abs(kept.y())) <= 1
    anchor = reader.screen(50, 20)
    reader.wheel(2, keys=CTRL, at=anchor)
    kept = reader.screen(50, 20) - anchor
    assert max(abs(kept.x()), abs(kept.y())) <= 1
    assert view.slice_index == 8
    reader.press("R")
    assert view.transform == fitted
    assert view.window_level.width == 400  # no drag with other buttons changed it


def test_the_number_under_the_mouse_is_the_voxel_and_its_place(chest_open, chest):
    """HU and position are those of the voxel I point at: I could find it with any other program."""
    reader = chest_open
    for index, row, column in ((8, 48, 48), (3, 30, 20), (12, 60, 70)):
        reader.go_to(index)
        reader.point_at(row, column)
        line = next(text for text in reader.corner_texts() if PLACE.search(text))
        hu, across, x, depth, y, z = PLACE.search(line).groups()
        assert int(hu) == chest.voxels[index, row, column]
        place = chest.geometry.to_patient((index, row, column))
        assert (float(x) * (-1 if across == "R" else 1)) == pytest.approx(place[0], abs=0.06)
        assert (float(y) * (-1 if depth == "A" else 1)) == pytest.approx(place[1], abs=0.06)
        assert float(z) == pytest.approx(place[2], abs=0.06)


def test_letters_follow_the_patient_however_the_file_is_stored(reader, chest, tmp_path):
    """R stands where the patient's right is, for a mirrored file too; the image turns with it."""
    place = (8, 40, 24)
    hu = chest.voxels[place]
    turned = np.ascontiguousarray(chest.voxels[::-1, ::-1, ::-1])
    affine = chest.geometry.affine.copy()
    affine[:3, 3] = chest.geometry.to_patient((15, 95, 95))
    affine[:3, :3] *= -1
    path = tmp_path / "mirrored.nii.gz"
    nifti.write_volume(Volume(turned, Geometry(turned.shape, affine), "CT", "HU"), path)
    reader.open(path)
    left, right, top, bottom = reader.view.annotations(reader.view.transform).letters
    assert (left, right, top, bottom) == ("R", "L", "A", "P")
    reader.go_to(15 - place[0])
    row, column = 95 - place[1], 95 - place[2]
    at = reader.screen(row, column)
    assert at.x() < reader.view.width() / 2  # low x: the patient's right, at the screen's left
    assert at.y() < reader.view.height() / 2
    reader.point_at(row, column)
    assert any(text.startswith(f"{hu} HU") for text in reader.corner_texts())
    reader.press("Home")
    assert reader.session.volume.geometry.to_patient((reader.view.slice_index, 0, 0))[2] > 0


def test_a_rectangle_sets_the_window_or_the_zoom(chest_open, chest):
    """Ctrl and dragging: left takes the window of what is inside, right zooms to it."""
    reader, view = chest_open, chest_open.view
    middle = reader.screen(48, 30)
    left, right = (middle.x() - 20, middle.y() - 20), (middle.x() + 20, middle.y() + 20)
    reader.drag(left, right, keys=CTRL)
    assert view.window_level.name == "region"
    rows, columns = zip(view.transform.to_voxel(QPointF(*left)),
                        view.transform.to_voxel(QPointF(*right)), strict=True)  # fmt: skip
    inside = chest.voxels[8][
        round(rows[0]) : round(rows[1]) + 1, round(columns[0]) : round(columns[1]) + 1
    ]
    low = view.window_level.center - view.window_level.width / 2
    assert inside.min() - 1 <= low <= np.percentile(inside, 1)
    zoom = view.transform.zoom
    held = view.transform.to_voxel(QPointF(middle))
    reader.drag(left, right, button=RIGHT, keys=CTRL)
    assert view.transform.zoom > 4 * zoom
    middle = QPointF(view.width() / 2, view.height() / 2)
    assert view.transform.to_voxel(middle) == pytest.approx(held, abs=0.5)


def test_flipping_and_turning_carry_the_letters_along(chest_open, chest):
    """However I turn the picture, the letters and the values under the mouse are right."""
    reader, view = chest_open, chest_open.view
    for keys, letters in (
        ("Alt+F", ("L", "R", "A", "P")),
        ("Alt+Shift+F", ("L", "R", "P", "A")),
        ("Alt+R", ("A", "P", "L", "R")),
        ("Alt+L", ("L", "R", "P", "A")),
        ("Alt+L", ("P", "A", "R", "L")),
    ):
        reader.press(keys)
        assert view.annotations(view.transform).letters == letters, keys
        reader.point_at(20, 70)
        assert reader.view.cursor_text().startswith(f"{chest.voxels[8, 20, 70]} HU")


def test_i_type_the_number_of_a_slice(chest_open):
    reader = chest_open
    reader.press("Ctrl+J")
    number = reader.window.centre.number
    QTest.keyClicks(number, "3")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert reader.view.slice_index == 2
    reader.press("Up")  # the keys are the view's again
    assert reader.view.slice_index == 3


def test_the_corners_say_who_and_what_and_hide_it_on_a_key(reader, chest, tmp_path):
    """Name, birth date, sex, institution, contrast, thickness; hidden before I show the screen."""
    for path in write_series(chest, tmp_path, patient_id="P5", patient_name="Doe^Jane"):
        dataset = pydicom.dcmread(path)
        dataset.PatientBirthDate, dataset.PatientSex = "19500102", "F"
        dataset.InstitutionName, dataset.ContrastBolusAgent = "St. Elsewhere", "Iohexol"
        dataset.AcquisitionTime = "081500.123"
        dataset.save_as(path)
    reader.open(tmp_path)
    corners = reader.corner_texts()
    for words in ("Doe Jane", "1950-01-02 F", "P5", "2026-01-01  08:15", "St. Elsewhere",
                  "Iohexol", "18.75 mm thick"):  # fmt: skip
        assert words in corners
    reader.press("Ctrl+Shift+H")
    hidden = " ".join(reader.corner_texts())
    for words in ("Doe", "1950", "P5", "Elsewhere", "08:15"):
        assert words not in hidden
