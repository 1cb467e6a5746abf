"""MainWindow: puts panels and controllers together; each does its own work."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from medview.core.box import Box
from medview.core.labels import LabelTable
from medview.gui import layouts, window_state
from medview.gui.action_state import ActionState
from medview.gui.actions import ActionSet
from medview.gui.backend_controller import BackendController
from medview.gui.closing import Closing
from medview.gui.commands import Commands
from medview.gui.dresser import Dresser
from medview.gui.drop import answer
from medview.gui.explain_controller import ExplainController
from medview.gui.familiarity_controller import FamiliarityController
from medview.gui.findings_controller import FindingsController
from medview.gui.job_runner import JobRunner, RunningJob
from medview.gui.key_bindings import KeyBindings
from medview.gui.label_controller import LabelController
from medview.gui.label_counts import LabelCounts
from medview.gui.mask_clipboard import MaskClipboard
from medview.gui.measure_controller import MeasureController
from medview.gui.model_controller import ModelController
from medview.gui.open_controller import OpenController
from medview.gui.origin_controller import OriginController
from medview.gui.panels.brush_panel import BrushPanel
from medview.gui.panels.doubt_panel import DoubtPanel
from medview.gui.panels.findings_panel import FindingsPanel
from medview.gui.panels.fusion_panel import FusionPanel
from medview.gui.panels.labels_panel import LabelsPanel
from medview.gui.panels.measures_panel import MeasuresPanel
from medview.gui.panels.message_bar import MessageBar
from medview.gui.panels.model_panel import ModelPanel
from medview.gui.panels.origin_panel import OriginPanel
from medview.gui.panels.overlay_panel import OverlayPanel
from medview.gui.panels.review_panel import ReviewPanel
from medview.gui.panels.series_panel import SeriesPanel
from medview.gui.panels.slice_panel import SlicePanel
from medview.gui.panels.status_panel import StatusPanel
from medview.gui.panels.tags_panel import TagsPanel
from medview.gui.panels.training_panel import TrainingPanel
from medview.gui.panels.versions_panel import VersionsPanel
from medview.gui.panels.view_panel import ViewPanel
from medview.gui.panels.worklist_panel import WorklistPanel
from medview.gui.phase_controller import PhaseBar, PhaseController
from medview.gui.picture_controller import PictureController
from medview.gui.recent_menu import RecentMenu
from medview.gui.report_controller import ReportController
from medview.gui.review_controller import ReviewController
from medview.gui.save_watch import SaveWatch
from medview.gui.slice_view import SliceView
from medview.gui.tool_host import ToolHost
from medview.gui.tool_memory import ToolMemory
from medview.gui.training_controller import TrainingController
from medview.gui.version_controller import VersionController
from medview.gui.view_controller import ViewController
from medview.gui.view_grid import ViewGrid
from medview.gui.view_group import ViewGroup
from medview.gui.words import tr
from medview.gui.workbench import Workbench
from medview.gui.worklist_controller import WorklistController


class MainWindow(QMainWindow):
    """The window on one session. It owns the threads' crossing and ends them when it closes."""

    def __init__(self, session: Any, opening: Any) -> None:
        super().__init__()
        self.setWindowTitle("medview")
        self.setAcceptDrops(True)
        self.resize(1480, 940)
        self._closed = self._table_is_new = self._cases_are_new = False
        views = ViewGroup(SliceView())
        self.bench = Workbench(session, opening, JobRunner(self), views, MessageBar())
        self.counts = LabelCounts(self)
        self.tools = ToolHost(self.bench)
        self.clipboard = MaskClipboard(self.bench, self.tools)
        self.tool_memory = ToolMemory(self.tools, session.settings)
        views.set_edit_mouse(self.tools)
        self._make_panels()
        self._make_controllers()
        self.commands = Commands(self)
        self.actions_by = ActionSet(self, self.viewer.grid, self.commands)
        self.action_state = ActionState(self)
        self.bindings = KeyBindings(self.actions_by, session.settings, views.main.drags)
        self.dresser = Dresser(self.actions_by, session.settings)
        self._lay_out()
        self._update_timer = QTimer(self)
        self._update_timer.setSingleShot(True)
        self._update_timer.setInterval(0)
        self._update_timer.timeout.connect(self._update_state)
        self._connect_session()
        self._connect_widgets()
        self._show_everything()
        window_state.restore(self, self.bench.session.settings)
        self.training_dock.hide()

    # ---- building

    def _make_panels(self) -> None:
        self.series = SeriesPanel()
        self.centre = SlicePanel(ViewGrid(self.bench.views))
        self.model = ModelPanel()
        self.labels = LabelsPanel(self.counts)
        self.overlay = OverlayPanel()
        self.doubts = DoubtPanel()
        self.findings = FindingsPanel()
        self.brush = BrushPanel()
        self.measures = MeasuresPanel()
        self.review = ReviewPanel()
        self.training = TrainingPanel()
        self.worklist = WorklistPanel()
        self.look = ViewPanel()
        self.phases = PhaseBar()
        self.versions = VersionsPanel()
        self.origin = OriginPanel()
        self.fusion = FusionPanel()
        self.tags = TagsPanel(self.bench.runner, lambda *of: self.bench.opening.tags_job(*of))
        self.status = StatusPanel(self.bench.runner)

    def _make_controllers(self) -> None:
        self.viewer = ViewController(self.bench, self.centre.grid, self.look, self)
        self.measurer = MeasureController(self.bench, self.viewer, self.tools, self.measures, self)
        self.opener = OpenController(self.bench, self.series, self)
        PhaseController(self.bench, self.opener, self.phases)
        self.modeller = ModelController(self.bench, self.model, self)
        self.familiarity = FamiliarityController(self.bench, self.model, self.modeller, self)
        self.explainer = ExplainController(self.bench, self.overlay, self.doubts, self)
        self.finder = FindingsController(self.bench, self.findings, self.centre.slider, self)
        self.backends = BackendController(self.bench, self.model, self.modeller, self.overlay, self)
        self.labeller = LabelController(self.bench, self.labels, self)
        self.versioner = VersionController(self.bench, self.versions, self.viewer, self)
        self.originator = OriginController(self.bench, self.origin, self)
        self.reviewer = ReviewController(self.bench, self.review, self)
        self.saving = SaveWatch(self.bench.session, self.status, self.bench.messages, self)
        self.trainer = TrainingController(self.bench, self.training, self)
        self.closing = Closing(self, self.trainer.process)
        self.next_up = WorklistController(self.bench, self.opener, self.worklist, self)
        self.pictures = PictureController(self.bench, self.centre.grid, self)
        self.reporter = ReportController(self.bench, self.pictures, self)

    def _lay_out(self) -> None:
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bench.messages)
        layout.addWidget(self.centre, 1)
        layout.addWidget(self.phases)
        self.setCentralWidget(middle)
        self.setStatusBar(self.status)
        sections = layouts.sections(
            (
                ("Model", self.model),
                ("View", self.look),
                ("Fusion", self.fusion),
                ("Labels", self.labels),
                ("Overlay", self.overlay),
                ("Doubt", self.doubts),
                ("Findings", self.findings),
                ("Tool", self.brush),
                ("Measures", self.measures),
                ("Review", self.review),
                ("Origin", self.origin),
                ("Versions", self.versions),
            ),
            self.bench.session.settings,
        )
        layouts.dock(self, "Series", self.series, Qt.DockWidgetArea.LeftDockWidgetArea)
        layouts.dock(self, "Work", sections, Qt.DockWidgetArea.RightDockWidgetArea)
        self.training_dock = layouts.dock(
            self, "Training", self.training, Qt.DockWidgetArea.BottomDockWidgetArea
        )
        self.training_dock.hide()
        self.worklist_dock = layouts.dock(
            self, "What Next", self.worklist, Qt.DockWidgetArea.LeftDockWidgetArea
        )
        self.worklist_dock.hide()
        self.tags_dock = layouts.dock(
            self, "DICOM Tags", self.tags, Qt.DockWidgetArea.BottomDockWidgetArea
        )
        self.tags_dock.hide()
        menus = self.actions_by.fill_menus(self.menuBar())
        self.review.set_export_menu(menus["File/Export"])
        self.recent = RecentMenu(self.bench.session.settings, self.opener.open_paths, self)
        menus["File"].insertMenu(menus["File/Export"].menuAction(), self.recent)
        windows, places = menus["View/Window"], menus["View/Layout"]
        self.addToolBar(layouts.toolbar(self.actions_by, windows, places))

    def _connect_session(self) -> None:
        session = self.bench.session
        session.volume_changed.connect(self._volume_changed)
        session.labels_changed.connect(self._labels_changed)
        session.preview_changed.connect(self._preview_changed)
        session.table_changed.connect(self._table_changed)
        session.heatmap_changed.connect(self._heatmap_changed)
        session.history_changed.connect(self._history_changed)
        session.reviews_changed.connect(self.update_soon)
        session.models_changed.connect(self._models_changed)
        session.saved.connect(self._saved)

    def _connect_widgets(self) -> None:
        bench = self.bench
        bench.view.slice_changed.connect(self.update_soon)
        bench.view.slice_changed.connect(self._show_tags)
        bench.view.style_changed.connect(self.overlay.show_style)
        for view in bench.views.views:
            view.edit_key.connect(self._choose_by_number)
        bench.views.view_added.connect(lambda view: view.edit_key.connect(self._choose_by_number))
        self.overlay.style_edited.connect(bench.view.set_style)
        self.brush.options_edited.connect(self.tools.set_options)
        self.tools.options_changed.connect(self.brush.show_options)
        self.tools.tool_changed.connect(self._tool_changed)
        self.brush.follow(self.tools)
        self.brush.add_tools(self.actions_by.by_id[tool_id] for tool_id in self.tools.tools)
        self.tools.refused.connect(self.status.say)
        self.measurer.mode_changed.connect(self.update_soon)
        self.measures.export_wanted.connect(self.commands.export_measures)
        self.centre.open_wanted.connect(self.commands.open_folder)
        self.centre.demo_wanted.connect(self.open_demo)
        companion = self.viewer.companion
        self.series.beside_wanted.connect(companion.open_beside)
        self.series.fusion_wanted.connect(companion.fuse)
        companion.fused_changed.connect(self.fusion.show_fused)
        companion.fusion_made.connect(lambda: layouts.unfold(self.fusion))
        self.fusion.options_edited.connect(companion.set_options)
        self.fusion.removal_wanted.connect(companion.remove_fusion)
        self.series.skipped_wanted.connect(self.commands.show_skipped)
        self.status.cancel_wanted.connect(self.cancel_work)
        self.counts.changed.connect(self.update_soon)
        self.modeller.busy_changed.connect(self.update_soon)
        self.saving.all_saved.connect(self._show_cases)
        self.opener.volume_read.connect(self.familiarity.look)
        self.opener.volume_read.connect(lambda _volume: self.finder.show_slice())
        self.trainer.panel_wanted.connect(self.training_dock.setVisible)
        bench.runner.started.connect(self.update_soon)
        bench.runner.ended.connect(self.update_soon)
        bench.runner.failed.connect(self._job_failed)

    # ---- the session's news

    def _volume_changed(self) -> None:
        session = self.bench.session
        self.modeller.drop()
        self.explainer.drop()
        self.familiarity.drop()
        self.finder.drop()
        self.backends.give_way()
        self.labeller.drop()
        self.tools.abandon()
        self.viewer.show_volume()
        self.versioner.volume_changed()
        self._show_tags()
        self.counts.watch(session.labelmap)
        self.centre.show_volume()
        self.show_title()
        self._cases_are_new = True
        self._saved(session.volume is None)
        self._table_changed()

    def show_title(self) -> None:
        """The series in the window's title, unless names are hidden."""
        volume = self.bench.session.volume
        name = volume.name if volume is not None and self.viewer.names_visible else ""
        self.setWindowTitle(tr("{name} - medview").format(name=name) if name else "medview")

    def _labels_changed(self, box: Box) -> None:
        self.counts.recount(box)
        self.bench.views.refresh(box)

    def _preview_changed(self, box: Box) -> None:
        preview = self.bench.session.preview
        view = self.bench.view
        if view.preview is not (None if preview is None else preview.labels):
            table = None if preview is None else preview.table
            self.bench.views.set_preview(None if preview is None else preview.labels, table)
        else:
            self.bench.views.refresh(box)

    def _table_changed(self) -> None:
        self._table_is_new = True  # panels follow in the next turn: they may be calling just now
        self.bench.views.refresh()
        self.update_soon()

    def _show_table(self) -> None:
        self._table_is_new = False
        session = self.bench.session
        why = "" if session.volume is None else session.volume.not_measurable
        self.labels.show_table(session.labelmap, session.active_label, not_measurable=why)
        table = LabelTable() if session.labelmap is None else session.labelmap.table
        self.overlay.show_table(table, session.active_label)

    def _heatmap_changed(self) -> None:
        self.bench.views.set_heatmaps(self.bench.session.heatmaps)
        self.update_soon()

    def _show_tags(self) -> None:
        self.tags.show_slice(self.bench.session.volume, self.bench.view.slice_index)

    def _saved(self, saved: bool) -> None:
        self.saving.changed(saved=saved)

    def _show_cases(self) -> None:
        """The earlier cases, once the one just opened is among them."""
        if self._cases_are_new:
            self._cases_are_new = False
            self.series.show_cases(self.bench.session.workspace.cases())

    def _history_changed(self) -> None:
        """Undo and redo at once, for the key that follows in the same turn; the rest soon."""
        self.action_state.show_history()
        self.versioner.show_state()  # here: it looks through all edits, and scrolling makes none
        self.update_soon()

    def _models_changed(self) -> None:
        self.modeller.read_models()
        self.familiarity.look()
        self.finder.drop()  # another model sees other features
        self.update_soon()

    def _show_everything(self) -> None:
        self._volume_changed()
        self._update_state()

    # ---- state of actions and panels

    def update_soon(self) -> None:
        """Bring actions and counts in line, once in this turn however often called."""
        self._update_timer.start()

    def _update_state(self) -> None:
        session = self.bench.session
        if self._table_is_new:
            self._show_table()
        self.action_state.show()
        self.modeller.show_state()
        self.reviewer.show_counts()
        labelled = self.counts.slices_with_labels()
        self.centre.slider.set_marks(labelled, frozenset(session.accepted), session.doubtful)

    def _tool_changed(self, _tool_id: str) -> None:
        self.brush.show_tool(self.tools.shown)
        self._update_state()  # at once: the digits' meaning depends on it

    # ---- what panels ask for

    def _choose_by_number(self, digit: int) -> None:
        if self.tools.is_active:
            self.labeller.choose_by_number(digit)

    def cancel_work(self) -> None:
        """Stop the prediction, else the newest job."""
        if self.modeller.is_predicting:
            self.modeller.cancel()
            return
        current = self.status.current()
        if current is not None:
            current.cancel()

    def _job_failed(self, running: RunningJob, error: Exception) -> None:
        self.bench.messages.show_error(error)

    def warm_up_failed(self, error: Exception) -> None:
        """Without the model's libraries everything else still works."""
        self.bench.messages.show_error(error)
        self.update_soon()

    def open_demo(self) -> None:
        """The generated phantom."""
        self.opener.open_demo()

    # ---- drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        answer(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        answer(event)

    def dropEvent(self, event: QDropEvent) -> None:
        paths = answer(event)
        QTimer.singleShot(0, self, lambda: self.opener.open_paths(paths))  # the sender waits

    # ---- closing

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.closing.may_close():
            event.ignore()
            return
        self.shutdown()
        super().closeEvent(event)

    def shutdown(self) -> None:
        """End threads and the training child; the session stays whole. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        window_state.save(self, self.bench.session.settings)
        self.tool_memory.save()
        self.tools.cancel_stroke()
        self.tools.abandon()
        self.labeller.drop()
        self.versioner.drop()
        self.originator.drop()
        self.modeller.drop()
        self.explainer.drop()
        self.backends.give_way()
        self.saving.shutdown()
        self.trainer.shutdown()
        self.viewer.surfaces.close()
        self.bench.runner.shutdown()
