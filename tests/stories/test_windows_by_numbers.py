"""My windows: right presets, exact numbers, presets of my own, and series one key apart."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyle, QStyleOptionButton

from medview.core.color_maps import color_map
from medview.core.phantom import PhantomShift, thorax_phantom
from medview.dicom.phantom_series import write_series

# what each preset must be, from the literature (PEERS 4.2), not from the program
PRESETS = {
    "3": ("Lung", 1500, -600), "4": ("Abdomen", 400, 40), "5": ("Mediastinum", 350, 25),
    "6": ("Bone", 2000, 300), "7": ("Liver", 150, 90), "8": ("Brain", 80, 40),
    "9": ("Angio", 650, 160),
}  # fmt: skip


@pytest.fixture
def chest_open(reader, chest_folder):
    reader.open(chest_folder)
    return reader


def type_into(box, text):
    """Select what is there, type, Enter."""
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box.lineEdit(), text)
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_is_what_its_name_says(chest_open, key):
    """A missing zero made a lung window of another viewer useless."""
    name, width, level = PRESETS[key]
    chest_open.press(key)
    window = chest_open.view.window_level
    assert (window.name, window.width, window.center) == (name, width, level)
    assert any(f"W {width}  L {level}" in line for line in chest_open.corner_texts())


def test_i_type_width_and_level_or_the_ends(chest_open):
    """The grey value at the ends I typed is black and white, to the unit."""
    panel = chest_open.window.look
    type_into(panel.width_box, "300")
    type_into(panel.level, "50")
    assert (chest_open.view.window_level.width, chest_open.view.window_level.center) == (300, 50)
    type_into(panel.low, "-1000")
    type_into(panel.high, "0")
    window = chest_open.view.window_level
    assert window.center - 0.5 - (window.width - 1) / 2 == -1000  # PS3.3 C.11.2.1.2
    assert window.center - 0.5 + (window.width - 1) / 2 == 0


def test_a_preset_of_my_own_stays_and_goes(desk, chest_folder):
    reader = desk.start()
    reader.open(chest_folder)
    panel = reader.window.look
    type_into(panel.width_box, "77")
    panel.preset_wanted.emit("mine")
    assert "mine" in [panel.presets.itemText(n) for n in range(panel.presets.count())]
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    panel = again.window.look
    panel.presets.setCurrentText("mine")
    panel.presets.activated.emit(panel.presets.currentIndex())
    assert again.view.window_level.width == 77
    again.press("B")  # another tool does not touch the window
    again.press("Esc")
    assert again.view.window_level.width == 77
    QTest.mouseClick(panel.forget, Qt.MouseButton.LeftButton)
    assert "mine" not in [panel.presets.itemText(n) for n in range(panel.presets.count())]


def test_a_colour_map_colours_by_the_window(chest_open):
    look = chest_open.window.look.look
    combo = next(w for w in look.findChildren(type(chest_open.window.look.presets)))
    combo.setCurrentIndex(combo.findData("viridis"))
    chest_open.press("3")
    values = chest_open.view.own_values()
    row, column = np.unravel_index(np.argmax(values), values.shape)
    color = chest_open.color(int(row), int(column))
    assert color.getRgb()[:3] == tuple(color_map("viridis")[255])
    bar = chest_open.view.annotations(chest_open.view.transform).color_bar
    assert (bar.colors, bar.low, bar.high) == ("viridis", "-1350 HU", "150 HU")


def test_shift_and_arrows_walk_the_series(reader, tmp_path):
    """And plain arrows the slices."""
    for number, gain in enumerate((1.0, 0.9, 0.8), start=1):
        phantom = thorax_phantom((6 + number, 32, 32), (40.0, 12.0, 12.0), 1,
                                 PhantomShift("other", hu_gain=gain))  # fmt: skip
        write_series(phantom, tmp_path / str(number), patient_id="P1", series_number=number,
                     series_description=f"series {number}", study_uid="1.2.3")  # fmt: skip
    reader.open(tmp_path)
    counts = [reader.session.volume.geometry.shape[0]]
    for keys in ("Shift+Left", "Shift+Left", "Shift+Right"):
        before = reader.session.volume
        reader.press(keys)
        reader.until(lambda b=before: reader.session.volume is not b, 10)
        reader.settle()
        counts.append(reader.session.volume.geometry.shape[0])
    assert counts == [9, 8, 7, 8]


def test_signs_on_small_buttons_are_whole(chest_open):
    """The room that the theme leaves inside the frame is enough for the + and the minus."""
    for button in (chest_open.window.look.keep, chest_open.window.look.forget):
        option = QStyleOptionButton()
        button.initStyleOption(option)
        part = QStyle.SubElement.SE_PushButtonContents
        inside = button.style().subElementRect(part, option, button)
        needed = button.fontMetrics().boundingRect(button.text())
        assert inside.width() >= needed.width()
        assert inside.height() >= needed.height()
