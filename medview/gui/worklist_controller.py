"""WorklistController: asks for proposals, and takes the person to the slice that was clicked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from medview.ai.worklist.pick import Proposal
from medview.core.errors import MedviewError
from medview.gui.open_controller import OpenController
from medview.gui.panels.worklist_panel import WorklistPanel
from medview.gui.words import counted, tr
from medview.gui.workbench import Workbench


class WorklistController(QObject):
    """One list at a time; a click opens the case where it is not open yet."""

    def __init__(
        self, bench: Workbench, opener: OpenController, panel: WorklistPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench, self._opener, self._panel = bench, opener, panel
        self._asked: Any = None
        self._waiting: Proposal | None = None
        panel.propose_wanted.connect(self.propose)
        panel.chosen.connect(self.go_to)
        panel.reset_wanted.connect(lambda: bench.session.worklist.reset())
        opener.volume_opened.connect(self._opened)
        bench.session.worklist.changed.connect(self._show)
        panel.show_learned(bench.session.worklist.bandit)

    def propose(self, choice: str) -> None:
        """Look at all cases, then fill the list."""
        if self._asked is not None:
            self._asked.drop()
        session = self._bench.session
        try:
            job = session.worklist.job(session.volume)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        self._panel.say(tr("Looking at all cases …"))
        self._asked = self._bench.runner.start(
            job,
            on_done=lambda found: self._take(found, choice),
            on_error=self._failed,
            on_cancelled=lambda: self._panel.say(""),
        )

    def _take(self, found: Any, choice: str) -> None:
        facts, left_out = found
        self._asked = None
        self._bench.session.worklist.propose(facts, choice)
        words = "" if facts else tr("There is no slice left to propose.")
        if left_out:
            lost = counted(len(left_out), "{count} case was left out", "{count} cases left out")
            words = f"{words} {lost}: {left_out[0]}".strip()
        self._panel.say(words)

    def _failed(self, error: Exception) -> None:
        self._asked = None
        self._panel.say("")
        self._bench.messages.show_error(error)

    def _show(self) -> None:
        state = self._bench.session.worklist
        titles = {record.key: record.title for record in self._bench.session.workspace.cases()}
        self._panel.show_proposals(state.proposals, titles)
        self._panel.show_learned(state.bandit)

    # ---- going there

    def go_to(self, proposal: Proposal) -> None:
        """Show the proposed slice; its case is opened first where another one is open."""
        self._waiting = proposal
        if self._arrived():
            return
        record = self._bench.session.workspace.case(proposal.facts.case_key)
        if not self._open_known(proposal) and record is not None:
            self._opener.open_paths([Path(path) for path in record.paths])

    def _arrived(self) -> bool:
        """Go to the slice when its case is the open one."""
        volume, wanted = self._bench.session.volume, self._waiting
        if wanted is None or volume is None or volume.case_key != wanted.facts.case_key:
            return False
        self._waiting = None
        self._bench.session.worklist.begin(wanted)
        self._bench.view.set_slice(wanted.facts.slice_index)
        return True

    def _opened(self) -> None:
        """A folder's largest series is opened; the wanted one may be another of it."""
        wanted = self._waiting
        if wanted is not None and not self._arrived():
            self._waiting = None
            if not self._is_open(wanted) and self._open_known(wanted):
                self._waiting = wanted

    def _is_open(self, proposal: Proposal) -> bool:
        key = self._opener.open_key
        return key is not None and "#".join(map(str, key)) == proposal.facts.case_key

    def _open_known(self, proposal: Proposal) -> bool:
        uid, _, index = proposal.facts.case_key.rpartition("#")
        entry = self._opener.entry(uid)
        if entry is None or not index.isdigit():
            return False
        self._opener.open_entry(entry, int(index))
        return True
