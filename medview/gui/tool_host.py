"""ToolHost: from the mouse on the slice to the active editing tool, and what it proposes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication

from medview.core.errors import MedviewError
from medview.core.labels import LabelTable
from medview.edit.draft import Draft
from medview.edit.edit import Origin
from medview.edit.tool import Pointer, Tool, ToolContext, discover_tools
from medview.gui.draft_keeper import DraftKeeper
from medview.gui.draft_layer import DraftLayer
from medview.gui.operation_host import OperationHost, slice_of
from medview.gui.slice_view import SliceView
from medview.gui.stroke_gesture import StrokeGesture
from medview.gui.tip_cursor import SIZE, draw_tip, resized
from medview.gui.tool_pointer import pointer_at
from medview.gui.view_mouse import Gesture
from medview.gui.view_transform import ViewTransform
from medview.gui.words import tr
from medview.gui.workbench import Workbench

_OVERWRITE = "overwrite"
_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
_CTRL, _ALT, _SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


class ToolHost(QObject):
    """Knows every tool by id, which one is active, and turns mouse events into its gestures.

    Tools whose options are of one class share them: brush and eraser have one size.
    """

    tool_changed = Signal(str)  # id, "" while navigating
    options_changed = Signal(object)  # the active tool's options
    draft_changed = Signal()
    refused = Signal(str)  # why a gesture cannot begin, or what to do next, in words

    def __init__(self, bench: Workbench) -> None:
        views = bench.views
        super().__init__(views)
        self._bench = bench
        self._session = bench.session
        self._views = views
        self.tools: dict[str, Tool] = {tool.id: tool() for tool in discover_tools()}
        self._active: Tool | None = None
        self._stroke: StrokeGesture | None = None
        self._shown: Draft | None = None
        self.keeper, own = DraftKeeper(bench, self), DraftKeeper(bench, self)
        for keeper in (self.keeper, own):
            keeper.refused.connect(self.refused)
            keeper.finished.connect(self.follow)
            keeper.written.connect(self._written)
        self.operations = OperationHost(bench, own, self)
        self.operations.refused.connect(self.refused)
        self.operations.draft_changed.connect(self.follow)
        views.add_layer(DraftLayer(lambda: self.draft, self._table))
        self._session.table_changed.connect(self._label_changed)
        views.slice_changed.connect(lambda _view: self.operations.slice_turned())

    @property
    def active(self) -> Tool | None:
        return self._active

    @property
    def is_active(self) -> bool:
        """Whether the mouse edits rather than navigates."""
        return self._active is not None

    @property
    def shown(self) -> Any:
        """The tool or operation whose form is shown, None while navigating."""
        return self._active or self.operations.active

    @property
    def is_working(self) -> bool:
        """Whether a proposal is being worked out or written."""
        return self.keeper.is_working or self.operations.is_working

    @property
    def draft(self) -> Draft | None:
        """What is proposed and not kept yet."""
        own = None if self._active is None else self._active.draft
        return own or self.operations.draft

    def use(self, tool_id: str) -> None:
        """Make a tool the active one; "" navigates. A gesture or draft that is open is dropped.

        A live operation stays until it is left without a tool.
        """
        live = self.operations.is_live and bool(tool_id or self._active)
        self._leave(stays=live)
        self._active = self.tools.get(tool_id)
        self._show_cursor()
        self.follow()
        self.tool_changed.emit(tool_id if self._active else "")

    def use_operation(self, operation_id: str) -> None:
        """Show what an operation would do; the mouse navigates meanwhile."""
        self._leave()
        self._active = None
        self._show_cursor()
        self.operations.use(operation_id)
        self.follow()
        self.tool_changed.emit(operation_id)

    def _leave(self, *, stays: bool = False) -> None:
        if self._stroke is not None:
            self._stroke.cancel()
        if self._active is not None:
            self._active.drop()
        if not stays:
            self.operations.use("")
        self.keeper.drop()

    def _show_cursor(self) -> None:
        hides = Qt.CursorShape.BlankCursor if self.size_mm else Qt.CursorShape.CrossCursor
        for view in self._views.views:
            view.setCursor(hides if self._active else Qt.CursorShape.ArrowCursor)

    @property
    def size_mm(self) -> float:
        """Diameter of the active tool's tip, 0 when it has none."""
        options = None if self._active is None else self._active.options
        return float(getattr(options, SIZE, 0.0))

    def resize(self, steps: int) -> None:
        """A larger (or smaller) tip, within the limits the option states."""
        options = None if self._active is None else self._active.options
        if hasattr(options, SIZE):
            self.set_options(resized(options, steps))

    def set_options(self, options: Any) -> None:
        """New options for the active tool and those that share its options' class."""
        operation, context = self.operations.active, self._context()
        if operation is not None and type(operation.options) is type(options):
            operation.options = options
            self.operations.propose_soon()
        for tool in self.tools.values():
            if type(tool.options) is type(options):
                tool.options = options
        if self._active is not None and self._active.draft is not None and context is not None:
            self._active.options_changed(context)
        self.follow()
        self.options_changed.emit(options)

    @property
    def overwrite(self) -> str:
        """Which other labels a tool may change: "all", "visible" or "none"; never locked ones."""
        return str(self._session.settings.get(_OVERWRITE, "all"))

    def set_overwrite(self, policy: str) -> None:
        self._session.settings.set(_OVERWRITE, policy)

    # ---- drafts

    def keep_draft(self) -> bool:
        """Enter: write what is proposed as one edit; False when there is nothing."""
        if self._active is None or (self._active.draft is None and self.operations.is_live):
            kept = self.operations.keep()
            if kept:
                self.use("")
            return kept
        tool, context = self._active, self._context()
        if context is None or self._stroke is not None or context.editor.is_open:
            return False
        proposal = tool.keep(context)
        self.follow()
        if proposal is None:
            return False
        origin = Origin("tool", tool.id, person=context.person)
        index = slice_of(proposal, self._views.main.slice_index)
        label_id = None if tool.changes_any else context.label_id
        self.keeper.write(proposal, origin, index, label_id)
        return True

    def drop_draft(self) -> None:
        """Esc: forget what is proposed; an operation is put away."""
        if not self.cancel_stroke() and self.operations.active is not None:
            self.operations.use("")
            self.use("")

    def step_back(self) -> None:
        """Backspace: the last part of the draft goes."""
        context = self._context()
        if self._active is not None and self._active.draft is not None and context is not None:
            self._active.step_back(context)
            self.follow()

    def follow(self) -> None:
        """Show what the tool proposes now; keep it where its options say so."""
        tool = self._active
        ready = tool is not None and self._stroke is None and tool.keeps_at_once
        if ready and self.draft is not None and self.draft.proposal is not None:
            self.keep_draft()
            return
        self._views.update()
        if self.draft is not self._shown:
            before, self._shown = self._shown, self.draft
            ready = self.draft is not None and self.draft.proposal is not None
            if ready and tool is not None and (before is None or before.proposal is None):
                self.refused.emit(tr("Enter keeps it, Esc drops it."))
            self.draft_changed.emit()

    def _written(self, edit: Any) -> None:
        if edit is None:
            self.refused.emit(tr("No voxel changed: labels are locked or protected there."))

    def _label_changed(self) -> None:
        """Another label, name or colour: the draft is for the active one."""
        context = self._context()
        if self._active is not None and self._active.draft is not None and context is not None:
            self._active.options_changed(context)
            self.follow()
        self.operations.propose_soon()

    def abandon(self) -> None:
        """The case is left, or the window closes."""
        self.operations.use("")
        self.use("")
        self.keeper.abandon()
        self.operations.abandon()

    # ---- what the slice view asks (EditMouse)

    def gesture(self, view: SliceView, event: QMouseEvent) -> Gesture | None:
        """Begin a stroke with the left or right button; Alt picks the label under the mouse."""
        tool = self._active
        if tool is None or event.button() not in _BUTTONS:
            return None
        if event.modifiers() & _ALT:
            self._pick(view, event)
            return None
        context = self._context()
        why = self._refusal(view, event, context)
        if why or context is None:
            self.refused.emit(why)
            return None
        stroke = StrokeGesture(self, view, tool, context, event)
        self._stroke = stroke
        if not self.attempt(stroke.begin):
            self._stroke = None
            return None
        return stroke

    def attempt(self, step: Any, *arguments: Any) -> bool:
        """Let the tool do something; what it refuses is said in words."""
        tool = self._active
        options = None if tool is None else tool.options
        try:
            step(*arguments)
        except MedviewError as error:
            self.refused.emit(f"{error} {error.hint}".strip())
            return False
        finally:
            self.follow()
            if tool is not None and tool.options is not options:
                self.options_changed.emit(tool.options)
        return True

    def _refusal(self, view: SliceView, event: QMouseEvent, context: ToolContext | None) -> str:
        """Why a gesture cannot begin, "" when it can."""
        if view.planes is not None and view.planes.is_resampled and not self._in_oblique:
            return tr("Only brushes work in this plane: it lies between the voxels' planes.")
        if self._session.editor is not None and self._session.editor.is_open:
            return tr("One moment: the labels are being written.")
        if context is None:
            return tr("Choose or add a label first, then paint.")
        label = context.editor.labelmap.table[context.label_id]
        if label.locked and not self.erases(event):
            return tr("The label {name} is locked.").format(name=label.name)
        return ""

    def _pick(self, view: SliceView, event: QMouseEvent) -> None:
        """The label under the mouse becomes the active one."""
        voxel, editor = view.voxel_at(event.position()), self._session.editor
        if voxel is None or editor is None:
            return
        index = tuple(round(n) for n in voxel)
        shape = editor.labelmap.geometry.shape
        if all(0 <= n < size for n, size in zip(index, shape, strict=True)):
            label_id = int(editor.labelmap.voxels[index])
            if label_id:
                self._session.set_active_label(label_id)
                name = editor.labelmap.table[label_id].name
                self.refused.emit(tr("Label {name}.").format(name=name))
            else:
                self.refused.emit(tr("There is no label here."))

    def hover(self, view: SliceView, event: QMouseEvent) -> None:
        """The mouse moves without a button."""
        context, pointer = self._context(), self.pointer(view, event)
        resampled = view.planes is None or view.planes.is_resampled
        if self._active is None or context is None or pointer is None or resampled:
            return
        if not context.editor.is_open:
            self._active.hover(context, pointer)
            if self._active.draft is not self._shown:
                self.follow()

    def wheel(self, steps: int) -> None:
        self.resize(steps)

    @property
    def _in_oblique(self) -> bool:
        return self._active is not None and self._active.in_oblique

    @property
    def scrolls(self) -> bool:
        """Whether the wheel may turn the slice during the gesture that is open."""
        return self._active is not None and self._active.scrolls

    def scrolled(self, view: SliceView, position: QPointF) -> None:
        """The slice turned under the mouse: the stroke goes on in the new one."""
        if self._stroke is not None:
            self._stroke.go_on(view, position)

    def draw(self, painter: QPainter, transform: ViewTransform, cursor: QPointF) -> None:
        """The tip under the mouse, in the label's colour."""
        if self.size_mm > 0:
            ctrl = bool(QApplication.keyboardModifiers() & _CTRL)
            erases = self._active is not None and self._active.erases != ctrl
            radius = self.size_mm * transform.zoom / 2.0
            draw_tip(painter, cursor, radius, self._color(erases=erases), erases=erases)

    # ---- strokes

    def cancel_stroke(self) -> bool:
        """Take back the open gesture, else the draft; False when there is neither."""
        if self._stroke is not None:
            self._stroke.cancel()
            self.follow()
            return True
        if self._active is not None and self._active.draft is not None:
            self._active.drop()
            self.follow()
            return True
        return False

    def pointer(self, view: SliceView, event: QMouseEvent) -> Pointer | None:
        """The event as a tool sees it: a fractional voxel of the volume on the shown plane."""
        tool_erases = self._active is not None and self._active.erases
        return self.pointer_at(
            view,
            event.position(),
            invert=self.erases(event) != tool_erases,
            extend=bool(event.modifiers() & _SHIFT),
            clicks=2 if event.type() == QEvent.Type.MouseButtonDblClick else 1,
        )

    def pointer_at(self, view: SliceView, position: QPointF, **what: Any) -> Pointer | None:
        """A place in a view as a tool sees it."""
        return pointer_at(view, position, **what)

    def ended(self) -> None:
        """The gesture is over; called by it."""
        self._stroke = None

    def erases(self, event: QMouseEvent) -> bool:
        """The right button erases with every tool; Ctrl turns paint into erase and back."""
        ctrl = bool(event.modifiers() & _CTRL)
        right = event.button() == Qt.MouseButton.RightButton
        return (right or (self._active is not None and self._active.erases)) != ctrl

    def _context(self) -> ToolContext | None:
        session = self._session
        if session.editor is None or session.volume is None:
            return None
        if session.active_label not in session.editor.labelmap.table:
            return None
        session.editor.overwrite = self.overwrite
        shown = self._views.main.window_level
        window = (shown.center - shown.width / 2.0, shown.center + shown.width / 2.0)
        return ToolContext(
            session.editor,
            session.volume,
            session.active_label,
            session.person,
            window,
            self.keeper.run,
        )

    def _table(self) -> LabelTable:
        editor = self._session.editor
        return LabelTable() if editor is None else editor.labelmap.table

    def _color(self, *, erases: bool) -> QColor:
        if not erases and self._session.active_label in self._table():
            return QColor(*self._table()[self._session.active_label].color)
        return QColor(255, 255, 255)
