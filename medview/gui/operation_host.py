"""OperationHost: the chosen operation, worked out in a job with each change of its options."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.edit.draft import Draft, Proposal
from medview.edit.edit import Origin
from medview.edit.operation import Operation, Scene, discover_operations
from medview.gui.draft_keeper import DraftKeeper
from medview.gui.words import tr
from medview.gui.workbench import Workbench

_PATIENCE_MS = 150  # after the last change of an option


class OperationHost(QObject):
    """Shows what the operation would do; Enter keeps it, Esc drops it.

    While one is shown the mouse navigates, so that its result can be looked at everywhere. One that
    is live lets tools paint on: its preview follows each stroke, and what is out of date cannot be
    kept.
    """

    draft_changed = Signal()
    refused = Signal(str)

    def __init__(self, bench: Workbench, keeper: DraftKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._keeper = keeper
        self.operations: dict[str, Operation] = {one.id: one() for one in discover_operations()}
        self.active: Operation | None = None
        self.draft: Draft | None = None
        self._is_stale = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self.propose)
        bench.session.history_changed.connect(self._labels_changed)

    @property
    def is_live(self) -> bool:
        """Whether painting may go on while the operation is shown."""
        return self.active is not None and self.active.is_live

    @property
    def is_working(self) -> bool:
        return self._keeper.is_working

    def use(self, operation_id: str) -> None:
        """Choose an operation and show what it would do; "" puts it away."""
        self._timer.stop()
        self._keeper.drop()
        self._is_stale = False
        self.active = self.operations.get(operation_id)
        self._show(None)
        if self.active is not None:
            self.propose()

    def propose_soon(self) -> None:
        """The options, the label or the slice changed."""
        if self.active is not None:
            self._timer.start()

    def propose(self) -> None:
        """Work out anew what the operation would do."""
        scene, operation = self._scene(), self.active
        if scene is None or operation is None:
            return
        if operation.is_live and self._keeper.is_working:
            self.propose_soon()  # one after the other: a job that grows seeds cannot be stopped
            return

        def work(progress: Progress) -> Proposal | MedviewError | None:
            try:
                return operation.propose(scene, progress)
            except MedviewError as error:
                if not operation.is_live:
                    raise
                return error  # the next stroke may mend it: no message that stays

        def done(proposal: Proposal | MedviewError | None) -> None:
            if operation is not self.active:
                return
            self._is_stale = False
            if isinstance(proposal, MedviewError):
                self._show(None)
                self.refused.emit(f"{proposal} {proposal.hint}")
                return
            if proposal is None:
                self._show(None)
                self.refused.emit(
                    tr("{name}: nothing would change.").format(name=tr(operation.name))
                )
                return
            self._show(Draft(scene.plane_axis, (), proposal, scene.label_id))
            self.refused.emit(
                tr("{name}: {count} voxels. Enter keeps it, Esc drops it.").format(
                    name=tr(operation.name), count=proposal.voxel_count
                )
            )

        if not operation.is_live:
            self._show(None)
        late = self.propose_soon if operation.is_live else None
        self._keeper.run(tr(operation.name), work, done, late)

    def slice_turned(self) -> None:
        """Another plane is shown, which most operations ask about."""
        if not self.is_live:
            self.propose_soon()

    def _labels_changed(self) -> None:
        if self.is_live:
            self._is_stale = True
            self.propose_soon()

    def keep(self) -> bool:
        """Write what is shown; False when nothing is."""
        draft, operation = self.draft, self.active
        if draft is None or draft.proposal is None or operation is None:
            return False
        if self._is_stale:
            self.refused.emit(tr("One moment: the preview is being worked out anew."))
            return False
        if self._bench.session.editor.is_open:
            self.refused.emit(tr("One moment: the labels are being written."))
            return False
        origin = Origin("tool", operation.id, person=self._bench.session.person)
        index = slice_of(draft.proposal, self._bench.view.slice_index)
        self.active = None
        self._show(None)
        self._keeper.write(draft.proposal, origin, index, None)
        return True

    def abandon(self) -> None:
        """The case is left: what is not written yet never will be."""
        self._keeper.abandon()

    def _show(self, draft: Draft | None) -> None:
        if draft is not self.draft:
            self.draft = draft
            self.draft_changed.emit()

    def _scene(self) -> Scene | None:
        session, view = self._bench.session, self._bench.views.active
        editor = session.editor
        if editor is None or session.volume is None:
            return None
        if editor.is_open:
            if self.is_live:
                self.propose_soon()  # after the stroke
            return None
        if session.active_label not in editor.labelmap.table:
            self.refused.emit(tr("Choose a label first."))
            return None
        axis = 0
        if view.planes is not None and view.planes.axis is not None:
            axis = view.planes.axis
        index = view.slice_index if view.planes is not None and view.planes.axis is not None else 0
        done = tuple(editor.history.edits)[: editor.history.applied]
        return Scene(editor.labelmap, session.volume, session.active_label, axis, index, done)


def slice_of(proposal: Proposal, shown: int) -> int:
    """Where undo goes back to: the stored slice that is shown if it changed, else the middle."""
    low, high = proposal.box.low[0], proposal.box.high[0]
    return shown if low <= shown < high else (low + high - 1) // 2
