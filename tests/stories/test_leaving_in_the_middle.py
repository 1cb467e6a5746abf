"""I leave a case, or the program, while something is still to be done: nothing breaks."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from medview.core.phantom import thorax_phantom
from medview.dicom.phantom_series import write_series


@pytest.fixture
def two_series(tmp_path):
    for number in (1, 2):
        write_series(
            thorax_phantom((6, 48, 48), (50.0, 8.0, 8.0), seed=number),
            tmp_path / "exam" / str(number),
            patient_id="P5",
            series_number=number,
            study_uid="1.2.3.4.30",
        )
    return tmp_path / "exam"


def test_a_deletion_does_not_reach_the_series_that_is_opened_next(reader, two_series):
    reader.open(two_series)
    session, opener = reader.session, reader.window.opener
    entries = reader.window.series.entries()
    here = opener.open_key[0]
    other = next(entry for entry in entries if entry.key != here)
    opener.open_entry(other)
    reader.until(lambda: session.volume.source.series_uid == other.key)
    reader.settle()
    volume, names = session.volume, [label.name for label in session.labelmap.table]
    opener.open_entry(next(entry for entry in entries if entry.key == here))
    reader.settle()
    label = session.labelmap.table.labels[0]
    reader.window.labels.deletion_wanted.emit(label.id)
    opener.open_volume(volume)  # in the same turn of the event loop
    reader.settle()
    assert [label.name for label in session.labelmap.table] == names
    assert not session.history.edits


def test_closing_while_a_panel_waits_to_read(reader, two_series):
    """The tags of a slice are read a moment after it is shown; an operation after a change."""
    reader.open(two_series)
    reader.press("Ctrl+I")
    reader.press("Down")
    reader.window.tools.use_operation("margin")
    reader.window.tools.operations.propose_soon()
    reader.window.close()
    QTest.qWait(300)  # pytest-qt fails for what a slot raises here
