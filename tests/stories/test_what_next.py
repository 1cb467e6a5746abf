"""medview tells me which slice to correct next, takes me there, and learns from what I do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from medview.dicom.phantom_series import write_series


@pytest.fixture
def two_folders(chest, tmp_path):
    for name in ("A", "B"):
        write_series(chest, tmp_path / name, patient_id=name, patient_name=name)
    return [tmp_path / name for name in ("A", "B")]


def click_row(panel, row):
    item = panel.list.item(row)
    panel.list.scrollToItem(item)
    QTest.mouseClick(
        panel.list.viewport(),
        Qt.MouseButton.LeftButton,
        pos=panel.list.visualItemRect(item).center(),
    )


def test_i_go_down_the_worklist(reader, desk, two_folders):
    """Two patients take turns; a click opens the other patient; accepting rewards the strategy."""
    for folder in two_folders:
        reader.open(folder)
    reader.choose("Review > What Next")
    panel, state = reader.window.worklist, reader.session.worklist
    assert panel.isVisible()
    reader.click("Propose", within=panel)
    reader.settle()
    assert panel.list.count() == 20
    keys = [proposal.facts.case_key for proposal in state.proposals]
    assert len(set(keys[:2])) == 2, "one slice per patient and round"
    assert panel.learned.text().startswith("Nothing learned")

    other = next(n for n, key in enumerate(keys) if key != reader.session.volume.case_key)
    wanted = state.proposals[other]
    click_row(panel, other)
    reader.until(lambda: reader.session.volume.case_key == wanted.facts.case_key)
    reader.until(lambda: reader.session.volume.is_complete)
    reader.settle()
    assert reader.view.slice_index == wanted.facts.slice_index

    reader.press("B")
    reader.stroke((40, 30), (50, 40))
    reader.press("A")
    reader.settle()
    assert panel.list.count() == 19
    assert state.bandit.arms[wanted.strategy].mean > 0
    assert "Learned from 1 slice" in panel.learned.text()

    desk.leave()
    again = desk.start()
    assert "Learned from 1 slice" in again.window.worklist.learned.text()
    again.click("Forget This", within=again.window.worklist)
    assert again.window.worklist.learned.text().startswith("Nothing learned")
