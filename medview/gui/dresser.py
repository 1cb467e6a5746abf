"""Dresser: the theme while the program runs, remembered for the next start."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from medview.gui import icons, language, theme
from medview.gui.actions import ActionSet
from medview.store.settings import Settings


class Dresser(QObject):
    """Changes the colours of everything, and the icons with them; keeps the language asked for."""

    def __init__(self, actions: ActionSet, settings: Settings) -> None:
        super().__init__(actions)
        self._actions = actions
        self._settings = settings
        self._apply(settings.get(theme.SETTING, theme.DEFAULT))
        self._tick_language()

    def choose(self, name: str) -> None:
        """Dress the program in a theme of the table."""
        self._settings.set(theme.SETTING, name)
        self._apply(name)

    def _apply(self, name: str) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, name)
        icons.dress(self._actions.by_id)
        for known in theme.THEMES:
            self._actions.by_id[f"theme-{known}"].setChecked(known == theme.current())

    def choose_language(self, code: str) -> None:
        """The language of the next start: what stands already keeps its words."""
        self._settings.set(language.SETTING, code)
        self._tick_language()

    def _tick_language(self) -> None:
        wanted = self._settings.get(language.SETTING, language.SYSTEM)
        for code, _ in language.LANGUAGES:
            self._actions.by_id[language.action_id(code)].setChecked(code == wanted)
