"""Measures of the open case: added, changed, removed, undone; kept step by step."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from psygnal import Signal

from medview.core.volume import Volume
from medview.measure.frame import to_voxel
from medview.measure.kind import kinds, read
from medview.measure.measure import Measure, from_json, to_json
from medview.measure.reading import Reading
from medview.session.saver import Saver
from medview.store.records import MeasureStep
from medview.store.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MeasureChange:
    """One act: a measure as it was and as it is; None where it was not there."""

    before: Measure | None
    after: Measure | None
    time: float
    slice_index: int

    @property
    def name(self) -> str:
        """What a menu calls it."""
        measure = self.after or self.before
        kind = kinds().get(measure.kind) if measure is not None else None
        what = kind.name.lower() if kind is not None else "measure"
        if self.before is None:
            return f"new {what}"
        return f"remove {what}" if self.after is None else f"change {what}"


class Measures:
    """The measures of a case in the order in which they were made.

    Every change is a step that the workspace keeps; what is there follows from the steps, so undo
    lasts as long as the measures do. Only the thread that owns the session may call it.
    """

    changed = Signal()
    committed = Signal()  # a new step, not one by undo or redo

    def __init__(self, saver: Saver | None = None) -> None:
        self._saver = saver
        self._volume: Volume | None = None
        self._steps: list[MeasureChange] = []
        self._applied = 0
        self._items: dict[str, Measure] = {}
        self._readings: dict[Measure, Reading] = {}

    # ---- the case

    def open(self, volume: Volume, workspace: Workspace | None = None) -> None:
        """The measures of a volume's case, as they were left."""
        self.close()
        self._volume = volume
        if workspace is not None:
            done = workspace.measure_cursor(volume.case_key)
            self._steps = _readable(workspace.measure_steps(volume.case_key), volume)
            self._applied = min(done, len(self._steps))
            for step in self._steps[: self._applied]:
                self._put(step.before, step.after)
        self.changed.emit()

    def complete(self, volume: Volume) -> None:
        """The open volume, read to its end: numbers may differ now."""
        self._volume = volume
        self._readings.clear()
        self.changed.emit()

    def close(self) -> None:
        self._volume = None
        self._steps, self._applied = [], 0
        self._items.clear()
        self._readings.clear()
        self.changed.emit()

    # ---- what is there

    @property
    def items(self) -> tuple[Measure, ...]:
        return tuple(self._items.values())

    def find(self, measure_id: str) -> Measure | None:
        return self._items.get(measure_id)

    def reading(self, measure: Measure) -> Reading:
        """The measure's numbers on the open volume."""
        if self._volume is None:
            return Reading()
        known = self._readings.get(measure)
        if known is None:
            known = read(measure, self._volume)
            if self._volume.is_complete and self._items.get(measure.id) == measure:
                self._readings[measure] = known
        return known

    def slice_of(self, measure: Measure) -> int:
        """The stored slice nearest to the measure's middle."""
        if self._volume is None:
            return 0
        voxel = to_voxel(self._volume.geometry, measure.middle)
        return min(max(round(float(voxel[0])), 0), self._volume.geometry.shape[0] - 1)

    # ---- changing it

    def add(self, measure: Measure, person: str = "") -> Measure:
        """A new measure, named after its kind and number; returns it as it is kept."""
        kind = kinds()[measure.kind]
        same = sum(step.before is None and step.after is not None
                   and step.after.kind == measure.kind for step in self._steps)  # fmt: skip
        name = measure.name or f"{kind.name} {same + 1}"
        kept = replace(
            measure, id=uuid.uuid4().hex, name=name, author=person, time=round(time.time(), 3)
        )
        self._commit(None, kept)
        return kept

    def change(self, measure: Measure) -> None:
        """A measure as it is now; its id says which one it was."""
        before = self._items.get(measure.id)
        if before is not None and before != measure:
            self._commit(before, measure)

    def remove(self, measure_id: str) -> None:
        before = self._items.get(measure_id)
        if before is not None:
            self._commit(before, None)

    # ---- undo

    @property
    def done(self) -> Sequence[MeasureChange]:
        """The steps that are applied, oldest first."""
        return self._steps[: self._applied]

    @property
    def undone(self) -> Sequence[MeasureChange]:
        """The steps that can be redone, the next one first."""
        return self._steps[self._applied :]

    def undo(self) -> MeasureChange | None:
        if not self._applied:
            return None
        step = self._steps[self._applied - 1]
        self._move(self._applied - 1, step, step.after, step.before)
        return step

    def redo(self) -> MeasureChange | None:
        if self._applied == len(self._steps):
            return None
        step = self._steps[self._applied]
        self._move(self._applied + 1, step, step.before, step.after)
        return step

    def _move(
        self, applied: int, step: MeasureChange, before: Measure | None, after: Measure | None
    ) -> None:
        self._applied = applied
        self._put(before, after)
        if self._saver is not None and self._volume is not None:
            self._saver.measure_cursor(self._volume.case_key, applied)
        self.changed.emit()

    def _commit(self, before: Measure | None, after: Measure | None) -> None:
        measure = after if after is not None else before
        assert measure is not None
        now = int(time.time() * 1000) / 1000  # edits are timed in whole milliseconds
        step = MeasureChange(before, after, now, self.slice_of(measure))
        del self._steps[self._applied :]
        self._steps.append(step)
        self._applied += 1
        self._put(before, after)
        if self._saver is not None and self._volume is not None:
            self._saver.measure_step(_record(step, self._volume.case_key, self._applied - 1))
        self.committed.emit()
        self.changed.emit()

    def _put(self, before: Measure | None, after: Measure | None) -> None:
        if after is not None:
            self._items[after.id] = after
            self._items = dict(sorted(self._items.items(), key=lambda item: item[1].time))
        elif before is not None:
            self._items.pop(before.id, None)
        if before is not None:
            self._readings.pop(before, None)


def _record(step: MeasureChange, case_key: str, sequence: int) -> MeasureStep:
    before = None if step.before is None else to_json(step.before)
    after = None if step.after is None else to_json(step.after)
    return MeasureStep(case_key, sequence, step.time, before, after)


def _readable(records: Sequence[MeasureStep], volume: Volume) -> list[MeasureChange]:
    """The steps of a case; from one that cannot be read on there are none."""
    steps = []
    for record in records:
        try:
            before = None if record.before_json is None else from_json(record.before_json)
            after = None if record.after_json is None else from_json(record.after_json)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("a measure could not be read: %s", type(error).__name__)
            break
        measure = after or before
        index = 0
        if measure is not None:
            voxel = to_voxel(volume.geometry, measure.middle)
            index = min(max(round(float(voxel[0])), 0), volume.geometry.shape[0] - 1)
        steps.append(MeasureChange(before, after, record.time, index))
    return steps
