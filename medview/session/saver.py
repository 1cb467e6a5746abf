"""Saver: hands edits and accepted slices to the workspace in order, off the main thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any

from medview.core.errors import MedviewError
from medview.core.volume import Volume
from medview.edit.edit import Edit
from medview.session.records import AcceptedSlices, case_record, edit_record
from medview.session.reviewing import keep_accepted
from medview.store.records import MeasureStep
from medview.store.workspace import Workspace

logger = logging.getLogger(__name__)


class Saver:
    """One thread that packs records and waits until SQLite has committed them.

    ``pending`` counts what is not yet acknowledged; ``problem`` is the last refusal, None again
    after a later success. Both may be read from any thread.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="medview-saver")
        self._lock = threading.Lock()
        self._pending = 0
        self._last: dict[str, Future[None]] = {}  # by case: the newest write under way
        self.problem: MedviewError | None = None

    @property
    def pending(self) -> int:
        return self._pending

    def case(self, volume: Volume, table: Any) -> None:
        self.run(volume.case_key, lambda: self._workspace.upsert_case(case_record(volume, table)))

    def edit(self, edit: Edit, case_key: str, sequence: int) -> None:
        self.run(
            case_key,
            lambda: self._workspace.append_edit(edit_record(edit, case_key, sequence)),
        )

    def cursor(self, case_key: str, applied: int) -> None:
        self.run(case_key, lambda: self._workspace.set_cursor(case_key, applied))

    def measure_step(self, step: MeasureStep) -> None:
        self.run(step.case_key, lambda: self._workspace.append_measure_step(step))

    def measure_cursor(self, case_key: str, applied: int) -> None:
        self.run(case_key, lambda: self._workspace.set_measure_cursor(case_key, applied))

    def activity(self, case_key: str, slice_index: int, seconds: float, model: str = "") -> None:
        day = date.today().isoformat()
        self.run(
            case_key,
            lambda: self._workspace.add_activity(case_key, slice_index, seconds, model, day),
        )

    def note(self, case_key: str, name: str, text: str) -> None:
        self.run(case_key, lambda: self._workspace.set_note(name, text))

    def accept(self, accepted: AcceptedSlices) -> None:
        self.run(accepted.volume.case_key, lambda: keep_accepted(self._workspace, accepted))

    def unaccept(self, case_key: str, slices: list[int] | None) -> None:
        self.run(case_key, lambda: self._workspace.remove_reviews(case_key, slices))

    def flush(self) -> None:
        """Return when everything so far is committed; MedviewError when it could not be."""
        self._pool.submit(lambda: None).result()
        self._workspace.flush()
        if self.problem is not None:
            raise self.problem

    def close(self) -> None:
        self._pool.shutdown(wait=True)

    def settle(self, case_key: str) -> None:
        """Return when the writes of this case so far are through; others may still be under way."""
        last = self._last.pop(case_key, None)
        if last is not None:
            last.result()

    def run(self, case_key: str, write: Callable[[], Future[Any]]) -> None:
        """Let the saving thread make a write of this case and wait for it."""
        with self._lock:
            self._pending += 1
        self._last[case_key] = self._pool.submit(self._write, write)

    def _write(self, write: Callable[[], Future[Any]]) -> None:
        try:
            write().result()
            self.problem = None
        except MedviewError as error:
            self.problem = error
        except Exception as error:
            logger.exception("saving failed")
            self.problem = MedviewError(
                f"Saving failed: {type(error).__name__}.", code="workspace-write-failed"
            )
        finally:
            with self._lock:
                self._pending -= 1
