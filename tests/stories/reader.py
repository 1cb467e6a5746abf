"""Reader: the person at the window, whose mouse and keys are real Qt events."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
EVERY_DROP = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction | Qt.DropAction.LinkAction

Wait = Callable[[Callable[[], bool], int], None]  # condition, milliseconds; raises when too late


class Reader:
    """Does what a person does at a `MainWindow`, and reads what a person sees there.

    ``wait`` runs the event loop until a condition holds (pytest-qt's waitUntil).
    """

    def __init__(self, window, wait: Wait) -> None:
        self.window = window
        self.session = window.bench.session
        self.view = window.bench.view
        self._wait = wait

    # ---- patience

    def until(self, condition: Callable[[], bool], seconds: float = 90.0) -> None:
        """Wait, with a living window, until the condition holds."""
        self._wait(condition, int(seconds * 1000))

    def settle(self, seconds: float = 90.0) -> None:
        """Until nothing runs and everything is saved."""
        self.until(self._is_quiet, seconds)

    def _is_quiet(self) -> bool:
        window = self.window
        busy = (
            window.bench.runner.active
            or window.modeller.is_predicting
            or window.opener.is_attaching
            or window.labeller.is_writing
            or window.versioner.is_writing
        )
        return not busy and self.session.is_saved

    # ---- files

    def drop(self, *paths: Path) -> Qt.DropAction:
        """Drag files or folders onto the window and let go; the window's answer.

        The file manager proposes to move them, as some do.
        """
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        middle = self.window.rect().center()
        enter = QDragEnterEvent(middle, EVERY_DROP, mime, LEFT, NO_KEY)
        QApplication.sendEvent(self.window, enter)
        assert enter.isAccepted()
        drop = QDropEvent(QPointF(middle), EVERY_DROP, mime, LEFT, NO_KEY)
        drop.setDropAction(Qt.DropAction.MoveAction)
        QApplication.sendEvent(self.window, drop)
        QApplication.processEvents()  # the window answers first and opens in the next turn
        return drop.dropAction()

    def open(self, *paths: Path) -> None:
        """Drop, and wait until another volume is there as a whole."""
        before = self.session.volume
        self.drop(*paths)
        self.until(lambda: self.session.volume is not None and self.session.volume is not before)
        self.until(lambda: self.session.volume.is_complete)
        self.settle()

    # ---- keys and buttons

    def press(self, keys: str) -> None:
        """A key with its modifiers, such as "Ctrl+Z", while the image has the focus."""
        self.window.activateWindow()
        self.view.setFocus()
        combination = QKeySequence(keys)[0]
        QTest.keyClick(self.view, combination.key(), combination.keyboardModifiers())

    def button(self, text: str, within: QWidget | None = None) -> QPushButton:
        """The visible button that says ``text``."""
        found = self._buttons(text, self.window if within is None else within)
        assert found, f"there is no button {text}"
        return found[-1]

    def sees_button(self, text: str) -> bool:
        """Whether some visible button says ``text``."""
        return bool(self._buttons(text, self.window))

    @staticmethod
    def _buttons(text: str, place: QWidget) -> list[QPushButton]:
        return [b for b in place.findChildren(QPushButton) if b.text() == text and b.isVisible()]

    def click(self, text: str, within: QWidget | None = None) -> None:
        """Click the button that says ``text``; it must be enabled."""
        button = self.button(text, within)
        assert button.isEnabled(), f"{text} cannot be clicked"
        QTest.mouseClick(button, LEFT)

    def choose(self, path: str) -> None:
        """Choose an entry of the menu bar, such as "Model > Roll Back"."""
        words = path.split(" > ")
        actions = self.window.menuBar().actions()
        for depth, word in enumerate(words):
            action = next(a for a in actions if a.text().rstrip("…") == word.rstrip("…"))
            if depth < len(words) - 1:
                actions = action.menu().actions()
        assert action.isEnabled(), f"{path} cannot be chosen"
        action.trigger()

    def can_choose(self, action_id: str) -> bool:
        """Whether the action of the table is enabled."""
        return bool(self.window.actions_by.by_id[action_id].isEnabled())

    # ---- the mouse on the image

    def screen(self, row: float, column: float) -> QPoint:
        """Where a voxel of the shown slice lies on the view."""
        return self.view.transform.to_screen(row, column).toPoint()

    def point_at(self, row: float, column: float) -> None:
        """Rest the mouse on a voxel."""
        self._move(self.screen(row, column), Qt.MouseButton.NoButton, NO_KEY)

    def wheel(self, notches: int, keys=NO_KEY, at: QPoint | None = None) -> None:
        """Turn the wheel; positive is away from the person."""
        where = QPointF(at if at is not None else self.view.rect().center())
        event = QWheelEvent(
            where,
            self.view.mapToGlobal(where),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view, event)

    def drag(self, *points: tuple[int, int], button=LEFT, keys=NO_KEY) -> None:
        """Press at the first point of the view, move along the others, release at the last."""
        path = [QPoint(*point) for point in points]
        QTest.mousePress(self.view, button, keys, path[0])
        for point in path[1:]:
            self._move(point, button, keys)
        QTest.mouseRelease(self.view, button, keys, path[-1])

    def begin_stroke(self, *voxels: tuple[float, float], button=LEFT) -> Callable[[], None]:
        """Press and drag along voxels and keep the button down; what lets it go."""
        points = [self.screen(*voxel) for voxel in voxels]
        QTest.mousePress(self.view, button, NO_KEY, points[0])
        for point in points[1:]:
            self._move(point, button, NO_KEY)
        return lambda: QTest.mouseRelease(self.view, button, NO_KEY, points[-1])

    def stroke(self, *voxels: tuple[float, float], button=LEFT, keys=NO_KEY) -> None:
        """Drag along (row, column) voxels of the shown slice."""
        points = [self.screen(*voxel) for voxel in voxels]
        self.drag(*((point.x(), point.y()) for point in points), button=button, keys=keys)

    def _move(self, point: QPoint, button, keys) -> None:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(point),
            QPointF(self.view.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            button,
            keys,
        )
        QApplication.sendEvent(self.view, event)

    # ---- what is seen

    @property
    def message(self) -> str:
        """The words above the image."""
        return str(self.window.bench.messages.text)

    def messages(self) -> list[str]:
        """All messages that were not closed yet, the newest last."""
        return [text for _, text, _ in self.window.bench.messages._waiting]

    def corner_texts(self) -> list[str]:
        """All lines written over the image."""
        notes = self.view.annotations(self.view.transform)
        return [*notes.top_left, *notes.top_right, *notes.bottom_left, *notes.bottom_right]

    def words(self) -> list[str]:
        """All visible labels of the window, once it has caught up."""
        QApplication.processEvents()
        return [label.text() for label in self.window.findChildren(QLabel) if label.isVisible()]

    def color(self, row: float, column: float) -> QColor:
        """The colour on the screen at a voxel of the shown slice."""
        point = self.screen(row, column)
        return self.view.grab().toImage().pixelColor(point)

    def mask(self):
        """A copy of the label voxels."""
        return np.array(self.session.labelmap.voxels)

    def slice_mask(self):
        """The label voxels of the shown slice."""
        return np.array(self.session.labelmap.voxels[self.view.slice_index])

    def mask_hash(self) -> str:
        return mask_hash(self.session.labelmap.voxels)

    # ---- the main job

    def go_to(self, index: int) -> None:
        """Turn the wheel until the slice with this index is shown."""
        for _ in range(2 * self.session.volume.geometry.shape[0]):
            if self.view.slice_index == index:
                return
            toward = self.view.transform.placement.toward_down
            self.wheel(-1 if (index - self.view.slice_index) * toward > 0 else 1)
        raise AssertionError(f"slice {index} was not reached")

    def segment(self) -> None:
        """Press Segment and wait for the edit."""
        edits = self.session.history.applied
        self.until(lambda: self.can_choose("segment") and self.window.model.segment.isEnabled())
        self.press("Ctrl+G")
        self.until(lambda: self.window.modeller.is_predicting, 5)
        self.settle(120)
        assert self.session.history.applied == edits + 1, self.message


def mask_hash(voxels) -> str:
    """A name for the label voxels that changes with any of them."""
    return hashlib.sha256(np.ascontiguousarray(voxels).tobytes()).hexdigest()[:16]
