"""Editing time adds up by case and by the model whose labels were corrected."""

import csv

import pytest
from small_models import paint_box, phantom_volume

from medview.edit.edit import Origin
from medview.session import activity
from medview.session.effort import CaseEffort, by_case, by_model, case_efforts, write_csv
from medview.store.versions import Work


def test_days_join_and_models_stand_apart():
    rows = [
        Work("a", "m@1", "2026-01-01", 60.0, 5),
        Work("a", "m@1", "2026-01-02", 30.0, 2),
        Work("a", "m@2", "2026-02-01", 12.0, 1),
        Work("b", "m@1", "2026-01-03", 90.0, 7),
    ]
    cases = by_case(rows, {"a": 3})
    assert [(one.model, one.minutes, one.gestures) for one in cases] == [
        ("m@1", 1.5, 7), ("m@1", 1.5, 7), ("m@2", 0.2, 1),
    ]  # fmt: skip
    assert [one.first_day for one in cases] == ["2026-01-01", "2026-01-03", "2026-02-01"]
    assert [one.accepted_slices for one in cases] == [3, 0, 3]
    assert [(one.model, one.cases, one.minutes) for one in by_model(cases)] == [
        ("m@1", 2, 1.5), ("m@2", 1, pytest.approx(0.2)),
    ]  # fmt: skip


def test_gestures_count_for_the_model_they_correct(desk, monkeypatch):
    clock = iter(range(0, 1000, 7))
    monkeypatch.setattr(activity.time, "monotonic", lambda: float(next(clock)))
    session = desk.open(phantom_volume())
    paint_box(session.editor, (2, 0, 0), (3, 9, 9), 1)
    session.editor.begin("Segment", Origin("model", "ct-lung", "1.0.0"), 0)
    session.editor.paint(session_box(), mask(), 2)
    session.editor.commit()
    assert session.corrected_model == "ct-lung@1.0.0"
    paint_box(session.editor, (3, 0, 0), (4, 9, 9), 1)
    paint_box(session.editor, (3, 9, 9), (4, 12, 12), 1)
    session.flush()
    found = {one.model: one for one in case_efforts(session.workspace)}
    assert found[""].gestures == 1
    assert found["ct-lung@1.0.0"].gestures == 2
    assert found["ct-lung@1.0.0"].minutes == pytest.approx(14 / 60)


def session_box():
    from medview.core.box import Box

    return Box((5, 0, 0), (6, 4, 4))


def mask():
    import numpy as np

    return np.ones((1, 4, 4), bool)


def test_the_table_says_nothing_of_the_patient(tmp_path):
    rows = by_case([Work("1.2.840.77#0", "m@1", "2026-01-01", 61.0, 5)], {"1.2.840.77#0": 2})
    write_csv(rows, tmp_path / "effort.csv")
    text = (tmp_path / "effort.csv").read_text()
    assert "840" not in text
    (row,) = csv.DictReader(text.splitlines())
    assert row == {
        "case": rows[0].case, "first_day": "2026-01-01", "model": "m@1", "minutes": "1.017",
        "gestures": "5", "accepted_slices": "2",
    }  # fmt: skip
    assert isinstance(rows[0], CaseEffort)
