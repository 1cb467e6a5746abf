"""MaskClipboard: copies a slice's mask, and pastes it onto another slice as one edit."""

from __future__ import annotations

from medview.core.errors import MedviewError
from medview.edit.clipboard import SliceMask, copy_slice, paste
from medview.edit.draft import keep
from medview.edit.edit import Origin
from medview.gui.operation_host import slice_of
from medview.gui.tool_host import ToolHost
from medview.gui.words import tr
from medview.gui.workbench import Workbench


class MaskClipboard:
    """Works on the slice of the view that was used last; it outlives the case."""

    def __init__(self, bench: Workbench, tools: ToolHost) -> None:
        self._bench = bench
        self._tools = tools
        self._copied: SliceMask | None = None

    def copy(self, which: str) -> None:
        """``which``: the "active" label of the slice, or "all"."""
        session, plane = self._bench.session, self._plane()
        if plane is None:
            return
        table = session.editor.labelmap.table
        ids = [label.id for label in table if which == "all" or label.id == session.active_label]
        try:
            self._copied = copy_slice(session.editor, *plane, ids)
        except MedviewError as error:
            self._tools.refused.emit(f"{error} {error.hint}")
            return
        self._tools.refused.emit(
            tr("Copied {name} of slice {number}.").format(
                name=tr(self._copied.name), number=plane[1] + 1
            )
        )

    def paste(self) -> None:
        """One edit, under the overwrite policy; locked labels stay."""
        session, plane, mask = self._bench.session, self._plane(), self._copied
        if plane is None:
            return
        if mask is None:
            self._tools.refused.emit(tr("Copy the mask of a slice first (Ctrl+Shift+C)."))
            return
        session.editor.overwrite = self._tools.overwrite
        try:
            proposal = paste(session.editor, mask, *plane)
        except MedviewError as error:
            self._tools.refused.emit(f"{error} {error.hint}")
            return
        edit = None
        if proposal is not None:
            origin = Origin("tool", "clipboard", person=session.person)
            index = slice_of(proposal, self._bench.view.slice_index)
            edit = keep(session.editor, proposal, origin, index)
        said = tr("Pasted on slice {number}.") if edit else tr("{name}: nothing would change.")
        self._tools.refused.emit(said.format(number=plane[1] + 1, name=tr("Paste Mask")))

    def _plane(self) -> tuple[int, int] | None:
        """Axis and index of the shown plane of voxels; says why there is none."""
        editor, view = self._bench.session.editor, self._bench.views.active
        if editor is None or view.planes is None:
            return None
        if editor.is_open:
            self._tools.refused.emit(tr("One moment: the labels are being written."))
            return None
        if view.planes.axis is None:
            self._tools.refused.emit(
                tr("Copy and paste in a plane of voxels: this one lies between them.")
            )
            return None
        return view.planes.axis, view.slice_index
