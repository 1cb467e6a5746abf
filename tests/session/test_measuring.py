"""One undo for edits and measures, in the order of time, also after a restart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from small_models import phantom_volume

from medview.core.box import Box
from medview.core.planes import Planes
from medview.edit.edit import Origin
from medview.measure.frame import Frame
from medview.measure.measure import Measure, as_points
from medview.store.workspace import Workspace


def length(volume, index=2, end=(9, 9)) -> Measure:
    planes = Planes.along(volume.geometry, 0)
    voxels = planes.to_volume([[index, 3, 3], [index, *end]])
    points = as_points(volume.geometry.to_patient(voxels))
    return Measure("", "length", points, Frame.of(planes, index))


@pytest.fixture(autouse=True)
def a_person_takes_time(monkeypatch):
    """Acts are timed in milliseconds; nobody makes two within one."""
    from medview.session.measuring import Measures

    commit = Measures._commit

    def slowly(*arguments):
        time.sleep(0.003)
        commit(*arguments)
        time.sleep(0.003)

    monkeypatch.setattr(Measures, "_commit", slowly)


def paint(session, label=1) -> None:
    box = Box((2, 4, 4), (3, 6, 6))
    session.editor.begin("Stroke", Origin("tool", "brush"), 2)
    session.editor.write(box, np.full(box.shape, label, np.uint8))
    session.editor.commit()


@pytest.fixture
def volume():
    return phantom_volume()


@pytest.fixture
def session(desk, volume):
    return desk.open(volume)


def names(session):
    return [measure.name for measure in session.measures.items]


def test_undo_goes_back_in_time_whatever_it_was(session, volume):
    kept = session.measures.add(length(volume), "me")
    paint(session)
    session.measures.change(replace(kept, text="nodule"))
    assert session.timeline.undo_name == "change length"
    assert session.undo().name == "change length"
    assert session.measures.items == (kept,)
    assert session.timeline.undo_name == "Stroke"
    assert session.undo().name == "Stroke"
    assert not session.labelmap.voxels.any()
    assert session.undo().slice_index == 2
    assert session.measures.items == ()
    assert session.undo() is None
    for name in ("new length", "Stroke", "change length"):
        assert session.timeline.redo_name == name
        assert session.redo().name == name
    assert session.redo() is None
    assert session.measures.items[0].text == "nodule"
    assert session.labelmap.voxels.any()


def test_a_new_act_of_either_kind_ends_redo(session, volume):
    paint(session)
    session.undo()
    session.measures.add(length(volume))
    assert not session.timeline.can_redo
    session.undo()
    assert session.timeline.can_redo
    paint(session, 2)
    assert not session.timeline.can_redo
    assert session.undo().name == "Stroke"
    assert not session.timeline.can_undo


def test_a_restart_keeps_measures_undo_and_redo(desk, session, volume):
    kept = session.measures.add(length(volume), "me")
    paint(session)
    session.measures.add(length(volume, end=(3, 12)))
    session.measures.remove(kept.id)
    session.undo()
    assert names(session) == ["Length 1", "Length 2"]
    again = desk.open(volume)
    assert names(again) == ["Length 1", "Length 2"]
    assert again.measures.items[0] == kept
    assert again.redo().name == "remove length"
    assert [again.undo().name for _ in range(4)] == [
        "remove length", "new length", "Stroke", "new length"
    ]  # fmt: skip
    assert not again.timeline.can_undo
    third = desk.open(volume)
    assert third.measures.items == ()
    assert [third.redo().name for _ in range(3)] == ["new length", "Stroke", "new length"]


def test_what_was_undone_before_something_new_does_not_come_back(desk, session, volume):
    paint(session)
    session.undo()
    session.measures.add(length(volume))
    again = desk.open(volume)
    assert not again.timeline.can_redo
    assert again.undo().name == "new length"


def test_measures_belong_to_their_case(session, volume):
    session.measures.add(length(volume))
    other = replace(volume, source=replace(volume.source, series_uid="9.9")) if (
        volume.source is not None
    ) else replace(volume, voxels=volume.voxels + 1)  # fmt: skip
    session.open_volume(other)
    assert session.measures.items == ()
    session.open_volume(volume)
    assert names(session) == ["Length 1"]


def test_names_count_on_and_numbers_follow_the_points(session, volume):
    first = session.measures.add(length(volume))
    session.measures.remove(first.id)
    second = session.measures.add(length(volume))
    assert second.name == "Length 2"
    before = session.measures.reading(second).values[0].number
    moved = replace(second, points=length(volume, end=(15, 15)).points)
    session.measures.change(moved)
    assert session.measures.reading(moved).values[0].number == pytest.approx(2 * before)
    session.measures.change(moved)  # nothing is different: nothing to undo
    assert session.undo().name == "change length"
    assert session.measures.items == (second,)


def test_a_step_that_cannot_be_read_loses_no_other(desk, session, volume):
    session.measures.add(length(volume))
    session.measures.add(length(volume, end=(3, 12)))
    key = session.volume.case_key
    desk.close()
    import sqlite3

    connection = sqlite3.connect(desk.folder / "workspace.sqlite3")
    connection.execute("UPDATE measures SET after_json = '{' WHERE sequence = 1")
    connection.commit()
    connection.close()
    again = desk.open(volume)
    assert again.volume.case_key == key
    assert names(again) == ["Length 1"]


_CHILD = """
import sys, time
from pathlib import Path
sys.path[:0] = sys.argv[2].split("|")
from test_measuring import length
from small_models import phantom_volume
from medview.session.session import Session
from medview.store.workspace import Workspace
session = Session(Workspace(Path(sys.argv[1])))
volume = phantom_volume()
session.open_volume(volume)
for number in range(5):
    session.measures.add(length(volume, end=(3, 10 + number)))
session.flush()
print("kept", flush=True)
time.sleep(60)
"""


def test_kill_loses_no_measure(tmp_path, volume):
    tests = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 (a path for the child)
    paths = f"{tests}|{tests}/session"
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(tmp_path / "w"), paths], stdout=subprocess.PIPE
    )
    assert child.stdout.readline().strip() == b"kept"
    child.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    child.wait(30)
    child.stdout.close()
    with Workspace(tmp_path / "w") as workspace:
        assert len(workspace.measure_steps(volume.case_key)) == 5
        assert workspace.measure_cursor(volume.case_key) == 5
