"""CommandPalette: every action by a few letters of its name, with the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from medview.gui.actions import ACTIONS, ActionSet
from medview.gui.words import tr

_ID = Qt.ItemDataRole.UserRole
_SIZE = (620, 420)
_TOP = 80  # pixels under the window's upper edge
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_OWN = (*_MOVES, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_SELF = "palette"


def fit(query: str, text: str) -> int | None:
    """How well the letters of ``query`` lie in ``text`` in their order; None when they do not.

    The whole query in one piece counts most, more so at the beginning of a word; then letters at
    the beginning of words and letters in a row; skipped ones cost.
    """
    wanted, words = query.strip().lower(), text.lower()
    piece = words.find(wanted)
    if piece >= 0:
        head = piece == 0 or not words[piece - 1].isalnum()
        return 100 + 50 * head + 25 * (piece == 0)
    score, place, run = 0, 0, 0
    for letter in wanted.replace(" ", ""):
        starts = [n for n in range(place, len(words)) if words[n] == letter]
        if not starts:
            return None
        heads = [n for n in starts if n == 0 or not words[n - 1].isalnum()]
        found = place if words[place : place + 1] == letter else (heads or starts)[0]
        run = run + 1 if found == place and place else 0
        score += 8 * (found in heads) + 5 * run - min(found - place, 6)
        place = found + 1
    return score


class CommandPalette(QFrame):
    """A line to type in and what fits it, best first; Enter does it, Esc leaves.

    It lies in the window, not over it: a popup would take the keyboard from the whole desktop.
    """

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = actions
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("What do you want to do?"))
        self.line.setAccessibleName(tr("Search actions"))
        self.list = QTreeWidget()
        self.list.setAccessibleName(tr("Actions"))
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        nothing = QPixmap(16, 16)
        nothing.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(nothing)  # so that all names stand in line
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addWidget(self.list, 1)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._fill)
        self.list.itemClicked.connect(lambda _item, _column: self._run())
        self.resize(*_SIZE)
        corner = QPoint((parent.width() - self.width()) // 2, _TOP)
        self.move(corner)
        self._fill("")
        self._before = QApplication.focusWidget()

    def ask(self) -> None:
        """Show it, ready to be typed into."""
        self.show()
        self.raise_()
        self.line.setFocus()

    def _fill(self, query: str) -> None:
        found = []
        for number, spec in enumerate(ACTIONS):
            name = spec.name
            place = spec.place
            score = fit(query, f"{name} {place} {spec.text}")
            if score is not None and spec.id != _SELF:
                found.append((-score, number, spec.id, name, place))
        self.list.clear()
        for _, _, action_id, name, place in sorted(found):
            action = self._actions.by_id[action_id]
            keys = "   ".join(key.toString() for key in action.shortcuts())
            item = QTreeWidgetItem(self.list, [name, place, keys])
            item.setData(0, _ID, action_id)
            item.setToolTip(0, action.statusTip())
            item.setDisabled(not action.isEnabled())
            item.setIcon(0, action.icon() if not action.icon().isNull() else self._blank)
        for column, width in enumerate((270, 180)):
            self.list.setColumnWidth(column, width)
        rows = [self.list.topLevelItem(n) for n in range(self.list.topLevelItemCount())]
        ready = [row for row in rows if row is not None and not row.isDisabled()]
        if ready:
            self.list.setCurrentItem(ready[0])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, down and Enter go to the list while the line keeps the focus."""
        if event.type() == QEvent.Type.FocusOut and not self.list.underMouse():
            self._leave()
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in _OWN:
                event.accept()  # not the window's shortcuts
                return True
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
            if event.key() in _MOVES:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is None or item.isDisabled():
            return
        action = self._actions.by_id[str(item.data(0, _ID))]
        self._leave()
        QTimer.singleShot(0, action, action.trigger)  # after the window has its focus back

    def _leave(self) -> None:
        """Give the focus back to where it was."""
        before, self._before = self._before, None
        if self.line.hasFocus() and before is not None and isValid(before):
            before.setFocus()
        self.close()
