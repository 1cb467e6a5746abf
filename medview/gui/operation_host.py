"""OperationHost: the chosen operation, worked out in a job with each change of its options."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

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

    While one is shown the mouse navigates, so that its result can be looked at everywhere.
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
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self.propose)

    def use(self, operation_id: str) -> None:
        """Choose an operation and show what it would do; "" puts it away."""
        self._timer.stop()
        self._keeper.drop()
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

        def work(progress: Progress) -> Proposal | None:
            return operation.propose(scene, progress)

        def done(proposal: Proposal | None) -> None:
            if operation is not self.active:
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

        self._show(None)
        self._keeper.run(tr(operation.name), work, done)

    def keep(self) -> bool:
        """Write what is shown; False when nothing is."""
        draft, operation = self.draft, self.active
        if draft is None or draft.proposal is None or operation is None:
            return False
        if self._bench.session.editor.is_open:
            self.refused.emit(tr("One moment: the labels are being written."))
            return False
        origin = Origin("tool", operation.id, person=self._bench.session.person)
        index = slice_of(draft.proposal, self._bench.view.slice_index)
        self._show(None)
        self._keeper.write(draft.proposal, origin, index, None)
        return True

    def _show(self, draft: Draft | None) -> None:
        if draft is not self.draft:
            self.draft = draft
            self.draft_changed.emit()

    def _scene(self) -> Scene | None:
        session, view = self._bench.session, self._bench.views.active
        editor = session.editor
        if editor is None or session.volume is None or editor.is_open:
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
