"""FindingsController: scores on the strip, answers by a person, learning and its heat map."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from medview.core.errors import MedviewError
from medview.core.job import Job
from medview.gui.job_runner import RunningJob
from medview.gui.panels.findings_panel import FindingsPanel
from medview.gui.slice_cell import SliceSlider
from medview.gui.words import tr
from medview.gui.workbench import Workbench


class FindingsController(QObject):
    """One job at a time; what belongs to a case that was left is dropped."""

    def __init__(
        self, bench: Workbench, panel: FindingsPanel, slider: SliceSlider, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench, self._panel, self._slider = bench, panel, slider
        self._name = ""
        self._new: list[str] = []  # named, but no slice is answered yet
        self._running: RunningJob | None = None
        panel.chosen.connect(self._choose)
        panel.new_wanted.connect(self._begin_new)
        panel.tagged.connect(self._tag)
        panel.look_wanted.connect(self.look)
        panel.learn_wanted.connect(self._learn)
        panel.why_wanted.connect(self._explain)
        bench.view.slice_changed.connect(lambda _index: self.show_slice())
        bench.session.findings.changed.connect(self.show_all)

    def drop(self) -> None:
        """Another case is opened."""
        if self._running is not None:
            self._running.drop()
        self._running = None
        self._bench.session.findings.leave()

    def show_all(self) -> None:
        """Names, strip and slice."""
        findings = self._bench.session.findings
        try:
            names = findings.names()
        except MedviewError:
            names = []  # no model can be read: Segment says so
        names = list(dict.fromkeys([*names, *self._new]))
        if self._name not in names:
            self._name = names[0] if names else ""
        self._panel.show_names(names, self._name)
        scores = findings.scores(self._name) if self._name and names else None
        self._slider.set_scores(() if scores is None else tuple(scores.tolist()))
        self.show_slice()

    def show_slice(self) -> None:
        """The score and the answer of the shown slice, and what may be pressed."""
        findings, volume = self._bench.session.findings, self._bench.session.volume
        index = self._bench.view.slice_index
        scores = findings.scores(self._name) if self._name else None
        answers = {} if volume is None else findings.answers(volume.case_key, self._name)
        tags = [tag for tag in findings.tags if tag.finding == self._name]
        words = tr("{yes} yes, {no} no in {cases} cases").format(
            yes=sum(tag.answer for tag in tags),
            no=sum(not tag.answer for tag in tags),
            cases=len({tag.case_key for tag in tags}),
        )
        score = None if scores is None or index >= len(scores) else float(scores[index])
        self._panel.show_slice(score, answers.get(index), words if tags else "")
        free = self._running is None
        has_volume = volume is not None and volume.is_complete and not volume.is_color
        self._panel.enable(
            can_tag=has_volume and bool(self._name),
            can_look=has_volume and free and self._bench.session.active_model is not None,
            can_learn=free and bool(tags),
            has_score=score is not None and free,
        )

    def look(self) -> None:
        """Score the slices of the open case."""
        session = self._bench.session
        if session.volume is not None:
            self._start(session.findings.look_job(session.volume), self._looked)

    def _looked(self, seen: Any) -> None:
        volume = self._bench.session.volume
        if volume is not None and seen.case_key == volume.case_key:
            self._bench.session.findings.take(seen)

    def _choose(self, name: str) -> None:
        self._name = name
        self.show_all()

    def _begin_new(self, name: str) -> None:
        self._new.append(name)
        self._choose(name)

    def _tag(self, answer: bool | None) -> None:
        session = self._bench.session
        if session.volume is None or not self._name:
            return
        index = self._bench.view.slice_index
        session.findings.tag(
            session.volume.case_key, index, self._name, session.person, answer=answer
        )
        if session.findings.seen is None and self._running is None:
            self.look()  # learning needs the features of this case

    def _learn(self) -> None:
        try:
            job = self._bench.session.findings.learn_job(self._name)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._start(job, self._learned)

    def _learned(self, result: Any) -> None:
        self._bench.session.findings.learned(result)
        if result.auroc is None:
            how = tr("How good it is shows when three cases or more are answered.")
        else:
            how = tr("On cases left out: AUROC {area:.2f}.").format(area=result.auroc)
        words = tr("{name} was learned from {yes} slices with it and {no} without.").format(
            name=result.name, yes=result.yes, no=result.no
        )
        self._bench.messages.show_note(f"{words} {how}")

    def _explain(self) -> None:
        session = self._bench.session
        if session.volume is None:
            return
        try:
            job = session.findings.heatmap_job(
                session.volume, self._bench.view.slice_index, self._name
            )
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._start(job, session.on_heatmap)

    def _start(self, job: Job, on_done: Any) -> None:
        def ended(then: Any, value: Any) -> None:
            self._running = None
            then(value)
            self.show_slice()

        if self._running is not None:
            self._running.drop()
        self._running = self._bench.runner.start(
            job,
            on_done=lambda result: ended(on_done, result),
            on_error=lambda error: ended(self._bench.messages.show_error, error),
            on_cancelled=lambda: ended(lambda _none: None, None),
        )
        self.show_slice()
