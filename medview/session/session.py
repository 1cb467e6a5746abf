"""Session: what is open, the only mutable root object. No Qt, no torch."""

from __future__ import annotations

import getpass
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from psygnal import Signal

from medview.ai.backend_choice import BackendChoices
from medview.ai.catalog import DEFAULT_MODEL
from medview.ai.prediction import HeatMap
from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.job import Job
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.core.volume import Volume
from medview.edit.edit import Edit, Origin
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.formats.dicom_source import EMPTIED, KEPT
from medview.session import cases, exporting, labelling, reviewing
from medview.session.activity import Activity
from medview.session.attaching import Attached, attach_steps
from medview.session.cases import RestoreNote
from medview.session.explaining import ExplainPart
from medview.session.findings import Findings
from medview.session.measuring import Measures
from medview.session.model_jobs import ModelJobs
from medview.session.model_part import ModelPart
from medview.session.models import Models
from medview.session.predicting import (
    Preview,
    TouchedVoxels,
    run_steps,
)
from medview.session.saver import Saver
from medview.session.timeline import Done, Timeline
from medview.session.training_part import TrainingPart
from medview.session.worklist import Worklist
from medview.store.settings import Settings
from medview.store.workspace import Workspace

SCHEMA = "label_schema"  # the setting that holds the labels of new cases


