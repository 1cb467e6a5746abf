"""Monkey: random real events on every part of the window, the same ones for the same seed."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QPushButton,
    QSpinBox,
    QWidget,
)
from reader import CTRL, LEFT, MIDDLE, NO_KEY, RIGHT, SHIFT, Reader, mask_hash

from medview.gui.actions import ACTIONS
from medview.gui.slice_view import SliceView
from medview.gui.volume3d.volume_view import VolumeView

_NEVER = {"quit", "retrain"}  # the end, and minutes of training
_KEYS = (
    *"BEPLFQKYUWMTJDGXCRIOSVAH123456789[],.",
    "Shift+U", "Shift+K", "Shift+J", "Shift+E", "Shift+F", "Shift+G", "Shift+P", "Shift+D",
    "Shift+R", "Shift+T", "Shift+W", "Shift+X", "Shift+A", "Shift+Left", "Shift+Right",
    "Return", "Enter", "Esc", "Backspace", "Del", "Space", "Tab",
    "Up", "Down", "PgUp", "PgDown", "Home", "End", "Ctrl+Z", "Ctrl+Y", "Ctrl+C", "Ctrl+I",
    "F2", "F3", "F4", "F5", "F6", "Alt+F", "Alt+R", "Ctrl+1", "Ctrl+.",
)  # fmt: skip
_WORKING = ("undo", "redo", "keep-draft", "keep-draft", "next-series", "previous-series")
_SLOW = {"segment", "explain", "accept-case"}
_ALT = Qt.KeyboardModifier.AltModifier
_BUTTONS = (LEFT, LEFT, LEFT, LEFT, RIGHT, MIDDLE)
_MODIFIERS = (NO_KEY, NO_KEY, NO_KEY, CTRL, SHIFT, _ALT, CTRL | SHIFT)
_STORY = 40  # steps told when something breaks


class Monkey:
    """Does a random thing with each `step`; `check` says whether the program is still sound."""

    def __init__(self, reader: Reader, seed: int, bugs: list[str]) -> None:
        self.reader = reader
        self.window = reader.window
        self.session = reader.session
        self._random = random.Random(seed)
        self._seed = seed
        self._bugs = bugs
        self._done: deque[str] = deque(maxlen=_STORY)
        self._count = 0
        deeds: tuple[tuple[int, Callable[[], None]], ...] = (
            (22, self._action), (14, self._key), (10, self._click), (26, self._drag),
            (10, self._wheel), (6, self._control), (4, self._labels), (4, self._measures),
            (3, self._versions), (2, self._series), (6, self._wait), (1, self.check_undo),
        )  # fmt: skip
        self._deeds = [deed for weight, deed in deeds for _ in range(weight)]

    # ---- what it looks at

    def story(self) -> str:
        """What was done last, and what came of it."""
        steps = "\n  ".join(self._done)
        return f"seed {self._seed}, step {self._count}:\n  {steps}\n{''.join(self._bugs)}"

    def state(self) -> tuple[str, set]:
        """The labels and the measures of the open case."""
        return mask_hash(self.session.labelmap.voxels), set(self.session.measures.items)

    def check(self) -> None:
        """No fault was met, and no gesture is left open but by what still writes."""
        said = [text for text in self.reader.messages() if "made a mistake" in text]
        assert not said, self.story() + "\n".join(said)
        assert not self._bugs, self.story()
        editor = self.session.editor
        if editor is not None and editor.is_open:
            self.settle()
            assert self.session.editor is None or not self.session.editor.is_open, self.story()

    def settle(self) -> None:
        """Until nothing is worked out or written any more."""
        host = self.window.tools
        self.reader.until(lambda: not host.is_working, 60)
        self.reader.settle(60)

    def calm_down(self) -> None:
        """Everything that is open is left, and all work is done."""
        self._say("calm down")
        self.window.actions_by.by_id["navigate"].trigger()
        self.window.tools.use("")
        self.settle()
        self.check()
        assert self.session.is_saved, self.story()

    def check_undo(self) -> None:
        """Undo to the beginning empties the labels; redo to the end brings everything back."""
        if self.session.volume is None or not self.session.volume.is_complete:
            return
        self.calm_down()
        before, acts = self.state(), 0
        while self.session.timeline.can_undo:
            assert self.session.undo() is not None, self.story()
            acts += 1
        assert not self.session.labelmap.voxels.any(), self.story()
        assert not self.session.measures.items, self.story()
        for _ in range(acts):
            assert self.session.redo() is not None, self.story()
        assert self.state() == before, self.story()

    # ---- what it does

    def step(self) -> None:
        """One random deed."""
        self._count += 1
        self._random.choice(self._deeds)()
        QApplication.processEvents()
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                dialog.close()

    def _say(self, what: str) -> None:
        self._done.append(what)

    def _action(self) -> None:
        chance = self._random.random()
        if chance < 0.4:
            name = self._random.choice(_WORKING)
        else:
            name = self._random.choice([s.id for s in ACTIONS if s.id not in _NEVER | _SLOW])
            if chance > 0.97:
                name = self._random.choice(sorted(_SLOW))
        action = self.window.actions_by.by_id[name]
        if action.isEnabled():
            self._say(f"action {name}")
            action.trigger()

    def _key(self) -> None:
        view, keys = self._view(), self._random.choice(_KEYS)
        self._say(f"key {keys} on {view.accessibleName()}")
        self.window.activateWindow()
        view.setFocus()
        combination = QKeySequence(keys)[0]
        QTest.keyClick(view, combination.key(), combination.keyboardModifiers())

    def _view(self) -> QWidget:
        kinds = (SliceView, VolumeView)
        seen = [v for kind in kinds for v in self.window.findChildren(kind) if v.isVisible()]
        return self._random.choice(seen)

    def _point(self, view: QWidget) -> QPoint:
        return QPoint(
            self._random.randrange(max(view.width(), 1)),
            self._random.randrange(max(view.height(), 1)),
        )

    def _click(self) -> None:
        view, button = self._view(), self._random.choice(_BUTTONS)
        keys, point = self._random.choice(_MODIFIERS), self._point(view)
        self._say(f"click {button.name} {keys} at {point.toTuple()} on {view.accessibleName()}")
        if button == RIGHT and keys == NO_KEY:
            button = LEFT
        QTest.mouseClick(view, button, keys, point)
        if self._random.random() < 0.15:
            QTest.mouseDClick(view, button, keys, point)  # the second press alone
            QTest.mouseRelease(view, button, keys, point)

    def _drag(self) -> None:
        """With other things in between now and then, as with two hands."""
        if self._random.random() < 0.5:
            self._tool()
        view, button = self._view(), self._random.choice(_BUTTONS)
        keys, point = self._random.choice(_MODIFIERS), self._point(view)
        self._say(f"drag {button.name} {keys} from {point.toTuple()} on {view.accessibleName()}")
        QTest.mousePress(view, button, keys, point)
        reach = self._random.choice((8, 40, 200))
        for _ in range(self._random.randrange(1, 8)):
            point += QPoint(*(self._random.randint(-reach, reach) for _ in range(2)))
            self._move(view, point, button, keys)
            if self._random.random() < 0.04:
                other = self._random.choice((self._key, self._wheel, self._action, self._control))
                other()
        QTest.mouseRelease(view, button, keys, point)
        self._move(view, point, Qt.MouseButton.NoButton, keys)

    def _tool(self) -> None:
        """An editing tool or a kind of measure, or Enter for what one of them proposes."""
        names = [s.id for s in ACTIONS if s.callback in ("use_tool", "measure")] + ["keep-draft"]
        name = self._random.choice(names)
        self._say(f"tool {name}")
        self.window.actions_by.by_id[name].trigger()

    def _move(self, view: QWidget, point: QPoint, button: Qt.MouseButton, keys) -> None:
        QApplication.sendEvent(
            view,
            QMouseEvent(
                QEvent.Type.MouseMove,
                QPointF(point),
                QPointF(view.mapToGlobal(point)),
                Qt.MouseButton.NoButton,
                button,
                keys,
            ),
        )

    def _wheel(self) -> None:
        view, keys = self._view(), self._random.choice(_MODIFIERS)
        where, notches = QPointF(self._point(view)), self._random.choice((-120, -40, 40, 120, 360))
        self._say(f"wheel {notches} {keys} on {view.accessibleName()}")
        event = QWheelEvent(
            where,
            view.mapToGlobal(where),
            QPoint(),
            QPoint(0, notches),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view, event)

    def _control(self) -> None:
        """Any slider, box or button that is seen."""
        kinds = (QAbstractSlider, QComboBox, QSpinBox, QDoubleSpinBox, QAbstractButton)
        seen = [c for kind in kinds for c in self.window.findChildren(kind)]
        seen = [c for c in seen if c.isVisible() and c.isEnabled() and not self._waits(c)]
        if not seen:
            return
        control = self._random.choice(seen)
        name = control.accessibleName() or getattr(control, "text", lambda: "")()
        self._say(f"control {type(control).__name__} {name}")
        if isinstance(control, QAbstractSlider | QSpinBox):
            control.setValue(self._random.randint(control.minimum(), control.maximum()))
        elif isinstance(control, QDoubleSpinBox):
            control.setValue(self._random.uniform(control.minimum(), control.maximum()))
        elif isinstance(control, QComboBox):
            if control.count():
                control.setCurrentIndex(self._random.randrange(control.count()))
        else:
            control.click()

    @staticmethod
    def _waits(control: QWidget) -> bool:
        """Whether it opens a menu that waits for a person, segments, or trains."""
        menu = getattr(control, "menu", None)
        text = control.text() if isinstance(control, QPushButton) else ""
        slow = any(word in text for word in ("Retrain", "Segment", "Explain", "Heat Map"))
        action = getattr(control, "defaultAction", lambda: None)()
        barred = action is not None and action.objectName() in _NEVER | _SLOW
        return slow or barred or (callable(menu) and menu() is not None)

    def _labels(self) -> None:
        panel, labelmap = self.window.labels, self.session.labelmap
        if labelmap is None:
            return
        what = self._random.choice(
            (*["add"] * 4, "delete", "merge", "move", "rename", "lock", "show")
        )
        ids = [label.id for label in labelmap.table]
        self._say(f"labels: {what}")
        if what == "add" or not ids:
            panel.add_button.click()
            return
        one, other = self._random.choice(ids), self._random.choice(ids)
        label = labelmap.table[one]
        if what == "delete":
            panel.deletion_wanted.emit(one)
        elif what == "merge" and one != other:
            panel.merge_wanted.emit(one, other)
        elif what == "move":
            panel.move_wanted.emit(one, self._random.choice((-1, 1)))
        elif what == "rename":
            panel.label_edited.emit(replace(label, name=f"name {self._count}"))
        elif what == "lock":
            panel.label_edited.emit(replace(label, locked=not label.locked))
        else:
            panel.label_edited.emit(replace(label, visible=not label.visible))

    def _measures(self) -> None:
        panel, items = self.window.measures, self.session.measures.items
        if not items:
            return
        measure = self._random.choice(items)
        what = self._random.choice(("jump", "remove", "change", "words"))
        self._say(f"measure {measure.kind}: {what}")
        if what == "jump":
            panel.chosen.emit(measure.id)
        elif what == "remove":
            panel.removal_wanted.emit(measure.id)
        elif what == "change":
            panel.edited.emit(replace(measure, name=f"measure {self._count}"))
        else:
            panel.text_wanted.emit(measure.id)

    def _versions(self) -> None:
        panel, volume = self.window.versions, self.session.volume
        if volume is None:
            return
        known = self.session.workspace.versions(volume.case_key)
        what = self._random.choice(("keep", "compare", "return", "delete"))
        self._say(f"versions: {what}")
        if what == "keep" or not known:
            panel.keeping_wanted.emit("")
            return
        version = self._random.choice(known)
        signal = {
            "compare": panel.comparison_wanted,
            "return": panel.return_wanted,
            "delete": panel.deletion_wanted,
        }[what]
        signal.emit(version.id, version.name)

    def _series(self) -> None:
        panel = self.window.series
        entries = panel.entries()
        if not entries:
            return
        signal = self._random.choice(("series_chosen", "beside_wanted", "fusion_wanted"))
        self._say(f"series: {signal}")
        getattr(panel, signal).emit(self._random.choice(entries), 0)

    def _wait(self) -> None:
        if self._random.random() < 0.3:
            self._say("settle")
            self.settle()
        else:
            milliseconds = self._random.choice((1, 10, 50, 200))
            self._say(f"wait {milliseconds}")
            QTest.qWait(milliseconds)
