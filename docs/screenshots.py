"""Takes the pictures of docs/images from the real window on public, de-identified data.

    xvfb-run -a -s "-screen 0 1600x1000x24" python docs/screenshots.py [--data DIR] [--out DIR]

Without a display it renders offscreen. Everything is done with the window's own actions; the
mouse moves by Qt events. It needs about three minutes on two cores, most of them for retraining.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from medview.core.labelmap import LabelMap
from medview.formats import nifti
from medview.gui import layouts
from medview.gui.app import LateOpening, begin
from medview.gui.application import application
from medview.gui.main_window import MainWindow
from medview.session.session import Session
from medview.store.workspace import Workspace

PROJECT = Path(__file__).resolve().parent.parent
SIZE = (1480, 940)
LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
STEPS = 40
LEFT_BRONCHUS = ((0.612, 0.540), (0.620, 0.575), (0.631, 0.610))  # parts of rows and columns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared" / "data" / "series")
    parser.add_argument("--out", type=Path, default=PROJECT / "docs" / "images")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    application()
    with tempfile.TemporaryDirectory() as folder:
        with Photographer(Path(folder) / "demo", options.out) as photographer:
            photographer.demo()
        with Photographer(Path(folder) / "story", options.out) as photographer:
            photographer.story(options.data)


class Photographer:
    """One run of the window on a workspace, and pictures of it."""

    def __init__(self, workspace: Path, out: Path) -> None:
        self._out = out
        self._workspace = Workspace(workspace)
        self.session = Session(self._workspace)
        self.session.set_backend("torch")  # no measuring beside the pictures
        self.window = MainWindow(self.session, LateOpening())
        self.view = self.window.bench.view

    def __enter__(self) -> Photographer:
        self.window.resize(*SIZE)
        self.window.show()
        begin(self.window, self.session)
        self.until(self._is_quiet)
        return self

    def __exit__(self, *_: object) -> None:
        self.window.close()
        self.session.close()
        self._workspace.close()

    # ---- the pictures

    def demo(self) -> None:
        """What `medview --demo` shows, segmented."""
        self.window.open_demo()
        self._open_whole()
        self.segment()
        self.act("window-lung")
        self.go_to(0.55)
        self.take("demo")

    def story(self, data: Path) -> None:
        """The main job on a real chest CT."""
        first, second = data / "lung_dx_a0001", data / "lung_dx_a0002"
        self.open(first)
        self.point_at(0.45, 0.5)
        self.take("series_list")
        self.act("window-lung")
        self.segment()
        self.go_to(0.55)
        self.take("mask")
        self.in_3d()
        self.explain("right lung")
        self.take("heatmap")
        self.doubt_and_findings()
        self.session.clear_heatmap()
        self.correct()
        self.take("correction")
        self.act("fit")
        self.accept((0.35, 0.45, 0.5, 0.55, 0.65))
        self.take("accepted")
        self.act("navigate")
        self.open(second)
        self.act("window-lung")
        self.reference(data.parent / "chest_ct" / "volumes" / second.name / "labels.nii.gz")
        self.accept((0.4, 0.5, 0.6))
        self.retrain()
        self.learning()

    def doubt_and_findings(self) -> None:
        """Where the model is unsure, and the scores of a finding on the strip."""
        window = self.window
        for panel in (window.doubts, window.findings):
            layouts.unfold(panel)
        for panel in (window.look, window.labels):
            layouts.fold(panel)
        kept = window.overlay.method.currentData()
        window.overlay.method.setCurrentIndex(window.overlay.method.findData("doubt"))
        window.finder.look()
        self.until(lambda: self.session.findings.seen is not None)
        self.until(self._is_quiet)
        self.session.clear_heatmap()
        self.act("explain")
        self.until(lambda: self.session.heatmap is not None)
        self.take("doubt")
        window.overlay.method.setCurrentIndex(window.overlay.method.findData(kept))
        for panel in (window.look, window.labels):
            layouts.unfold(panel)

    def in_3d(self) -> None:
        """Three planes and the surfaces, in the dark and in the light."""
        self.act("layout-four")
        self.until(lambda: self.window.viewer.surfaces.is_current)
        self.take("planes_and_3d")
        self.act("theme-light")
        self.take("light")
        self.act("theme-dark")
        self.act("layout-one")

    def correct(self) -> None:
        """The left main bronchus, which the model gave in part to the lung: airway, 6 mm."""
        self.act("brush")
        self.window.tools.set_options(replace(self.window.tools.active.options, size_mm=6.0))
        self.session.set_active_label(3)
        middle = self._place(*LEFT_BRONCHUS[1])
        self.view.set_transform(self.view.transform.zoomed(2.5, middle))
        self.stroke(list(LEFT_BRONCHUS))
        self.point_at(*LEFT_BRONCHUS[-1])

    def reference(self, path: Path) -> None:
        """Labels drawn by others over the open case; the model's own where the file is absent.

        The file has half the pixels of the series (nearest voxel by position).
        """
        if not path.is_file():
            self.segment()
            return
        coarse = nifti.read_labels(path)
        geometry = self.session.volume.geometry
        fine = np.zeros(geometry.shape, np.uint8)
        last = np.array(coarse.geometry.shape) - 1
        for index in range(geometry.shape[0]):
            rows, columns = np.mgrid[: geometry.shape[1], : geometry.shape[2]]
            voxels = np.stack([np.full_like(rows, index), rows, columns], axis=-1)
            found = np.rint(coarse.geometry.to_voxel(geometry.to_patient(voxels))).astype(int)
            fine[index] = coarse.voxels[tuple(np.moveaxis(np.clip(found, 0, last), -1, 0))]
        table = self.session.labelmap.table
        self.session.attach_labels(LabelMap(geometry, table, fine))

    def retrain(self) -> None:
        """Curves while it runs, then the table."""
        self.session.settings.set("retrain", {"steps": STEPS})
        seen: list[object] = []
        self.window.trainer.process.progress.connect(seen.append)
        self.act("retrain")
        self.until(lambda: len(seen) > STEPS * 2 // 3, 600)
        self.take("retrain_running")
        self.until(lambda: not self.window.trainer.process.is_running, 600)
        page = self.window.training.comparison
        page.table.setCurrentCell(0, 0)
        self.until(lambda: page.pictures.is_filled, 60)
        self.take("retrain_table")
        self.window.trainer.panel_wanted.emit(False)

    def learning(self) -> None:
        """What next, the training set, the editing time, the versions, a new task, the recipe."""
        self.act("worklist")
        self.window.worklist.propose.click()
        self.until(lambda: self.window.worklist.list.count() > 0, 300)
        self.take("what_next")
        self.act("worklist")
        for action, name in (
            ("training-set", "training_set"),
            ("effort", "editing_time"),
            ("models", "versions"),
            ("retrain-options", "new_task"),
            ("evaluate", "cross_validation"),
        ):
            self.act(action)
            dialog = self.window.findChildren(QDialog)[-1]
            if name == "versions":
                dialog.measure.click()
            elif name == "new_task":
                dialog.tasks["features"].click()
                dialog.name.setText("bones")
            elif name == "cross_validation":
                dialog.cross.click()
            self.until(self._is_quiet, 300)
            self.pause(200)
            self.save(dialog, name)
            dialog.close()
            self.pause(0)

    def take(self, name: str) -> None:
        """Wait until the window is quiet and save what it shows."""
        self.until(lambda: self.window.counts.is_exact and self.session.is_saved)
        self.pause(200)  # the saved state is asked for a few times a second
        self.save(self.window, name)

    def save(self, widget: QWidget, name: str) -> None:
        """One window or dialog as it is now."""
        path = self._out / f"{name}.png"
        widget.grab().save(str(path))
        print(path)

    # ---- what a person does

    def open(self, folder: Path) -> None:
        self.window.opener.open_paths([folder])
        self._open_whole()

    def _open_whole(self) -> None:
        before = self.session.volume
        self.until(lambda: self.session.volume is not None and self.session.volume is not before)
        self.until(lambda: self.session.volume.is_complete)
        self.until(self._is_quiet)

    def act(self, action: str) -> None:
        """Trigger an action of the menus by its id."""
        self.pause(0)
        chosen = self.window.actions_by.by_id[action]
        if not chosen.isEnabled():
            raise SystemExit(f"the action {action} cannot be chosen")
        chosen.trigger()
        self.pause(0)

    def segment(self) -> None:
        self.act("segment")
        self.until(lambda: not self.window.modeller.is_predicting, 600)
        self.until(self._is_quiet)

    def explain(self, label: str) -> None:
        combo = self.window.overlay.label
        combo.setCurrentIndex(combo.findText(label))
        self.point_at(0.5, 0.3)
        self.act("explain")
        self.until(lambda: self.session.heatmap is not None)

    def accept(self, fractions: tuple[float, ...]) -> None:
        for fraction in fractions:
            self.go_to(fraction)
            self.act("accept-slice")
        self.until(self._is_quiet)

    def go_to(self, fraction: float) -> None:
        """A slice by its place, 0 the first, 1 the last."""
        count = self.session.volume.geometry.shape[0]
        self.view.set_slice(round(fraction * (count - 1)))

    def point_at(self, row: float, column: float) -> None:
        """The mouse at a place of the slice, in parts of its rows and columns."""
        self._mouse(QEvent.Type.MouseMove, self._place(row, column), NO_BUTTON, NO_BUTTON)

    def stroke(self, places: list[tuple[float, float]]) -> None:
        points = [self._place(*place) for place in places]
        self._mouse(QEvent.Type.MouseButtonPress, points[0], LEFT, LEFT)
        for point in points[1:]:
            self._mouse(QEvent.Type.MouseMove, point, NO_BUTTON, LEFT)
        self._mouse(QEvent.Type.MouseButtonRelease, points[-1], LEFT, NO_BUTTON)

    def _place(self, row: float, column: float) -> QPointF:
        _, rows, columns = self.session.volume.geometry.shape
        return self.view.transform.to_screen(row * rows, column * columns)

    def _mouse(self, kind: QEvent.Type, where: QPointF, button: object, held: object) -> None:
        modifiers = Qt.KeyboardModifier.NoModifier
        place = QPointF(self.view.mapToGlobal(where))
        QApplication.sendEvent(self.view, QMouseEvent(kind, where, place, button, held, modifiers))

    # ---- patience

    def _is_quiet(self) -> bool:
        return not self.window.bench.runner.active and self.session.is_saved

    def until(self, condition: Callable[[], bool], seconds: float = 300.0) -> None:
        """Let the window live until the condition holds."""
        loop = QEventLoop()
        look = QTimer()
        look.timeout.connect(lambda: loop.quit() if condition() else None)
        look.start(20)
        QTimer.singleShot(int(seconds * 1000), loop, lambda: loop.exit(1))
        if not condition() and loop.exec() != 0:
            raise SystemExit("it took too long")

    def pause(self, milliseconds: int) -> None:
        """Let the window live for a moment."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop, loop.quit)
        loop.exec()


if __name__ == "__main__":
    main()
