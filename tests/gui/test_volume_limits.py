"""What keeps a picture from being taken for the whole truth is seen on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from medview.core.display import Window
from medview.core.geometry import Geometry
from medview.core.volume import Message, Volume
from medview.gui.dialogs.notes_dialog import NotesDialog
from medview.gui.slice_texts import has_scale, unreadable_text
from medview.gui.slice_view import SliceView

SHAPE = (5, 40, 60)


def volume(geometry=None, *codes, **more):
    geometry = geometry or Geometry.axial(SHAPE, (5.0, 1.0, 1.0))
    messages = tuple(Message(code, code) for code in codes)
    return Volume(
        np.zeros(SHAPE, np.int16), geometry, "CT", "HU", windows=(Window(0, 100),),
        messages=messages, **more,
    )  # fmt: skip


@pytest.fixture
def show(qtbot):
    def _show(one, index=2):
        view = SliceView()
        qtbot.addWidget(view)
        view.resize(600, 500)
        view.set_volume(one)
        view.set_slice(index)
        return view

    return _show


def words(view):
    found = view.annotations(view.transform)
    return " | ".join((*found.top_right, *found.bottom_left, *found.bottom_right))


def grabbed(view):
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    view.paint_slice(painter, view.transform)
    painter.end()
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4)[..., 2::-1]


def color_at(view, row, column):
    at = view.transform.to_screen(row, column).toPoint()
    return tuple(int(part) for part in grabbed(view)[at.y(), at.x()])


def test_an_overlay_is_drawn_where_it_lies_and_can_be_hidden(show):
    bitmap = np.zeros(SHAPE[1:], bool)
    bitmap[10:15, 20:25] = True
    view = show(volume(overlays={2: bitmap}))
    view.toggle_texts()
    red, green, blue = color_at(view, 12, 22)
    assert red > 200 > blue
    assert green > 150
    assert len(set(color_at(view, 30, 40))) == 1  # grey beside it
    view.set_style(replace(view.style_of_overlay, overlays_visible=False))
    assert len(set(color_at(view, 12, 22))) == 1
    view.set_style(replace(view.style_of_overlay, overlays_visible=True))
    view.set_slice(3)
    assert len(set(color_at(view, 12, 22))) == 1


def test_an_unreadable_slice_is_marked_even_without_texts(show):
    view = show(volume(None, "slice-unreadable", unreadable={2: "the file is cut short"}))
    assert unreadable_text(view) == "This slice could not be read: the file is cut short"
    view.toggle_texts()
    marked = grabbed(view)
    assert (marked.max(axis=2) != marked.min(axis=2)).mean() > 0.02  # hatched in colour
    view.set_slice(3)
    assert unreadable_text(view) == ""
    plain = grabbed(view)
    assert (plain.max(axis=2) == plain.min(axis=2)).all()


def test_gantry_tilt_is_written_on_the_picture(show):
    affine = Geometry.axial(SHAPE, (5.0, 1.0, 1.0)).affine.copy()
    affine[1, 0] = 5.0 * np.tan(np.radians(12.0))
    assert "gantry tilt 12.0°: this plane is as acquired" in words(
        show(volume(Geometry(SHAPE, affine)))
    )
    assert "tilt" not in words(show(volume()))


def test_with_slices_missing_nothing_is_said_across_them(show):
    whole, gappy = show(volume()), show(volume(None, "missing-slices"))
    assert "1.00 × 1.00 × 5.00 mm" in words(whole)
    assert "slices are missing: no volumes in ml" in words(gappy)
    assert "5.00" not in words(gappy)
    assert "1.00 × 1.00 mm in the plane" in words(gappy)


def test_a_flat_picture_keeps_its_proportions_and_its_scale(show):
    view = show(volume(Geometry.flat(SHAPE, 2.0, 1.0)))
    assert has_scale(view)
    assert "2.00 × 1.00 mm in the plane" in words(view)
    down = view.transform.to_screen(10, 0).y() - view.transform.to_screen(0, 0).y()
    across = view.transform.to_screen(0, 10).x() - view.transform.to_screen(0, 0).x()
    assert down == pytest.approx(2 * across)
    proportions = show(volume(Geometry.flat(SHAPE, 2.0, 1.0, plane_in_mm=False)))
    assert not has_scale(proportions)
    assert "no scale" in words(proportions)
    assert view.annotations(view.transform).letters == ("", "", "", "")


def test_loss_is_written_on_the_picture(show):
    assert "lossy 10:1 (JPEG 2000)" not in words(show(volume()))
    source = volume(lossy="lossy 10:1 (JPEG 2000)")
    assert "lossy 10:1 (JPEG 2000)" in words(show(source))


def test_volumes_in_ml_are_absent_where_they_would_be_wrong(open_window, qtbot, volume):
    window = open_window
    tree = window.labels.tree
    qtbot.waitUntil(lambda: tree.topLevelItem(0).text(4) != "")
    gap = Message("missing-slices", "2 slices are missing.")
    window.bench.session.volume = replace(volume, messages=(gap,))
    window._table_changed()
    qtbot.waitUntil(lambda: tree.topLevelItem(0).text(4) == "")
    assert "slices are missing" in tree.headerItem().toolTip(4)


def test_notes_of_the_open_series_are_listed_and_do_not_nag(window, qtbot, tmp_path):
    window.opener.open_paths([tmp_path])
    qtbot.waitUntil(
        lambda: (
            window.bench.session.volume is not None
            and any(m.code == "quality-noise" for m in window.bench.session.volume.messages)
        )
    )
    assert "Noisy" not in window.bench.messages.text
    window.actions_by.by_id["notes"].trigger()
    (dialog,) = window.findChildren(NotesDialog)
    rows = [dialog.tree.topLevelItem(n).text(1) for n in range(dialog.tree.topLevelItemCount())]
    assert rows == ["Slices are 12.5 mm apart.", "Noisy."]
    dialog.close()


def test_the_action_hides_the_overlays(open_window):
    view = open_window.bench.view
    open_window.actions_by.by_id["overlays"].trigger()
    assert not view.style_of_overlay.overlays_visible
    open_window.actions_by.by_id["overlays"].trigger()
    assert view.style_of_overlay.overlays_visible
