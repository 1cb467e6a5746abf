"""ShortcutsDialog: all keys and mouse actions, searchable, and each of them can be changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from medview.gui.actions import MOUSE
from medview.gui.key_bindings import BUTTONS, KeyBindings
from medview.gui.tree_items import children
from medview.gui.view_mouse import DRAGS
from medview.gui.words import tr

_ID = Qt.ItemDataRole.UserRole
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, 0)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
HINT = "Click an action, or Enter on it, then press its new keys. Delete: no key. Esc: leave it."
WAITING = "press keys …"
_DRAG_OF = {"left": "Left drag", "middle": "Middle drag", "right": "Right drag"}


class ShortcutsDialog(QDialog):
    """Not modal: it may stay open beside the work. What is changed holds at once."""

    def __init__(self, bindings: KeyBindings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bindings = bindings
        self._waiting: QTreeWidgetItem | None = None
        self._offered = ""  # a key that another action has, pressed once
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search an action or a key"))
        self.search.setAccessibleName(tr("Search shortcuts"))
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Shortcuts"))
        self.tree.setHeaderLabels([tr("Action"), tr("Key")])
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.tree.setUniformRowHeights(True)
        self.hint = QLabel(tr(HINT))
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        self.reset_one = QPushButton(tr("Reset This Action"))
        self.reset_every = QPushButton(tr("Reset All"))
        for button in (self.reset_one, self.reset_every):
            button.setAutoDefault(False)  # Enter belongs to the list
        self.drags: dict[str, QComboBox] = {}
        self._lay_out()
        self._fill()
        self._connect()
        self.resize(560, 720)

    def _lay_out(self) -> None:
        mouse = QFormLayout()
        for button in BUTTONS:
            combo = QComboBox()
            combo.setAccessibleName(tr(_DRAG_OF[button]))
            for kind, (words, _) in DRAGS.items():
                combo.addItem(tr(words), kind)
            self.drags[button] = combo
            text = tr("{button}, without a tool").format(button=tr(_DRAG_OF[button]))
            mouse.addRow(text, combo)
        buttons = QHBoxLayout()
        buttons.addWidget(self.reset_one)
        buttons.addStretch(1)
        buttons.addWidget(self.reset_every)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.hint)
        layout.addLayout(mouse)
        layout.addLayout(buttons)

    def _fill(self) -> None:
        """One row per action, under its menu; then what the mouse does."""
        groups: dict[str, QTreeWidgetItem] = {}
        for spec in self._bindings.specs.values():
            group = groups.get(spec.menu) or self._group(spec.place)
            groups[spec.menu] = group
            row = QTreeWidgetItem(group, [spec.name, ""])
            row.setData(0, _ID, spec.id)
            row.setToolTip(0, spec.shown_tip)
        mouse = self._group(tr("Mouse"))
        for how, what in MOUSE:
            QTreeWidgetItem(mouse, [tr(what), tr(how)]).setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.tree.expandAll()
        self._show()

    def _group(self, title: str) -> QTreeWidgetItem:
        top = QTreeWidgetItem(self.tree, [title])
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = top.font(0)
        font.setBold(True)
        top.setFont(0, font)
        return top

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.tree.itemClicked.connect(lambda item, _column: self._wait(item))
        self.tree.installEventFilter(self)
        self.reset_one.clicked.connect(self._reset_one)
        self.reset_every.clicked.connect(self._bindings.reset_all)
        self._bindings.changed.connect(self._show)
        for button, combo in self.drags.items():
            combo.activated.connect(lambda _row, name=button: self._choose_drag(name))

    def rows(self) -> list[QTreeWidgetItem]:
        """The rows of actions, in order."""
        return [item for top in self._groups() for item in children(top) if item.data(0, _ID)]

    def _groups(self) -> list[QTreeWidgetItem]:
        return children(self.tree.invisibleRootItem())

    def _show(self) -> None:
        for item in self.rows():
            action_id = item.data(0, _ID)
            item.setText(1, "   ".join(self._bindings.keys(action_id)))
            font = item.font(1)
            font.setBold(self._bindings.is_own(action_id))
            item.setFont(1, font)
        for button, combo in self.drags.items():
            combo.setCurrentIndex(combo.findData(self._bindings.drag(button)))

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        for top in self._groups():
            seen = 0
            for item in children(top):
                words = f"{top.text(0)} {item.text(0)} {item.text(1)}".lower()
                item.setHidden(wanted not in words)
                seen += not item.isHidden()
            top.setHidden(not seen)

    # ---- a new key

    def _wait(self, item: QTreeWidgetItem) -> None:
        """The next keys pressed are this action's."""
        self._stop_waiting()
        if item.data(0, _ID):
            self._waiting, self._offered = item, ""
            item.setText(1, tr(WAITING))
            self.tree.setFocus()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting = None
            self.hint.setText(tr(HINT))
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter begins; while a row waits every key is its own."""
        begins = isinstance(event, QKeyEvent) and event.key() in _ENTER
        if self._waiting is None and not begins:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if self._waiting is not None:
                self._take(event)
            elif (current := self.tree.currentItem()) is not None:
                self._wait(current)
            return True
        if event.type() == QEvent.Type.FocusOut:
            self._stop_waiting()
        return super().eventFilter(watched, event)

    def _take(self, event: QKeyEvent) -> None:
        item = self._waiting
        if item is None or event.key() in _MODIFIERS:
            return
        action_id, plain = str(item.data(0, _ID)), not event.modifiers()
        if plain and event.key() == Qt.Key.Key_Escape:
            self._stop_waiting()
            return
        keys: tuple[str, ...] = ()
        if not (plain and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)):
            key = _words(event)
            other = self._bindings.user_of(key, action_id)
            if other is not None and key != self._offered:
                self._offered = key
                name = other.name
                self.hint.setText(
                    tr("{key} is the key of {name}. Press it again to take it.").format(
                        key=key, name=name
                    )
                )
                return
            keys = (key,)
        self._waiting = None
        self.hint.setText(tr(HINT))
        self._bindings.set_keys(action_id, keys)

    def _reset_one(self) -> None:
        item = self.tree.currentItem()
        if item is not None and item.data(0, _ID):
            self._stop_waiting()
            self._bindings.reset(str(item.data(0, _ID)))

    def _choose_drag(self, button: str) -> None:
        self._bindings.set_drag(button, str(self.drags[button].currentData()))


def _words(event: QKeyEvent) -> str:
    """The keys in Qt's portable words; a sign that needs Shift is named without it."""
    combination = event.keyCombination()
    text = event.text()
    if text and text.isprintable() and not text.isalnum() and text != " ":
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        modifiers &= ~Qt.KeyboardModifier.KeypadModifier
        return QKeySequence(event.key() | modifiers.value).toString()
    return QKeySequence(combination).toString()
