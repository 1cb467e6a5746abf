"""Panels by themselves: messages, series, counts, words."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QScrollArea

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.gui.label_counts import LabelCounts
from medview.gui.panels.labels_panel import LabelsPanel
from medview.gui.panels.message_bar import MessageBar
from medview.gui.panels.series_panel import SeriesPanel
from medview.gui.save_watch import SaveWatch
from medview.gui.words import counted, duration


def entry(key, **fields):
    values = {
        "key": key,
        "series_description": "Lung 5.0",
        "modality": "CT",
        "kind": "image",
        "patient_name": "DOE^JANE",
        "patient_id": "7",
        "study_uid": "1.2",
        "study_description": "Chest",
        "study_date": "20260102",
        "size": (10, 64, 64),
    }
    return SimpleNamespace(**{**values, **fields})


def test_troubles_wait_in_line_and_each_can_be_closed(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_error(MedviewError("a.dcm is cut off.", hint="Copy it again.", code="truncated"))
    bar.show_error(ValueError("a bug"))
    assert bar.text.startswith("medview made a mistake (ValueError: a bug)")
    bar.close_message()
    assert bar.text == "a.dcm is cut off. Copy it again."
    bar.close_message()
    assert bar.isHidden()


def test_a_choice_closes_the_message_and_acts(qtbot):
    bar, chosen = MessageBar(), []
    qtbot.addWidget(bar)
    bar.show_note("Keep?", (("Keep", lambda: chosen.append("keep")),))
    bar.clear_notes()
    assert bar.text == "Keep?"  # a question is not dropped
    next(b for b in bar.findChildren(QPushButton) if b.text() == "Keep").click()
    assert chosen == ["keep"]
    assert bar.text == ""


def test_markup_in_a_message_stays_text(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_note("<b>bold</b>")
    assert bar._text.textFormat() == Qt.TextFormat.PlainText


def test_series_are_grouped_and_grow(qtbot):
    panel = SeriesPanel()
    qtbot.addWidget(panel)
    panel.put(entry("a"))
    panel.put(entry("a", size=(99, 64, 64)))
    panel.put(entry("b", study_uid="1.3", study_date="not a date"))
    patient = panel.tree.topLevelItem(0)
    assert panel.tree.topLevelItemCount() == 1
    assert patient.text(0) == "DOE JANE"
    assert patient.childCount() == 2
    assert patient.child(0).text(0) == "2026-01-02  Chest"
    assert "99 × 64 × 64" in patient.child(0).child(0).text(0)


def test_a_series_with_several_volumes_offers_each(qtbot):
    panel = SeriesPanel()
    qtbot.addWidget(panel)
    panel.put(entry("a"))
    geometry = Geometry.axial((5, 8, 8))
    plans = [SimpleNamespace(index=n, name=f"phase {n}", geometry=geometry) for n in range(2)]
    panel.put_volumes("a", plans)
    item = panel.tree.topLevelItem(0).child(0).child(0)
    assert item.childCount() == 2
    with qtbot.waitSignal(panel.series_chosen) as chosen:
        panel.tree.itemClicked.emit(item.child(1), 0)
    assert chosen.args[0].key == "a"
    assert chosen.args[1] == 1


def test_counts_follow_edits(qtbot):
    voxels = np.zeros((40, 16, 16), np.uint8)
    voxels[3, :4] = 2
    labels = LabelMap(Geometry.axial((40, 16, 16)), LabelTable(), voxels)
    counts = LabelCounts()
    with qtbot.waitSignal(counts.changed):
        counts.watch(labels)
    assert counts.voxels(2) == 64
    assert counts.slices_with_labels() == {3}
    voxels[3] = 0
    voxels[5, 0, 0] = 1
    with qtbot.waitSignal(counts.changed):
        counts.recount(Box((3, 0, 0), (6, 16, 16)))
    assert counts.slices_with_labels() == {5}
    assert counts.is_exact


def test_a_volume_that_is_not_counted_yet_is_absent(qtbot):
    """After Segment the panel said 0.0 ml until the counting had come round."""
    voxels = np.zeros((40, 16, 16), np.uint8)
    geometry = Geometry.axial((40, 16, 16), (10.0, 10.0, 10.0))
    labels = LabelMap(geometry, LabelTable.of([Label(1, "lung", (90, 90, 250))]), voxels)
    counts = LabelCounts()
    panel = LabelsPanel(counts)
    qtbot.addWidget(panel)

    def told():
        shown = panel.tree.topLevelItem(0)
        return shown.text(panel.tree.columnCount() - 1), panel.words.text().split("   ")[0]

    with qtbot.waitSignal(counts.changed):
        counts.watch(labels)
    panel.show_table(labels, 1)
    assert told() == ("0.0", "0 slices")
    voxels[4:30, :10, :10] = 1
    with qtbot.waitSignal(counts.changed):
        counts.recount(Box((0, 0, 0), (40, 16, 16)))
        assert told() == ("", "no code"), "at once, not when somebody shows the table again"
        panel.show_table(labels, 1)
        assert told() == ("", "no code")
    assert told() == ("2600", "26 slices")
    voxels[4, 0, 0] = 0
    with qtbot.waitSignal(counts.changed):
        counts.recount(Box((4, 0, 0), (5, 1, 1)))
        panel.show_table(labels, 1)
        assert told() == ("2600", "26 slices"), "a stroke is counted before anybody reads"
    assert told() == ("2599", "26 slices")


def test_the_saved_state_is_what_the_session_says(qtbot):
    texts = []
    session = SimpleNamespace(is_saved=False, save_problem=None)
    status = SimpleNamespace(show_saved=texts.append)
    bar = MessageBar()
    qtbot.addWidget(bar)
    watch = SaveWatch(session, status, bar, bar)
    watch.changed(saved=False)
    assert texts == ["saving …"]
    session.is_saved = True
    qtbot.waitUntil(lambda: texts[-1] == "all changes saved")
    session.save_problem = MedviewError("The disk is full.", code="write-failed")
    watch.changed(saved=False)
    qtbot.waitUntil(lambda: texts[-1] == "NOT SAVED")
    assert bar.text == "The disk is full."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59, "59 s"), (60, "1 min"), (130, "2 min 10 s"), (3900, "1 h 5 min")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_counted():
    said = [counted(number, "{count} slice", "{count} slices") for number in (1, 3)]
    assert said == ["1 slice", "3 slices"]


def test_a_closed_window_leaves_no_thread(open_window, session, qtbot):
    session.slice_seconds = 0.05
    open_window.modeller.segment()
    qtbot.waitUntil(lambda: open_window.modeller._slices_done >= 1)
    open_window.close()
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("medview-")]


def test_long_names_do_not_widen_the_work_column(open_window, session, qtbot):
    session.set_label(Label(9, "a label with a very long name " * 4, (1, 2, 3)))
    session.use_model("a-model-with-a-long-name-that-goes-on", "10.20.30-candidate")
    open_window.modeller.show_state("a long sentence about what came out of the last run of it")
    open_window.tools.use("brush")
    qtbot.wait(20)
    for scroll in open_window.findChildren(QScrollArea):
        inner = scroll.widget()
        if inner is not None and inner.objectName() == "sections":
            assert inner.minimumSizeHint().width() <= 270


def test_the_buttons_of_an_older_question_leave_at_once(qtbot):
    """An error over a question must not carry the question's buttons."""
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_note("Keep the slices?", (("Keep Them", lambda: None), ("Discard", lambda: None)))
    bar.show_note("No image series was found.", severity="error")

    def shown():
        buttons = bar.findChildren(QPushButton)
        return [button.text() for button in buttons if button.isVisibleTo(bar)]

    assert shown() == ["Close"]
    bar.close_message()
    # the question still waits for its answer; Qt shows new buttons in its next turn
    qtbot.waitUntil(lambda: shown() == ["Keep Them", "Discard"])
