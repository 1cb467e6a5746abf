"""Commands: one method per action of the table; each hands over to a controller or the view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog

from medview.core.display import Window
from medview.core.errors import MedviewError
from medview.gui import language
from medview.gui.dialogs.about_dialog import AboutDialog
from medview.gui.dialogs.command_palette import CommandPalette
from medview.gui.dialogs.effort_dialog import EffortDialog
from medview.gui.dialogs.evaluate_dialog import EvaluateDialog
from medview.gui.dialogs.models_dialog import ModelsDialog
from medview.gui.dialogs.notes_dialog import NotesDialog
from medview.gui.dialogs.retrain_dialog import RetrainDialog
from medview.gui.dialogs.shortcuts_dialog import ShortcutsDialog
from medview.gui.dialogs.skipped_dialog import SkippedDialog
from medview.gui.dialogs.training_set_dialog import TrainingSetDialog
from medview.gui.slice_cell import SliceCell
from medview.gui.words import tr
from medview.session.movie import MovieKind
from medview.session.smoothing import DisplayFilter, FilterKind

if TYPE_CHECKING:
    from medview.gui.main_window import MainWindow


_LIST_SHARE = 0.45  # of the window's height, for a list in a dock at the side


class Commands:
    """What the menus, the toolbar and the keys do."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    # ---- File

    def open_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._window, tr("Open Folder"), self._folder())
        if chosen:
            self._window.opener.open_paths([Path(chosen)])

    def open_files(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self._window, tr("Open Files"), self._folder())
        if chosen:
            self._window.opener.open_paths([Path(name) for name in chosen])

    def export(self, kind: str) -> None:
        self._window.reviewer.export(kind)

    def toggle_export_identity(self) -> None:
        reviewer = self._window.reviewer
        reviewer.keep_identity = not reviewer.keep_identity

    def copy_picture(self) -> None:
        self._window.pictures.copy()

    def save_picture(self, which: str) -> None:
        self._window.pictures.save(which)

    def save_movie(self, kind: MovieKind) -> None:
        self._window.pictures.save_movie(kind)

    def toggle_picture_names(self) -> None:
        pictures = self._window.pictures
        pictures.with_names = not pictures.with_names

    def save_report(self) -> None:
        self._window.reporter.save()

    def quit(self) -> None:
        self._window.close()

    def show_skipped(self) -> None:
        SkippedDialog(self._window.opener.skipped, self._window).show()

    def _folder(self) -> str:
        recent = self._window.bench.session.settings.recent_paths()
        return str(recent[0].parent) if recent else str(Path.home())

    # ---- Edit

    def undo(self) -> None:
        self._step("undo")

    def redo(self) -> None:
        self._step("redo")

    def keep_draft(self) -> None:
        self._window.tools.keep_draft()

    def step_draft_back(self) -> None:
        self._window.tools.step_back()

    def copy_mask(self, which: str) -> None:
        self._window.clipboard.copy(which)

    def paste_mask(self) -> None:
        self._window.clipboard.paste()

    def use_operation(self, operation_id: str) -> None:
        self._window.tools.use_operation(operation_id)

    def _step(self, method: str) -> None:
        """Undo or redo, and go where it happened."""
        edit = getattr(self._window.bench.session, method)()
        if edit is not None:
            self._window.bench.view.set_slice(edit.slice_index)
            words = tr("Undo: {name}") if method == "undo" else tr("Redo: {name}")
            self._window.status.say(words.format(name=edit.name))

    # ---- View

    def preset(self, which: str | Window) -> None:
        self._window.viewer.set_window(which)

    def choose_layout(self, layout_id: str) -> None:
        self._window.viewer.choose_layout(layout_id)

    def toggle_crosshair(self) -> None:
        self._window.viewer.toggle_crosshair()

    def straighten_planes(self) -> None:
        self._window.viewer.crosshair.straighten()

    def toggle_cine(self) -> None:
        self._window.viewer.cine.toggle()

    def change_cine_rate(self, steps: int) -> None:
        self._window.viewer.cine.change_rate(steps)

    def turn_cine(self) -> None:
        self._window.viewer.cine.turn()

    def smooth(self, kind: FilterKind) -> None:
        """A display filter; the one that is on already goes off."""
        smoothing = self._window.viewer.smoothing
        off = kind == smoothing.chosen.kind
        smoothing.choose(DisplayFilter() if off else DisplayFilter(kind))

    def toggle_names(self) -> None:
        self._window.viewer.toggle_names()
        self._window.series.set_names_visible(visible=self._window.viewer.names_visible)
        self._window.show_title()

    def choose_theme(self, name: str) -> None:
        self._window.dresser.choose(name)

    def choose_language(self, code: str) -> None:
        """Kept for the next start, and said in every language: the reader may know only one."""
        self._window.dresser.choose_language(code)
        self._window.bench.messages.show_note(language.NEXT_START)

    def toggle_tags(self) -> None:
        dock = self._window.tags_dock
        dock.setVisible(not dock.isVisible())

    def fit(self) -> None:
        self._window.viewer.active.fit()

    def show_pixels(self) -> None:
        self._window.viewer.active.show_pixels()

    def place(self, how: str) -> None:
        """Flip or turn the active view's picture; the letters follow."""
        view = self._window.viewer.active
        if view.transform is None:
            return
        placement = view.transform.placement
        turns = {"right": 1, "left": 3}.get(how, 0)
        for _ in range(turns):
            placement = placement.rotated()
        if not turns:
            placement = placement.flipped(across=how == "across")
        view.place(placement)

    def neighbour_series(self, step: int) -> None:
        self._window.opener.open_neighbour(step)

    def invert(self) -> None:
        self._window.viewer.for_all("toggle_inverted")

    def toggle_texts(self) -> None:
        self._window.viewer.for_all("toggle_texts")

    def toggle_mask(self) -> None:
        view = self._window.bench.view
        style = view.style_of_overlay
        view.set_style(replace(style, mask_visible=not style.mask_visible))

    def toggle_outline(self) -> None:
        view = self._window.bench.view
        style = view.style_of_overlay
        view.set_style(replace(style, fill=not style.fill, outline=True))

    def toggle_heatmap(self) -> None:
        view = self._window.bench.view
        style = view.style_of_overlay
        view.set_style(replace(style, heatmap_visible=not style.heatmap_visible))

    def toggle_overlays(self) -> None:
        view = self._window.bench.view
        style = view.style_of_overlay
        view.set_style(replace(style, overlays_visible=not style.overlays_visible))

    def show_notes(self) -> None:
        volume = self._window.bench.session.volume
        if volume is not None:
            NotesDialog(volume.messages, self._window).show()

    def step_slice(self, steps: int) -> None:
        self._window.viewer.active.step_down(steps)

    def go_to_slice(self) -> None:
        """The number beside the view, ready to be typed over."""
        cell = self._window.viewer.active.parentWidget()
        if isinstance(cell, SliceCell):
            cell.number.setFocus()
            cell.number.selectAll()

    def slice_end(self, where: str) -> None:
        self._window.viewer.active.go_to_end(down=where == "down")

    # ---- Segment

    def segment(self) -> None:
        self._window.modeller.segment()

    def toggle_cleaning(self) -> None:
        session = self._window.bench.session
        session.set_cleaned(not session.is_cleaned)

    def cancel(self) -> None:
        """The prediction first, else whatever runs in front."""
        self._window.cancel_work()

    def explain(self) -> None:
        self._window.explainer.explain()

    # ---- Tools

    def navigate(self) -> None:
        """Leave the open drawing or stroke first, then the tool."""
        host = self._window.tools
        if self._window.measurer.leave():
            return
        if not host.cancel_stroke():
            host.use("")
        else:
            host.use(host.active.id if host.active else "")

    def use_tool(self, tool_id: str) -> None:
        self._window.tools.use(tool_id)

    def use_last_tool(self) -> None:
        self._window.tool_memory.use_last()

    def resize_brush(self, steps: int) -> None:
        self._window.tools.resize(steps)

    # ---- Measure

    def measure(self, kind_id: str) -> None:
        self._window.measurer.use(kind_id)

    def delete_measure(self) -> None:
        self._window.measurer.remove_selected()

    def export_measures(self, kind: str) -> None:
        keep_identity = self._window.reviewer.keep_identity
        self._window.measurer.export(kind, keep_identity=keep_identity)

    # ---- Review

    def accept_slice(self) -> None:
        self._window.reviewer.accept_slice()

    def unaccept_slice(self) -> None:
        self._window.reviewer.unaccept_slice()

    def accept_case(self) -> None:
        self._window.reviewer.accept_case()

    def toggle_worklist(self) -> None:
        window = self._window
        dock = window.worklist_dock
        dock.setVisible(not dock.isVisible())
        height = round(_LIST_SHARE * window.height())  # else the list of series keeps it all
        window.resizeDocks([dock], [height], Qt.Orientation.Vertical)

    def show_effort(self) -> None:
        EffortDialog(self._window.bench, self._window).show()

    def ask_reader(self) -> None:
        """Who works here, for everything that is accepted from now on."""
        session = self._window.bench.session
        name, sure = QInputDialog.getText(
            self._window, tr("Reader"), tr("Your name, kept with what you accept"),
            text=session.person,
        )  # fmt: skip
        if sure:
            session.settings.set("reader", name.strip())

    # ---- Model

    def show_evaluate(self) -> None:
        EvaluateDialog(self._window.bench, self._window).show()

    def show_training_set(self) -> None:
        TrainingSetDialog(self._window.bench, self._window).show()

    def retrain(self) -> None:
        self._window.trainer.start()

    def show_retrain_options(self) -> None:
        dialog = RetrainDialog(self._window.bench, self._window)
        dialog.start_wanted.connect(lambda options: self._window.trainer.start(**options))
        dialog.show()

    def rollback(self) -> None:
        bench = self._window.bench
        try:
            model = bench.session.roll_back_model()
        except MedviewError as error:
            bench.messages.show_error(error)
            return
        bench.messages.show_note(tr("{model} is the active model again.").format(model=model))

    def show_models(self) -> None:
        dialog = ModelsDialog(self._window.bench, self._window)
        dialog.compare_wanted.connect(self._window.trainer.compare)
        dialog.show()

    # ---- Help

    def show_shortcuts(self) -> None:
        ShortcutsDialog(self._window.bindings, self._window).show()

    def show_palette(self) -> None:
        CommandPalette(self._window.actions_by, self._window).ask()

    def show_about(self) -> None:
        AboutDialog(self._window).show()
