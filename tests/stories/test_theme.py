"""Dark or light, remembered; names off the screen; everything by keyboard and screen reader."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QScrollBar,
)

from medview.gui import theme
from medview.gui.slice_view import SliceView
from medview.gui.volume3d.volume_view import VolumeView

INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    SliceView,
    VolumeView,
)


@pytest.fixture(autouse=True)
def dark_again(qapp):
    """The theme is the application's: the next story begins in the dark."""
    yield
    theme.apply(qapp, theme.DEFAULT)


def lightness(widget, x=4, y=4) -> int:
    return QColor(widget.grab().toImage().pixel(x, y)).lightness()


def test_light_and_dark_at_run_time_and_remembered(reader, chest_folder, desk):
    reader.open(chest_folder)
    assert lightness(reader.window.menuBar(), 400) < 60
    reader.choose("View > Theme > Light")
    assert lightness(reader.window.menuBar(), 400) > 200
    assert lightness(reader.view) < 10  # around the image it stays black
    assert reader.window.actions_by.by_id["theme-light"].isChecked()
    desk.leave()
    again = desk.start()
    assert theme.current() == "light"
    again.choose("View > Theme > Dark")
    assert lightness(again.window.menuBar(), 400) < 60


def test_icons_can_be_seen_in_both_themes(reader):
    def ink() -> int:
        image = reader.window.actions_by.by_id["open-folder"].icon().pixmap(36, 36).toImage()
        colors = [image.pixelColor(x, y) for x in range(36) for y in range(36)]
        return max((c for c in colors), key=lambda c: c.alpha()).lightness()

    assert ink() > 150
    reader.choose("View > Theme > Light")
    assert ink() < 120


def test_ctrl_shift_h_takes_names_and_dates_off_the_screen(reader, chest_folder):
    reader.open(chest_folder)
    assert any("Doe Jane" in text for text in reader.corner_texts())
    series = reader.window.series
    assert "Doe Jane" in series.tree.topLevelItem(0).text(0)
    before = reader.view.grab().toImage()
    reader.press("Ctrl+Shift+H")
    assert not any("Doe" in text or "P5" in text for text in reader.corner_texts())
    assert reader.view.grab().toImage() != before
    heading = series.tree.topLevelItem(0)
    assert "Doe" not in heading.text(0) + heading.toolTip(0) + heading.child(0).text(0)
    assert not series.cases.isVisible()
    assert reader.window.windowTitle() == "medview"
    reader.press("F3")  # a view made now has none either
    across = reader.window.bench.views.across(0)
    assert not across.names_visible
    reader.press("Ctrl+Shift+H")
    assert any("Doe Jane" in text for text in reader.corner_texts())
    assert "Doe Jane" in series.tree.topLevelItem(0).text(0)


def named(widget) -> bool:
    text = getattr(widget, "text", lambda: "")()
    is_button = isinstance(widget, QAbstractButton)
    return bool(widget.accessibleName() or (is_button and text))


def parts_of_others(widget) -> bool:
    """Pieces that Qt makes inside a widget which has the name."""
    inner = widget.objectName().startswith("qt_") or isinstance(widget, QHeaderView | QScrollBar)
    parent = widget.parent()
    inside = isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit | QHeaderView)
    lists = isinstance(widget, QAbstractButton) and isinstance(parent, QAbstractItemView)
    popup = parent is None or isinstance(parent.parent(), QComboBox)
    return inner or inside or lists or popup


def test_a_screen_reader_finds_a_name_on_everything_that_can_be_used(reader, chest_folder):
    reader.open(chest_folder)
    reader.press("F5")
    reader.window.training_dock.show()
    reader.window.tags_dock.show()
    reader.until(lambda: reader.window.tags.tree.topLevelItemCount() > 10, 10)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in reader.window.findChildren(INTERACTIVE[0])
        + [found for kind in INTERACTIVE[1:] for found in reader.window.findChildren(kind)]
        if not parts_of_others(widget) and not named(widget)
    ]
    assert not nameless


def test_tab_reaches_every_panel_and_the_focus_can_be_seen(reader, chest_folder):
    reader.open(chest_folder)
    window = reader.window
    window.activateWindow()
    reader.view.setFocus()
    panels = {
        "series": window.series, "model": window.model, "view": window.look,
        "labels": window.labels, "overlay": window.overlay, "review": window.review,
        "slices": window.centre,
    }  # fmt: skip
    reached, unseen = set(), []
    for _ in range(150):
        focused = QApplication.focusWidget()
        reached |= {
            name for name, panel in panels.items() if focused and panel.isAncestorOf(focused)
        }
        if isinstance(focused, QAbstractButton | QComboBox | QLineEdit) and focused.isVisible():
            with_focus = focused.grab().toImage()
            QTest.keyClick(focused, Qt.Key.Key_Tab)
            if focused.grab().toImage() == with_focus and QApplication.focusWidget() != focused:
                unseen.append(focused.accessibleName() or type(focused).__name__)
        else:
            QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert reached == set(panels)
    assert not unseen