class Session(ModelPart, ExplainPart, TrainingPart):
    """The open volume with its labels, history, preview, heat map and accepted slices.

    Only the thread that made it may call what changes it; jobs get data and give results back.
    Every committed edit goes to the workspace at once; `is_saved` says when all are there.
    """

    volume_changed = Signal()
    labels_changed = Signal(Box)
    preview_changed = Signal(Box)
    table_changed = Signal()
    history_changed = Signal()
    reviews_changed = Signal()
    heatmap_changed = Signal()
    doubts_changed = Signal()
    models_changed = Signal()
    saved = Signal(bool)

    def __init__(self, workspace: Workspace, settings: Settings | None = None) -> None:
        self.workspace = workspace
        self.settings = settings or Settings(workspace.folder)
        self.registry = Models(workspace)
        self.registry.pin(DEFAULT_MODEL)
        self.volume: Volume | None = None
        self.labelmap: LabelMap | None = None
        self.editor: MaskEditor | None = None
        self.history: History | None = None
        self.preview: Preview | None = None
        self.heatmaps: dict[int, HeatMap] = {}
        self.active_label = 1
        self.accepted: frozenset[int] = frozenset()
        self.doubts: dict[int, dict[int, float]] = {}  # of the newest prediction
        self._saver = Saver(workspace)
        self.measures = Measures(self._saver)
        self.timeline = Timeline(self.measures)
        self.activity = Activity(self._saver)
        self.worklist = Worklist(workspace, self._saver, self.registry)
        self.measures.committed.connect(self._on_measured)
        self._jobs = ModelJobs(self.registry, BackendChoices(workspace.folder))
        self.findings = Findings(workspace, self._saver, self.registry, self._jobs)
        self._touched = TouchedVoxels()
        self._preview_view: Any = None

    # ---- cases

    @property
    def person(self) -> str:
        """Who works here, for provenance: the setting ``reader``, else the account's name."""
        name = self.settings.get("reader", "")
        try:
            return name or getpass.getuser()
        except (OSError, KeyError):
            return "reader"

    def open_volume(self, volume: Volume) -> RestoreNote:
        """Show a volume (it may still be streaming in) and bring its case back as it was."""
        self.close_volume()
        self._saver.settle(volume.case_key)  # what was just done here must not be read too early
        self.volume = volume = cases.own_variant(self.workspace, volume)
        self._saver.settle(volume.case_key)  # and of its variant
        record = self.workspace.case(volume.case_key)
        if record is None:
            table = cases.first_table(self.registry, volume, self.settings.get(SCHEMA, []))
        else:
            table = cases.table_of(record)
        self.labelmap = LabelMap(volume.geometry, table)
        self.history = History()
        self.editor = MaskEditor(self.labelmap, self.history)
        note = RestoreNote()
        if record is not None:
            note = cases.restore(self.workspace, self.editor, volume.case_key)
            self._touched.invalidate()
        self.active_label = self.labelmap.table.labels[0].id if len(self.labelmap.table) else 0
        self.accepted = frozenset(self.workspace.reviewed_slices(volume.case_key))
        self.editor.changed.connect(self._on_changed)
        self.editor.committed.connect(self._on_committed)
        self.editor.table_changed.connect(self._on_table)
        self._saver.case(volume, self.labelmap.table)
        self.measures.open(volume, self.workspace)
        self.activity.open(volume.case_key, self.workspace)
        self.timeline.open(self.editor, self.history)
        self.volume_changed.emit()
        self.history_changed.emit()
        self.reviews_changed.emit()
        return note

    def complete_volume(self, volume: Volume) -> None:
        """The open volume with what reading it to its end found: messages, unreadable slices."""
        if self.volume is not None and self.volume.voxels is volume.voxels:
            self.volume = replace(volume, source=self.volume.source)
            self.measures.complete(self.volume)
            self.table_changed.emit()

    def close_volume(self) -> None:
        """Leave the case; everything committed is already on its way to the workspace."""
        if self.editor is not None:
            self.editor.abort()
        self.volume = self.labelmap = self.editor = self.history = None
        self.preview = self._preview_view = None
        self.heatmaps = {}
        self.accepted = frozenset()
        self.doubts = {}
        self._touched.clear()
        self.measures.close()
        self.timeline.close()

    def close(self) -> None:
        """Save what is under way and end the saving thread. The workspace stays open."""
        self.close_volume()
        self._saver.close()

    # ---- saving

    @property
    def is_saved(self) -> bool:
        """True when the workspace has acknowledged everything."""
        return self._saver.pending == 0 and self._saver.problem is None

    @property
    def save_problem(self) -> MedviewError | None:
        """Why the workspace refused the last write, or None."""
        return self._saver.problem

    def flush(self) -> None:
        """Return when all edits are in the workspace; MedviewError when they cannot be."""
        self._saver.flush()

    # ---- labels and history

    def set_active_label(self, label_id: int) -> None:
        self.active_label = label_id
        self.table_changed.emit()

    def set_label(self, label: Label) -> None:
        """Change a label, or add it.

        What changes the meaning (a new label, another name or code) is an edit that undo takes
        back; visibility, lock, colour, opacity and state are not.
        """
        labelmap, _ = self._need_labels()
        old = labelmap.table
        known = next((one for one in old if one.id == label.id), None)
        if known is not None and (known.name, known.code, known.modifier) == (
            label.name, label.code, label.modifier,
        ):  # fmt: skip
            labelmap.table = old.with_label(label)
            self._on_table()
        else:
            verb = "New label" if known is None else "Rename label to"
            self.set_table(old.with_label(label), f"{verb} {label.name}")

    def set_table(self, table: LabelTable, name: str) -> Edit | None:
        """Another label table as one named edit; nothing while a gesture is open."""
        editor = self._need_labels()[1]
        if editor.is_open:
            return None
        return labelling.change_table(editor, table, name, self.by_hand())

    def relabelling(self, label_id: int, into: int = 0) -> Generator[float, None, Edit | None]:
        """Delete a label with its voxels, or merge it into another, in small steps."""
        return labelling.relabel_steps(self._need_labels()[1], label_id, into, self.by_hand())

    def by_hand(self, name: str = "labels") -> Origin:
        """The origin of what a person does in the window."""
        return Origin("tool", name, person=self.person)

    def undo(self) -> Done | None:
        """Take back the newest act, an edit of labels or a change of a measure."""
        return self._after_step(self.timeline.undo())

    def redo(self) -> Done | None:
        """Do the act again that was taken back last."""
        return self._after_step(self.timeline.redo())

    def _after_step(self, done: Done | None) -> Done | None:
        if done is None or self.volume is None or self.history is None:
            return None
        if isinstance(done, Edit):
            self._touched.invalidate()
            self._saver.cursor(self.volume.case_key, self.history.cursor)
            self._unaccept_changed(done)
        self.history_changed.emit()
        self.saved.emit(False)
        return done

    @property
    def corrected_model(self) -> str:
        """NAME@VERSION of the newest prediction in the labels, "" where there is none."""
        if self.history is not None:
            for edit in reversed(list(self.history.edits)[: self.history.applied]):
                if edit.origin.kind == "model":
                    return f"{edit.origin.name}@{edit.origin.version}"
        return ""

    def _need_labels(self) -> tuple[LabelMap, MaskEditor]:
        if self.labelmap is None or self.editor is None:
            raise MedviewError("No image is open.", hint="Open a series first.", code="no-volume")
        return self.labelmap, self.editor

    def _on_changed(self, box: Box) -> None:
        self.labels_changed.emit(box)

    def _on_committed(self, edit: Edit) -> None:
        assert self.volume is not None
        assert self.history is not None
        self._saver.edit(edit, self.volume.case_key, self.history.cursor - 1)
        self.timeline.add("edit")
        if edit.origin.kind == "tool":
            seconds = self.activity.gesture(edit.slice_index, self.corrected_model)
            self.worklist.edited(self.volume.case_key, edit, seconds)
        self._touched.add(edit, self.volume.geometry.shape)
        self._unaccept_changed(edit)
        self.history_changed.emit()
        self.saved.emit(False)

    def _on_measured(self) -> None:
        self.timeline.add("measure")
        self.history_changed.emit()
        self.saved.emit(False)

    def _on_table(self) -> None:
        if self.volume is not None and self.labelmap is not None:
            self._saver.case(self.volume, self.labelmap.table)
        self.table_changed.emit()

    # ---- accept, export

    def accept_slices(self, indices: Iterable[int] | None) -> None:
        """Mark slices (None: all readable) as correct; pixels and labels are kept for training."""
        volume = self._need_volume()
        labelmap, _ = self._need_labels()
        readable = (n for n in range(volume.geometry.shape[0]) if n not in volume.unreadable)
        wanted = readable if indices is None else indices
        chosen = reviewing.accepted(volume, labelmap, wanted, self.person)
        self._saver.accept(chosen)
        self.accepted = self.accepted | frozenset(chosen.labels)
        self.worklist.accepted(volume.case_key, frozenset(chosen.labels))
        self.reviews_changed.emit()
        self.saved.emit(False)

    def unaccept_slices(self, indices: Iterable[int] | None) -> None:
        volume = self._need_volume()
        gone = self.accepted if indices is None else self.accepted & frozenset(indices)
        self._saver.unaccept(volume.case_key, sorted(gone))
        self.accepted = self.accepted - gone
        self.reviews_changed.emit()

    def _unaccept_changed(self, edit: Edit) -> None:
        """A slice whose labels changed after it was accepted is no longer accepted."""
        inside = self.accepted & frozenset(range(edit.box.low[0], edit.box.high[0]))
        if not inside:
            return
        before, after, low = edit.before.array(), edit.after.array(), edit.box.low[0]
        changed = [i for i in sorted(inside) if (before[i - low] != after[i - low]).any()]
        if changed:
            self.unaccept_slices(changed)

    def export_job(self, kind: str, path: Path, *, keep_identity: bool = False) -> Job:
        """Write the labels; the job reads the file back and compares before it is done.

        Without ``keep_identity`` a DICOM object says no more of the patient than its images' UIDs.
        """
        volume = self._need_volume()
        labelmap, _ = self._need_labels()
        assert self.history is not None
        done = list(self.history.edits)[: self.history.applied]
        return exporting.export_job(
            kind,
            path,
            volume,
            labelmap.frozen_copy(),
            done,
            self.accepted,
            self.person,
            KEPT if keep_identity else EMPTIED,
        )

    def attaching(
        self,
        labelmap: LabelMap,
        name: str = "",
        *,
        replace_existing: bool = False,
        box: Box | None = None,
    ) -> Generator[float, None, Attached]:
        """Take labels read from a file as one edit, in steps of a few milliseconds.

        See `attaching.attach_steps`; the Attached is the generator's return value.
        """
        volume, editor = self._need_volume(), self._need_labels()[1]
        origin = Origin("import", "file", person=self.person)
        return attach_steps(
            volume, editor, labelmap, origin, name, replace_existing=replace_existing, box=box
        )

    def attach_labels(
        self, labelmap: LabelMap, name: str = "", *, replace_existing: bool = False
    ) -> Attached:
        """As `attaching`, at once."""
        return run_steps(self.attaching(labelmap, name, replace_existing=replace_existing))

    def _need_volume(self) -> Volume:
        if self.volume is None:
            raise MedviewError("No image is open.", hint="Open a series first.", code="no-volume")
        return self.volume
