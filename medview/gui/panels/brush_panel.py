"""BrushPanel: the active tool's or operation's options, as the form its dataclass asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from medview.edit.tool import Tool
from medview.gui.option_form import OptionForm
from medview.gui.words import tr

if TYPE_CHECKING:
    from medview.gui.tool_host import ToolHost

_COLUMNS = 2  # of tool buttons
_ROOM = 90  # pixels kept visible around the form: the buttons under it
_POLICIES = (
    ("all", "Paint over all labels", "Every label but the locked ones"),
    ("visible", "Paint over visible labels", "Labels that are hidden stay as they are"),
    ("none", "Paint over background only", "Every other label stays as it is"),
)


class BrushPanel(QWidget):
    """Rebuilt when another tool becomes active; empty while navigating.

    Two buttons do what Enter and Esc do while something is proposed.
    """

    options_edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QLabel()
        self._words.setObjectName("quiet")
        self._words.setWordWrap(True)
        self._form: OptionForm | None = None
        self.overwrite = QComboBox()
        self.overwrite.setAccessibleName(tr("What may be painted over"))
        shrinks = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.overwrite.setSizeAdjustPolicy(shrinks)
        for policy, text, tip in _POLICIES:
            self.overwrite.addItem(tr(text), policy)
            last = self.overwrite.count() - 1
            self.overwrite.setItemData(last, tr(tip), Qt.ItemDataRole.ToolTipRole)
        self.keep_button = QPushButton(tr("Keep It"))
        self.keep_button.setToolTip(tr("Paint what is proposed (Enter)"))
        self.drop_button = QPushButton(tr("Drop It"))
        self.drop_button.setToolTip(tr("Forget what is proposed (Esc)"))
        row = QHBoxLayout()
        row.addWidget(self.keep_button)
        row.addWidget(self.drop_button)
        self._buttons = QGridLayout()
        self._buttons.setSpacing(2)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._buttons)
        self._layout.addWidget(self._words)
        self._layout.addWidget(self.overwrite)
        self._layout.addLayout(row)
        self.show_tool(None)
        self.show_draft(has_draft=False)

    @property
    def form(self) -> OptionForm | None:
        return self._form

    def follow(self, host: ToolHost) -> None:
        """Show the host's drafts and its overwrite policy, and carry out what is clicked."""
        self.keep_button.clicked.connect(host.keep_draft)
        self.drop_button.clicked.connect(host.drop_draft)
        host.draft_changed.connect(lambda: self.show_draft(has_draft=host.draft is not None))
        with QSignalBlocker(self.overwrite):
            self.overwrite.setCurrentIndex(max(self.overwrite.findData(host.overwrite), 0))
        self.overwrite.currentIndexChanged.connect(
            lambda _index: host.set_overwrite(self.overwrite.currentData())
        )

    def show_tool(self, tool: Any | None) -> None:
        """The form of a tool or an operation, or how to get one."""
        if self._form is not None:
            self._form.hide()  # it goes in a later turn only
            self._form.deleteLater()
            self._layout.removeWidget(self._form)
            self._form = None
        self.overwrite.setVisible(isinstance(tool, Tool))  # operations say it themselves
        if tool is None:
            self._words.setText(tr("Navigating. B paints, E erases, Esc comes back."))
            return
        self._words.setText(f"{tr(tool.name)}: {tr(tool.description)}")
        if tool.options is not None:
            self._form = OptionForm(tool.options)
            self._form.changed.connect(self.options_edited)
            self._layout.insertWidget(2, self._form)
        QTimer.singleShot(0, self, self._come_into_sight)

    def add_tools(self, actions: Iterable[QAction]) -> None:
        """A button for each tool."""
        for number, action in enumerate(actions):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._buttons.addWidget(button, number // _COLUMNS, number % _COLUMNS)

    def _come_into_sight(self) -> None:
        """The column of panels scrolls to the form of the tool that was just chosen."""
        place = self.parentWidget()
        while place is not None and not isinstance(place, QScrollArea):
            place = place.parentWidget()
        if place is not None and self._form is not None:
            place.ensureWidgetVisible(self._form, 0, _ROOM)

    def show_draft(self, *, has_draft: bool) -> None:
        """Whether something is proposed."""
        self.keep_button.setVisible(has_draft)
        self.drop_button.setVisible(has_draft)

    def show_options(self, options: Any) -> None:
        """Options changed by a key or the wheel."""
        if self._form is not None and type(self._form.options) is type(options):
            self._form.set_options(options)
