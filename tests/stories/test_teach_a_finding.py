"""I define a finding, answer some slices, and the program learns it in seconds."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def begin(reader, name):
    box = reader.window.findings.new_name
    box.setFocus()
    QTest.keyClicks(box, name)
    QTest.keyClick(box, Qt.Key.Key_Return)


def answer(reader, slices, text):
    for index in slices:
        reader.go_to(int(index))
        reader.click(text, within=reader.window.findings)


def test_i_teach_it_where_the_lung_is(reader, chest, chest_folder, desk):
    """Tagged slices teach; the others get a score, a strip and a heat map; all is kept."""
    reader.open(chest_folder)
    panel = reader.window.findings
    with_lung = np.flatnonzero(np.isin(chest.labels, (1, 2)).sum(axis=(1, 2)) > 200)
    without = np.flatnonzero(~np.isin(chest.labels, (1, 2)).any(axis=(1, 2)))
    assert len(without) >= 1
    begin(reader, "my lung")
    assert panel.finding.currentText() == "my lung"
    answer(reader, without, "No")
    answer(reader, with_lung[::2], "Yes")
    assert "you said yes" in panel.state.text()
    assert f"{len(with_lung[::2])} yes, {len(without)} no" in panel.tags.text()
    reader.until(lambda: reader.session.findings.seen is not None)
    reader.settle()
    reader.click("Learn", within=panel)
    reader.until(lambda: "my lung was learned" in reader.message)
    assert "three cases" in reader.message, "it does not say how good it is before it can know"
    scores = reader.session.findings.scores("my lung")
    assert scores[with_lung[1::2]].min() > scores[without].max()
    reader.go_to(int(with_lung[1]))
    assert f"score {scores[with_lung[1]]:.2f}" in panel.state.text()
    plain = reader.window.centre.slider.grab().toImage()
    reader.window.centre.slider.set_scores(())
    assert reader.window.centre.slider.grab().toImage() != plain, "the strip shows the scores"
    reader.click("Why?", within=panel)
    reader.until(lambda: reader.session.heatmap is not None)
    assert reader.view.annotations(reader.view.transform).heat_title == "my lung"
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    assert again.window.findings.finding.findText("my lung") >= 0
    box = again.window.findings.finding
    box.setCurrentIndex(box.findText("my lung"))
    assert f"{len(with_lung[::2])} yes" in again.window.findings.tags.text()


def test_an_answer_can_be_taken_back(reader, chest_folder):
    """Clear removes it; learning from yes alone is refused in words."""
    reader.open(chest_folder)
    panel = reader.window.findings
    begin(reader, "stent")
    reader.click("Yes", within=panel)
    reader.click("Clear", within=panel)
    assert "you said" not in panel.state.text()
    reader.click("Yes", within=panel)
    reader.until(lambda: reader.session.findings.seen is not None)
    reader.settle()
    reader.click("Learn", within=panel)
    reader.until(lambda: bool(reader.messages()))
    assert "tagged no" in reader.message
