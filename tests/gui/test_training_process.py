"""The training child: its news, its end, and its stop."""

from __future__ import annotations

import json
import re
import sys

import pytest

from medview.gui import language
from medview.gui.training_process import TrainingProcess
from medview.gui.training_result import TrainingResult
from medview.session.advice import PHANTOM_CASE, gates

WAITS_FOR_STOP = """
import json, sys
print(json.dumps({"event": "progress", "step": 1, "steps": 9, "loss": 1.0}), flush=True)
assert sys.stdin.readline() == "stop\\n"
"""
DEAF = 'import time\nprint(\'{"event": "progress", "step": 1}\', flush=True)\ntime.sleep(60)'
FAILS = """
import sys
print("noise")
print("medview: nothing was accepted", file=sys.stderr)
sys.exit(1)
"""


@pytest.fixture
def process(qtbot):
    process = TrainingProcess(kill_after_ms=300)
    yield process
    process.shutdown()


def run(process, qtbot, program, on_progress=None):
    news = {"failed": [], "stopped": 0}
    process.failed.connect(news["failed"].append)
    process.stopped.connect(lambda: news.__setitem__("stopped", news["stopped"] + 1))
    if on_progress:
        process.progress.connect(lambda event: on_progress())
    with qtbot.waitSignal(process.ended, timeout=20000):
        process.start([sys.executable, "-c", program])
    return news


def test_stop_by_message(process, qtbot):
    news = run(process, qtbot, WAITS_FOR_STOP, process.stop)
    assert news == {"failed": [], "stopped": 1}
    assert not process.is_running


def test_stop_by_kill_when_the_child_does_not_listen(process, qtbot):
    assert run(process, qtbot, DEAF, process.stop)["stopped"] == 1


def test_failure_is_told_in_the_childs_words(process, qtbot):
    news = run(process, qtbot, FAILS)
    assert news["failed"] == ["Training failed: medview: nothing was accepted"]


def test_a_program_that_is_not_there(process, qtbot):
    failed = []
    process.failed.connect(failed.append)
    with qtbot.waitSignal(process.ended):
        process.start(["/nonexistent/medview"])
    assert "could not start" in failed[0]


def test_a_result_is_put_into_words():
    rows = [
        {"case": "a", "label": "right lung", "current": {"dice": 0.9}, "candidate": {"dice": 0.8}},
        {"case": "a", "label": "airway", "current": None, "candidate": None},
    ]
    result = TrainingResult.of({"candidate": "ct-lung@1.0.1", "base": "x", "table": rows})
    assert result.rows[0].verdict == "worse"
    assert result.rows[1].difference is None
    assert "worse" in result.advice
    assert result.name_and_version == ("ct-lung", "1.0.1")
    assert "no held-out case" in TrainingResult.of({}).advice


def test_the_advice_of_the_child_is_read_in_the_windows_language(qapp):
    """The child speaks English; the window says the same in its own words."""
    table = [
        {"case": PHANTOM_CASE, "label": "right lung", "current": 0.97, "candidate": 0.9},
        {"case": "case 1 (p0a1)", "label": "right lung", "current": 0.8, "candidate": 0.7},
    ]
    event = json.loads(json.dumps({"gates": gates(table), "table": table}))
    assert TrainingResult.of(event).advice.endswith("It forgets the right lung. Discard it.")
    language.install(qapp, "zh_CN")
    try:
        result = TrainingResult.of(event)
    finally:
        language.install(qapp, "en")
    assert [row.case for row in result.rows] == ["生成的体模（原有能力）", "病例 1 (p0a1)"]
    named = result.with_titles({"p0a1": "Knee 2026-01-01"})
    assert named.rows[1].case.endswith("1: Knee 2026-01-01")
    assert named.rows[1].key == "case 1 (p0a1)", "what pictures are asked for by"
    said = " ".join([result.advice, *result.gates]).replace("right lung", "").replace("Dice", "")
    assert not re.search("[A-Za-z]{2,}", said), said
    assert "-0.100" in result.gates[0]
