"""RecentMenu: what was opened last, to open it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from medview.gui.words import tr
from medview.store.settings import Settings


class RecentMenu(QMenu):
    """Filled anew each time it is shown."""

    def __init__(
        self, settings: Settings, open_paths: Callable[[Sequence[Path]], None], parent: QWidget
    ) -> None:
        super().__init__(tr("Open Recent"), parent)
        self._settings = settings
        self._open_paths = open_paths
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for path in self._settings.recent_paths():
            action = self.addAction(str(path).replace("&", "&&"))
            action.triggered.connect(partial(self._open, path))
        self.addSeparator()
        self.addAction(tr("Forget These")).triggered.connect(self._settings.clear_recent_paths)

    def _open(self, path: Path) -> None:
        self._open_paths([path])
