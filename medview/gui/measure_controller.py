"""MeasureController: which measure is drawn, what the list does, and the way out as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from medview.core.planes import Planes
from medview.gui import layouts
from medview.gui.measure_layer import MeasureLayer
from medview.gui.panels.measures_panel import MeasuresPanel
from medview.gui.tool_host import ToolHost
from medview.gui.view_controller import ViewController
from medview.gui.words import tr
from medview.gui.workbench import Workbench
from medview.measure.frame import to_voxel, voxel_plane
from medview.measure.kind import kinds
from medview.measure.measure import Measure
from medview.session.measure_export import KINDS, export_job

_THREE_PLANES = "planes"


class MeasureController(QObject):
    """Measures are drawn by the layer, kept by the session, listed by the panel."""

    mode_changed = Signal()  # a kind of measure is drawn from now on, or none

    def __init__(
        self,
        bench: Workbench,
        viewer: ViewController,
        tools: ToolHost,
        panel: MeasuresPanel,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bench, self._viewer, self._tools = bench, viewer, tools
        self._panel, self._window = panel, window
        self.layer = MeasureLayer(bench.session, bench.views)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._show)
        bench.session.measures.changed.connect(self._changed)
        tools.tool_changed.connect(self._tool_changed)
        self.layer.drawn.connect(self._add)
        self.layer.picked.connect(self._pick)
        self.layer.text_wanted.connect(self.ask_text)
        panel.chosen.connect(self.jump)
        panel.edited.connect(bench.session.measures.change)
        panel.removal_wanted.connect(bench.session.measures.remove)
        panel.text_wanted.connect(self.ask_text)

    @property
    def active(self) -> str:
        """The id of the kind that the mouse draws, "" for none."""
        return "" if self.layer.kind is None else self.layer.kind.id

    @property
    def has_measures(self) -> bool:
        return bool(self._bench.session.measures.items)

    def use(self, kind_id: str) -> None:
        """Draw measures of a kind from now on; "" ends it."""
        self.layer.cancel()
        kind = kinds().get(kind_id)
        if kind is not None:
            self._tools.use("")
        self.layer.kind = kind
        shape = Qt.CursorShape.CrossCursor if kind else Qt.CursorShape.ArrowCursor
        if kind is not None or not self._tools.is_active:
            for view in self._bench.views.views:
                view.setCursor(shape)
        self.mode_changed.emit()

    def leave(self) -> bool:
        """What Esc does first: the open drawing, then the kind; False when there is neither."""
        if self.layer.cancel():
            return True
        if self.layer.kind is None:
            return False
        self.use("")
        return True

    def remove_selected(self) -> None:
        """The measure with handles goes."""
        chosen = self.layer.selected or self._panel.current
        if chosen:
            self._bench.session.measures.remove(chosen)

    def ask_text(self, measure_id: str) -> None:
        """Other words for a measure."""
        measure = self._bench.session.measures.find(measure_id)
        if measure is not None:
            text, agreed = self._ask(measure)
            if agreed and (text or measure.kind != "text"):
                self._bench.session.measures.change(replace(measure, text=text))

    def jump(self, measure_id: str) -> None:
        """Show a measure: its plane in a view that is seen, and the crosshair on it."""
        measure = self._bench.session.measures.find(measure_id)
        volume = self._bench.views.volume
        if measure is None or volume is None:
            return
        self.layer.select(measure_id)
        place = voxel_plane(volume.geometry, measure.frame)
        if (place is None or place.axis != 0) and len(self._seen()) < 2:
            self._viewer.choose_layout(_THREE_PLANES)
        voxel = to_voxel(volume.geometry, measure.middle)
        self._viewer.crosshair.move_to(voxel)
        if place is None:
            frame = measure.frame
            axes = np.stack([frame.normal, frame.down, frame.across], axis=1)
            planes = Planes.across(volume.geometry, axes, min(volume.geometry.spacing_mm))
            view = self._bench.views.across(0)
            at = planes.from_volume(to_voxel(volume.geometry, frame.origin))
            view.set_planes(planes, round(float(at[0])))
        self._bench.views.update()

    def export(self, kind: str, path: Path | None = None, *, keep_identity: bool = False) -> None:
        """Write all measures as "csv" or "sr"; asks where when ``path`` is None."""
        target = path or self._ask_path(kind)
        session = self._bench.session
        if target is None or session.volume is None:
            return
        job = export_job(
            kind, target, session.volume, session.measures, keep_identity, session.person
        )
        what = KINDS[kind][0]
        self._bench.runner.start(
            job,
            on_done=lambda _result: self._bench.messages.show_note(
                tr("{what} written to {target} and read back without a difference.").format(
                    what=what, target=target
                )
            ),
            on_error=self._bench.messages.show_error,
            on_cancelled=lambda: self._bench.messages.show_note(tr("Export cancelled.")),
        )

    # ---- following

    def _changed(self) -> None:
        if self._bench.session.measures.find(self.layer.selected) is None:
            self.layer.selected = ""
        self._bench.views.update()
        self._soon.start()

    def _show(self) -> None:
        session = self._bench.session
        measures, volume = session.measures, session.volume
        units = "" if volume is None else volume.units
        self._panel.show_measures(measures.items, units, measures.reading, measures.slice_of)
        self._panel.choose(self.layer.selected)
        self.mode_changed.emit()  # exports and deleting follow what is there

    def _tool_changed(self, tool_id: str) -> None:
        if tool_id and self.layer.kind is not None:
            self.use("")

    def _add(self, measure: Measure) -> None:
        session = self._bench.session
        if kinds()[measure.kind].asks_text:
            text, agreed = self._ask(measure)
            if not agreed or not text:
                return
            measure = replace(measure, text=text)
        kept = session.measures.add(measure, session.person)
        layouts.unfold(self._panel)  # its numbers are wanted now
        self._pick(kept.id)

    def _pick(self, measure_id: str) -> None:
        self.layer.select(measure_id)
        self._panel.choose(measure_id)

    def _ask(self, measure: Measure) -> tuple[str, bool]:
        title = measure.name or kinds()[measure.kind].name
        text, agreed = QInputDialog.getText(self._window, title, tr("Words"), text=measure.text)
        return text.strip(), agreed

    def _seen(self) -> list[Any]:
        return [view for view in self._bench.views.views if view.isVisible()]

    def _ask_path(self, kind: str) -> Path | None:
        what, filters, suffix = KINDS[kind]
        settings = self._bench.session.settings
        folder = settings.get("export_folder", "") or str(Path.home())
        start = str(Path(folder) / f"measures{suffix}")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, tr("Export {what}").format(what=what), start, filters
        )
        if not chosen:
            return None
        path = Path(chosen)
        if not path.name.endswith(suffix):
            path = path.with_name(path.name + suffix)
        settings.set("export_folder", str(path.parent))
        return path
