"""Activity: seconds of active editing per slice, pauses left out."""

from __future__ import annotations

import time

from medview.session.saver import Saver
from medview.store.versions import SliceActivity
from medview.store.workspace import Workspace

LONGEST_PAUSE = 20.0  # seconds without a gesture that still count as work on the next one
SHORTEST = 0.5  # what a gesture takes at least


class Activity:
    """Each gesture of a person adds the time since the one before, unless that was a pause.

    Looking, reading and drinking coffee are not counted; so the sum is what correcting took.
    """

    def __init__(self, saver: Saver) -> None:
        self._saver = saver
        self._case_key = ""
        self._last = 0.0
        self._by_slice: dict[int, SliceActivity] = {}

    def open(self, case_key: str, workspace: Workspace) -> None:
        """Go on with a case."""
        self._case_key, self._last = case_key, 0.0
        self._by_slice = workspace.activity(case_key)

    def close(self) -> None:
        self._case_key, self._by_slice = "", {}

    def gesture(self, slice_index: int, model: str = "") -> float:
        """A person changed labels on a slice just now; ``model`` made what is corrected.

        Returns the seconds that it took.
        """
        now = time.monotonic()
        passed = now - self._last
        seconds = passed if SHORTEST < passed < LONGEST_PAUSE else SHORTEST
        self._last = now
        known = self._by_slice.get(slice_index, SliceActivity(0.0, 0))
        self._by_slice[slice_index] = SliceActivity(known.seconds + seconds, known.gestures + 1)
        self._saver.activity(self._case_key, slice_index, seconds, model)
        return seconds

    def on_slice(self, slice_index: int) -> SliceActivity:
        """What was done on one slice."""
        return self._by_slice.get(slice_index, SliceActivity(0.0, 0))

    @property
    def on_case(self) -> SliceActivity:
        """What was done on the whole case."""
        parts = self._by_slice.values()
        return SliceActivity(
            sum(part.seconds for part in parts), sum(part.gestures for part in parts)
        )
