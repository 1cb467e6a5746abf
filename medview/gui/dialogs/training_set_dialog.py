"""TrainingSetDialog: every accepted slice, what it is used for, and what is left out and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from medview.gui.pictures import pixmap
from medview.gui.words import counted, tr
from medview.gui.workbench import Workbench
from medview.session.training_browser import FEW_PATIENTS, SetSummary, TrainingEntry

_ENTRY = Qt.ItemDataRole.UserRole
_FILTERS = ("Use", "Label", "Reviewer", "Modality")
EXPORTS = {
    "nnunet": "nnU-Net dataset",
    "monai": "MONAI data list",
    "coco": "COCO with PNG slices",
    "dicom-seg": "DICOM segmentation",
    "rtstruct": "DICOM structure set",
    "nifti": "NIfTI with a manifest",
    "png": "PNG slices",
}
_USES = ("train", "held-out", "left out", "two readers")


class TrainingSetDialog(QDialog):
    """Thumbnails under four filters; excluding asks for the reason, which stays with the slice."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Training Set"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self._entries: dict[tuple[str, int], TrainingEntry] = {}
        self._running: list[Any] = []
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.filters = {name: QComboBox() for name in _FILTERS}
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Accepted slices"))
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setIconSize(QSize(96, 96))
        self.list.setGridSize(QSize(128, 140))
        self.list.setUniformItemSizes(True)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.list.itemSelectionChanged.connect(self._choose)
        self.detail = QLabel()
        self.detail.setTextFormat(Qt.TextFormat.PlainText)
        self.detail.setWordWrap(True)
        self.detail.setMinimumHeight(72)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.exclude = QPushButton(tr("Leave Out…"))
        self.exclude.setToolTip(tr("Keep them accepted, but do not train on or measure with them"))
        self.exclude.clicked.connect(self._exclude)
        self.include = QPushButton(tr("Take In Again"))
        self.include.clicked.connect(self._include)
        self.take_in = QPushButton(tr("Import"))
        self.give_out = QPushButton(tr("Export"))
        self.give_out.setToolTip(tr("All accepted slices for other programs, without names"))
        self._lay_out()
        self.load()

    def _lay_out(self) -> None:
        menu = QMenu(self.take_in)
        for text, action in (
            (tr("nnU-Net Dataset…"), self._import_folder),
            (tr("Manifest…"), self._import_manifest),
            (tr("Images and Labels in Two Folders…"), self._import_pair),
        ):
            menu.addAction(text).triggered.connect(action)
        self.take_in.setMenu(menu)
        kinds = QMenu(self.give_out)
        for kind, text in EXPORTS.items():
            kinds.addAction(tr(text)).triggered.connect(
                lambda _checked=False, kind=kind: self._ask_export(kind)
            )
        self.give_out.setMenu(kinds)
        line = QHBoxLayout()
        for name, combo in self.filters.items():
            combo.setAccessibleName(tr("Filter: {name}").format(name=tr(name)))
            combo.addItem(tr("{name}: all").format(name=tr(name)), None)
            combo.currentIndexChanged.connect(self._filter)
            line.addWidget(combo, 1)
        for use in _USES:
            self.filters["Use"].addItem(tr(use), use)
        buttons = QHBoxLayout()
        buttons.addWidget(self.take_in)
        buttons.addWidget(self.give_out)
        buttons.addStretch(1)
        buttons.addWidget(self.exclude)
        buttons.addWidget(self.include)
        layout = QVBoxLayout(self)
        layout.addWidget(self.summary)
        layout.addLayout(line)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.detail)
        layout.addLayout(buttons)
        self.resize(860, 640)
        self._choose()

    # ---- reading

    def load(self) -> None:
        """Read the set anew; what is chosen goes."""
        self._entries.clear()
        self.list.clear()
        self._start(
            self._bench.session.training_entries_job(),
            on_item=self._take,
            on_done=lambda _count: self._loaded(),
        )

    def _take(self, entries: Iterable[TrainingEntry]) -> None:
        for entry in entries:
            self._entries[entry.key] = entry
            item = QListWidgetItem(QIcon(pixmap(entry.picture)), _caption(entry), self.list)
            item.setData(_ENTRY, entry)
            item.setToolTip(_words(entry))
            if entry.why_not:
                item.setForeground(self.palette().placeholderText())

    def _loaded(self) -> None:
        rows = list(self._entries.values())
        for name, values in (
            ("Label", {label for one in rows for label in one.labels}),
            ("Reviewer", {reader for one in rows for reader in one.readers}),
            ("Modality", {one.modality for one in rows}),
        ):
            combo = self.filters[name]
            chosen = combo.currentData()
            combo.blockSignals(True)
            while combo.count() > 1:
                combo.removeItem(1)
            for value in sorted(values):
                combo.addItem(value or "-", value)
            combo.setCurrentIndex(max(0, combo.findData(chosen)) if chosen else 0)
            combo.blockSignals(False)
        self.summary.setText(summary_words(SetSummary.of(rows)))
        self._filter()
        self._choose()

    def _filter(self) -> None:
        wanted = {name: combo.currentData() for name, combo in self.filters.items()}
        for number in range(self.list.count()):
            item = self.list.item(number)
            item.setHidden(not _fits(item.data(_ENTRY), wanted))

    @property
    def shown(self) -> list[TrainingEntry]:
        """The entries that pass the filters."""
        items = (self.list.item(number) for number in range(self.list.count()))
        return [item.data(_ENTRY) for item in items if not item.isHidden()]

    # ---- choosing

    @property
    def chosen(self) -> list[TrainingEntry]:
        return [item.data(_ENTRY) for item in self.list.selectedItems() if not item.isHidden()]

    def _choose(self) -> None:
        chosen = self.chosen
        self.exclude.setEnabled(any(not one.is_excluded for one in chosen))
        self.include.setEnabled(any(one.is_excluded for one in chosen))
        if len(chosen) == 1:
            self.detail.setText(_words(chosen[0]))
        else:
            self.detail.setText(
                counted(len(chosen), "{count} slice chosen", "{count} slices chosen")
                if chosen
                else tr("Click on slices to leave them out or to read more about them.")
            )

    def _exclude(self) -> None:
        keys = [one.key for one in self.chosen if not one.is_excluded]
        reason, sure = QInputDialog.getText(
            self, tr("Leave Out"), tr("Why are they left out? The reason is kept with them.")
        )
        if sure and keys:
            self._bench.session.exclude_slices(keys, reason.strip() or tr("no reason given"))
            self.load()

    def _include(self) -> None:
        keys = [one.key for one in self.chosen if one.is_excluded]
        self._bench.session.include_slices(keys)
        self.load()

    # ---- import

    def _import_folder(self) -> None:
        self.import_labels(self._ask_folder(tr("nnU-Net Dataset")))

    def _import_manifest(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Manifest"), "", "JSON (*.json)")
        self.import_labels(Path(chosen) if chosen else None)

    def _import_pair(self) -> None:
        images = self._ask_folder(tr("Folder of Images"))
        labels = None if images is None else self._ask_folder(tr("Folder of Labels"))
        if labels is not None:
            self.import_labels(images, labels)

    def _ask_folder(self, title: str) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self, title)
        return Path(chosen) if chosen else None

    def import_labels(self, source: Path | None, labels: Path | None = None) -> None:
        """Accept every labelled case that lies there, as a job."""
        if source is None:
            return
        self.take_in.setEnabled(False)
        self.summary.setText(tr("Accepting labels …"))
        self._start(
            self._bench.session.bulk_accept_job(source, labels),
            on_done=self._imported,
            on_error=self._import_failed,
            on_cancelled=lambda: self._import_failed(None),
        )

    def _imported(self, result: Any) -> None:
        self.take_in.setEnabled(True)
        slices = sum(len(one.slices) for one in result.accepted)
        words = tr("{cases} with {slices} accepted.").format(
            cases=counted(len(result.accepted), "{count} case", "{count} cases"),
            slices=counted(slices, "{count} slice", "{count} slices"),
        )
        if result.left_out:
            lost = tr("Left out: {cases}").format(cases="; ".join(result.left_out[:5]))
            words = f"{words} {lost}"
        self._bench.messages.show_note(words, severity="warning" if result.left_out else "note")
        self._bench.session.reviews_changed.emit()
        self.load()

    def _import_failed(self, error: Exception | None) -> None:
        self.take_in.setEnabled(True)
        if error is not None:
            self._bench.messages.show_error(error)
        self.load()

    # ---- export

    def _ask_export(self, kind: str) -> None:
        folder = self._ask_folder(tr("An Empty Folder"))
        if folder is not None:
            self.export(kind, folder)

    def export(self, kind: str, folder: Path) -> None:
        """Write the whole set with its dataset card; read back by the job."""
        self._start(
            self._bench.session.training_set_job(kind, folder),
            on_done=lambda written: self._bench.messages.show_note(
                tr("{cases} written to {folder} and read back.").format(
                    cases=counted(written.cases, "{count} case", "{count} cases"), folder=folder
                )
            ),
        )

    # ---- jobs

    def _start(self, job: Any, **callbacks: Any) -> None:
        for running in self._running:
            if running.job.name == job.name:
                running.drop()
        self._running = [one for one in self._running if one.is_active and not one.is_stale]
        callbacks.setdefault("on_error", self._bench.messages.show_error)
        self._running.append(self._bench.runner.start(job, **callbacks))

    def done(self, result: int) -> None:
        """Closing stops reading and importing; cases accepted so far stay."""
        for running in self._running:
            running.drop()
        super().done(result)


