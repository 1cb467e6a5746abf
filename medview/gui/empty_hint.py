"""EmptyHint: what to do next, written into a list while it is empty."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel

_ROOM = 12


class EmptyHint(QLabel):
    """Lies over a list, lets the mouse through, and goes when the first row comes."""

    def __init__(self, over: QAbstractItemView, text: str) -> None:
        super().__init__(text, over.viewport())
        self._over = over
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName("quiet")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        model = over.model()
        model.rowsInserted.connect(self._look)
        model.rowsRemoved.connect(self._look)
        model.modelReset.connect(self._look)
        over.viewport().installEventFilter(self)
        self._look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _look(self) -> None:
        self.setVisible(self._over.model().rowCount() == 0)
        self._fit()

    def _fit(self) -> None:
        self.setGeometry(self._over.viewport().rect().adjusted(_ROOM, _ROOM, -_ROOM, -_ROOM))
