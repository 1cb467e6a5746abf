"""The crossing between threads and Qt."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QThread

from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.gui.job_runner import JobRunner


@pytest.fixture
def runner(qtbot):
    runner = JobRunner()
    yield runner
    runner.shutdown()


def test_result_and_items_arrive_in_order_in_the_main_thread(runner, qtbot):
    news = []
    main = QThread.currentThread()

    def work(progress: Progress) -> str:
        for index in range(5):
            progress.item(index)
            progress.report(index / 5, "reading")
        return "result"

    def take(item):
        assert QThread.currentThread() is main
        news.append(item)

    with qtbot.waitSignal(runner.ended) as ended:
        runner.start(Job("work", work), on_item=take, on_done=take)
    assert news == [0, 1, 2, 3, 4, "result"]
    assert ended.args[0].state == "done"
    assert runner.active == ()


def test_expected_trouble_goes_to_on_error(runner, qtbot):
    errors, done = [], []

    def work(progress: Progress) -> None:
        raise MedviewError("scan.dcm is cut off.", hint="Copy it again.", code="truncated")

    with qtbot.waitSignal(runner.ended):
        runner.start(Job("work", work), on_done=done.append, on_error=errors.append)
    assert [error.code for error in errors] == ["truncated"]
    assert done == []


def test_a_bug_in_a_job_is_reported_and_the_lane_goes_on(runner, qtbot):
    failed = []
    runner.failed.connect(lambda running, error: failed.append((running.job.name, error)))
    with qtbot.waitSignal(runner.ended):
        runner.start(Job("buggy", lambda progress: 1 // 0, "ai"))
    assert failed[0][0] == "buggy"
    assert isinstance(failed[0][1], ZeroDivisionError)
    results = []
    with qtbot.waitSignal(runner.ended):
        runner.start(Job("next", lambda progress: 7, "ai"), on_done=results.append)
    assert results == [7]


def test_trouble_in_on_done_is_reported(runner, qtbot):
    errors = []

    def take(result: object) -> None:
        raise MedviewError("no room", code="full")

    with qtbot.waitSignal(runner.ended):
        runner.start(Job("work", lambda progress: 1), on_done=take, on_error=errors.append)
    assert errors[0].code == "full"


def test_cancel_is_silent_and_quick(runner, qtbot):
    begun = threading.Event()
    calls = []

    def work(progress: Progress) -> None:
        while True:
            progress.report(0.5, "still going")
            begun.set()
            time.sleep(0.001)

    running = runner.start(
        Job("work", work),
        on_done=lambda result: calls.append("done"),
        on_error=calls.append,
        on_cancelled=lambda: calls.append("cancelled"),
    )
    assert begun.wait(5)
    started = time.perf_counter()
    with qtbot.waitSignal(runner.ended):
        running.cancel()
    assert time.perf_counter() - started < 0.2
    assert calls == ["cancelled"]


def test_a_job_cancelled_while_it_waits_never_runs(runner, qtbot):
    gate, ran = threading.Event(), []
    runner.start(Job("first", lambda progress: gate.wait(5), "ai"))
    second = runner.start(Job("second", lambda progress: ran.append(1), "ai"))
    second.cancel()
    gate.set()
    qtbot.waitUntil(lambda: runner.active == ())
    assert ran == []
    assert second.state == "cancelled"


def test_a_stale_job_delivers_nothing(runner, qtbot):
    gate, calls = threading.Event(), []

    def work(progress: Progress) -> str:
        gate.wait(5)
        return "late"

    running = runner.start(
        Job("work", work), on_done=calls.append, on_cancelled=lambda: calls.append("cancelled")
    )
    running.drop()
    with qtbot.waitSignal(runner.ended):
        gate.set()
    assert calls == []


def test_model_work_stays_on_one_thread(runner, qtbot):
    names = []
    for _ in range(5):
        runner.start(
            Job("work", lambda progress: threading.current_thread().name, "ai"),
            on_done=names.append,
        )
    qtbot.waitUntil(lambda: len(names) == 5)
    assert len(set(names)) == 1


def test_reports_are_thinned_so_that_the_window_stays_free(runner, qtbot):
    reports = []

    def work(progress: Progress) -> None:
        for index in range(20000):
            progress.report(index / 20000, "")

    with qtbot.waitSignal(runner.ended, timeout=20000):
        runner.start(Job("work", work), on_progress=reports.append)
    assert 0 < len(reports) < 5000
    assert reports[-1].fraction > 0.99


def test_shutdown_joins_every_thread(qtbot):
    before = {thread.name for thread in threading.enumerate()}
    runner = JobRunner()

    def work(progress: Progress) -> None:
        while True:
            progress.check()
            time.sleep(0.001)

    for lane in ("ai", "io", "io"):
        runner.start(Job("endless", work, lane))
    runner.shutdown()
    assert {thread.name for thread in threading.enumerate()} <= before
    with pytest.raises(RuntimeError):
        runner.start(Job("late", work))
