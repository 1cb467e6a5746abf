"""KeyBindings: which keys and mouse drags do what: the table's own, or what the person chose."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence

from medview.gui.action_rows import ActionSpec
from medview.gui.actions import ACTIONS, ActionSet, show_keys
from medview.gui.view_mouse import DEFAULT_DRAGS, DRAGS
from medview.store.settings import Settings

_KEYS, _MOUSE = "shortcuts", "mouse_drags"
BUTTONS = {
    "left": Qt.MouseButton.LeftButton,
    "middle": Qt.MouseButton.MiddleButton,
    "right": Qt.MouseButton.RightButton,
}


class KeyBindings(QObject):
    """Only what differs from the table is kept in the settings.

    ``drags`` is the one table that all slice views look into: button -> kind of drag.
    """

    changed = Signal()

    def __init__(
        self, actions: ActionSet, settings: Settings, drags: dict[Qt.MouseButton, str]
    ) -> None:
        super().__init__(actions)
        self.specs: dict[str, ActionSpec] = {spec.id: spec for spec in ACTIONS}
        self._actions = actions
        self._settings = settings
        self._drags = drags
        stored = settings.get(_KEYS, {})
        self._own: dict[str, list[str]] = {
            name: [str(key) for key in keys]
            for name, keys in stored.items()
            if name in self.specs and isinstance(keys, list)
        }
        for name in self._own:
            self._show(name)
        for button, kind in settings.get(_MOUSE, {}).items():
            if button in BUTTONS and isinstance(kind, str) and kind in DRAGS:
                drags[BUTTONS[button]] = kind

    # ---- keys

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action, in Qt's portable words ("Ctrl+G")."""
        own = self._own.get(action_id)
        return self.specs[action_id].shortcuts if own is None else tuple(own)

    def is_own(self, action_id: str) -> bool:
        """Whether the person chose them."""
        return action_id in self._own

    def user_of(self, key: str, besides: str) -> ActionSpec | None:
        """The other action that has this key already."""
        wanted = QKeySequence(key)
        for name, spec in self.specs.items():
            if name != besides and any(QKeySequence(k) == wanted for k in self.keys(name)):
                return spec
        return None

    def set_keys(self, action_id: str, keys: tuple[str, ...]) -> None:
        """Other keys for an action; whoever had one of them loses it."""
        for key in keys:
            while (other := self.user_of(key, action_id)) is not None:
                rest = [k for k in self.keys(other.id) if QKeySequence(k) != QKeySequence(key)]
                self._own[other.id] = rest
                self._show(other.id)
        self._own[action_id] = list(keys)
        self._keep(action_id)

    def reset(self, action_id: str) -> None:
        """The table's own keys again, taken back from whoever has them now."""
        if action_id in self._own:
            self.set_keys(action_id, self.specs[action_id].shortcuts)

    def reset_all(self) -> None:
        """Every key and every mouse button as medview brings them."""
        changed, self._own = list(self._own), {}
        for name in changed:
            self._show(name)
        self._drags.update(DEFAULT_DRAGS)
        self._settings.set(_MOUSE, {})
        self._settings.set(_KEYS, {})
        self.changed.emit()

    def _keep(self, action_id: str) -> None:
        if tuple(self._own.get(action_id, ())) == self.specs[action_id].shortcuts:
            self._own.pop(action_id, None)
        self._show(action_id)
        self._settings.set(_KEYS, self._own)
        self.changed.emit()

    def _show(self, action_id: str) -> None:
        show_keys(self._actions.by_id[action_id], self.specs[action_id], self.keys(action_id))

    # ---- mouse

    def drag(self, button: str) -> str:
        """The kind of drag ("window", "pan", "zoom", "scroll") of a button in view mode."""
        return self._drags[BUTTONS[button]]

    def set_drag(self, button: str, kind: str) -> None:
        self._drags[BUTTONS[button]] = kind
        self._settings.set(_MOUSE, {name: self.drag(name) for name in BUTTONS})
        self.changed.emit()
