"""What is heard of a training while it runs: events, and curves for TensorBoard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from medview.ai.card import ModelCard
from medview.session.retrain_request import RetrainRequest

Report = Callable[[dict[str, Any]], bool]  # returns False to stop


class RetrainListener:
    """Turns the trainer's steps into events, and into TensorBoard's where they are wanted."""

    def __init__(
        self,
        request: RetrainRequest,
        card: ModelCard,
        report: Report,
        notes: list[str],
        is_first: bool,
    ) -> None:
        self.request, self.report, self.notes = request, report, notes
        self.names = [label.name for label in card.labels]
        self.is_stopped = False
        self._last: dict[str, Any] = {"step": 0}
        self._files: Any = None
        if request.events is not None and is_first:
            from medview.ai.training.event_files import EventFiles

            self._files = EventFiles(request.events)

    def __enter__(self) -> RetrainListener:
        return self

    def __exit__(self, *_: object) -> None:
        if self.notes and self._last["step"]:  # what happened after the last step
            self.report(self._with_notes(self._last))
        if self._files is not None:
            self._files.close()

    def hear(self, step: Any) -> bool:
        if self._last["step"] == 0 and step.step > 1:
            self.notes.append(f"The training that was interrupted goes on at step {step.step}.")
        known = [value for value in step.dice if value == value]
        self._last = {
            "step": step.step,
            "steps": step.expected,
            "loss": step.loss,
            "dice": float(np.mean(known)) if known else None,
            "seconds_left": step.seconds_left,
        }
        if self._files is not None:
            self._files.add_step(step.step, step.loss, step.dice, self.names)
        self.is_stopped = not self.report(self._with_notes(self._last))
        return not self.is_stopped

    def _with_notes(self, event: dict[str, Any]) -> dict[str, Any]:
        """The event, and what there is to say; nothing is said twice."""
        said = {"note": " ".join(self.notes)} if self.notes else {}
        self.notes.clear()
        return {**event, **said}