def _fits(entry: TrainingEntry, wanted: dict[str, Any]) -> bool:
    uses = {
        None: True,
        "left out": bool(entry.why_not),
        "two readers": len(entry.readers) > 1,
        "train": entry.split == "train" and not entry.why_not,
        "held-out": entry.split == "held-out" and not entry.why_not,
    }
    return (
        uses[wanted["Use"]]
        and wanted["Label"] in (None, *entry.labels)
        and wanted["Reviewer"] in (None, *entry.readers)
        and wanted["Modality"] in (None, entry.modality)
    )


def _caption(entry: TrainingEntry) -> str:
    use = tr("left out") if entry.why_not else tr(entry.split)
    return tr("slice {number}").format(number=entry.slice_index + 1) + f"\n{use}"


def _words(entry: TrainingEntry) -> str:
    """All that is known of a slice."""
    day = datetime.fromtimestamp(entry.time).strftime("%Y-%m-%d %H:%M")
    lines = [
        f"{entry.title or entry.case_key}, "
        + tr("slice {number}").format(number=entry.slice_index + 1),
        tr("patient {patient}, {split}; labels: {labels}").format(
            patient=entry.patient[:7],
            split=tr(entry.split),
            labels=", ".join(entry.labels) or tr("none on this slice"),
        ),
        tr("read by {readers}, {day}").format(readers=", ".join(entry.readers), day=day),
    ]
    if entry.agreement:
        parts = ", ".join(f"{name} {value:.3f}" for name, value in entry.agreement.items())
        lines.append(tr("agreement of the two readers (Dice): {parts}").format(parts=parts))
    if entry.why_not:
        lines.append(tr("left out: {why}").format(why=tr(entry.why_not)))
    if entry.is_seen:
        lines.append(tr("the model was made from this patient, so it proves nothing"))
    return "\n".join(lines)


def summary_words(found: SetSummary) -> str:
    """The set in two sentences, and what too few patients mean."""
    words = tr(
        "{train} train ({train_patients}), {held_out} are held out ({held_out_patients}), "
        "{left_out} left out."
    ).format(
        train=counted(found.train, "{count} slice", "{count} slices"),
        train_patients=counted(found.train_patients, "{count} patient", "{count} patients"),
        held_out=counted(found.held_out, "{count} slice", "{count} slices"),
        held_out_patients=counted(found.held_out_patients, "{count} patient", "{count} patients"),
        left_out=found.left_out,
    )
    words += " " + tr("Who is held out was chosen when the patient entered, and stays.")
    if found.seen_patients:
        words += " " + tr(
            "{patients} held out were used to make the model and are not counted."
        ).format(patients=counted(found.seen_patients, "{count} patient", "{count} patients"))
    if found.train and found.held_out_patients < FEW_PATIENTS:
        words += " " + tr("So few held-out patients give a hint, no proof.")
    return words
