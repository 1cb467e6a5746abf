"""WorklistPanel: slices to correct next, click to go there, and what was learned about choosing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medview.ai.worklist.bandit import Bandit
from medview.ai.worklist.pick import Proposal
from medview.ai.worklist.strategy import strategies
from medview.gui.words import counted, tr

_PROPOSAL = Qt.ItemDataRole.UserRole


class WorklistPanel(QWidget):
    """The choice of a strategy, Propose, the list, and the learned state with Reset."""

    propose_wanted = Signal(str)  # a strategy's id, or "learned"
    chosen = Signal(object)  # Proposal
    reset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strategy = QComboBox()
        self.strategy.setAccessibleName(tr("How slices are chosen"))
        self.strategy.addItem(tr("Learn from me"), "learned")
        self.strategy.setItemData(
            0,
            tr("Tries all ways, and more often those that let you correct much in little time"),
            Qt.ItemDataRole.ToolTipRole,
        )
        for number, one in enumerate(strategies().values(), start=1):
            self.strategy.addItem(tr(one.name), one.id)
            self.strategy.setItemData(number, tr(one.description), Qt.ItemDataRole.ToolTipRole)
        self.propose = QPushButton(tr("Propose"))
        self.propose.setToolTip(
            tr("Let the model look at every case, and list the slices that are worth correcting")
        )
        self.propose.clicked.connect(lambda: self.propose_wanted.emit(self.strategy.currentData()))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Slices to correct next"))
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        self.note = _quiet()
        self.learned = _quiet()
        self.learned.setAccessibleName(tr("What was learned"))
        self.reset = QPushButton(tr("Forget This"))
        self.reset.setToolTip(tr("Begin to learn anew which slices are worth your time"))
        self.reset.clicked.connect(self.reset_wanted)
        line = QHBoxLayout()
        line.addWidget(self.strategy, 1)
        line.addWidget(self.propose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 6)
        layout.addLayout(line)
        layout.addWidget(self.note)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.learned)
        layout.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        self.say("")

    def say(self, text: str) -> None:
        """A line above the list."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def show_proposals(self, proposals: Sequence[Proposal], titles: Mapping[str, str]) -> None:
        """The list; ``titles`` are those of the cases."""
        self.list.clear()
        names = {one.id: tr(one.name) for one in strategies().values()}
        for proposal in proposals:
            facts = proposal.facts
            words = tr("slice {number}: {strategy}").format(
                number=facts.slice_index + 1, strategy=names[proposal.strategy]
            )
            case = titles.get(facts.case_key) or tr("this case")
            item = QListWidgetItem(f"{words}\n    {case}", self.list)
            item.setData(_PROPOSAL, proposal)
            item.setToolTip(
                tr("doubt {doubt:.2f}, otherwise before {disagreement:.2f}, "
                   "unlike its neighbours {inconsistency:.2f}, rare {rarity:.2f}").format(
                    doubt=facts.doubt, disagreement=facts.disagreement,
                    inconsistency=facts.inconsistency, rarity=facts.rarity,
                )
            )  # fmt: skip

    def show_learned(self, bandit: Bandit) -> None:
        """Corrected pixels per second, by strategy."""
        names = {one.id: tr(one.name) for one in strategies().values()}
        lines = []
        for name, arm in bandit.arms.items():
            if arm.mean is not None:
                words = tr("{name}: {mean:.0f} pixels corrected per second")
                lines.append(words.format(name=names[name], mean=arm.mean))
        seen = counted(bandit.rewards, "{count} slice", "{count} slices")
        head = tr("Learned from {slices}").format(slices=seen) if lines else tr("Nothing learned")
        self.learned.setText("\n".join([head, *lines]))
        self.reset.setEnabled(bool(lines))

    def _go(self, item: Any) -> None:
        self.chosen.emit(item.data(_PROPOSAL))


def _quiet() -> QLabel:
    label = QLabel()
    label.setObjectName("quiet")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
