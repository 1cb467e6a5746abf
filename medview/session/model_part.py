"""ModelPart: the session's side of the models: predicting, explaining, choosing versions."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
from psygnal import SignalInstance

from medview.ai.catalog import Catalog
from medview.ai.network.backend import AUTO
from medview.ai.prediction import PredictedSlice, Prediction
from medview.core.box import Box
from medview.core.job import Job
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.edit.edit import Edit, Origin
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.session.backends import SETTING, BackendRow, backend_rows, check_backend
from medview.session.examples import example_job
from medview.session.model_history import VersionScore, known_scores, score_job
from medview.session.model_jobs import ModelJobs
from medview.session.models import ModelInfo, Models
from medview.session.predicting import (
    Preview,
    TouchedVoxels,
    add_slice,
    commit_steps,
    doubtful_slices,
    merge_tables,
    run_steps,
)
from medview.session.training_child import compare_command, retrain_command
from medview.store.settings import Settings
from medview.store.workspace import Workspace

CLEANED = "clean_predictions"


class ModelPart:
    """A part of `Session`, which has the state; here is what is done with it by models."""

    workspace: Workspace
    settings: Settings
    registry: Models
    volume: Volume | None
    labelmap: LabelMap | None
    editor: MaskEditor | None
    history: History | None
    preview: Preview | None
    accepted: frozenset[int]
    doubts: dict[int, dict[int, float]]  # by slice of the first axis and label id; 0: any
    doubts_changed: SignalInstance
    preview_changed: SignalInstance
    models_changed: SignalInstance
    _jobs: ModelJobs
    _touched: TouchedVoxels
    _preview_view: Any

    @property
    def person(self) -> str:
        raise NotImplementedError

    def flush(self) -> None:
        raise NotImplementedError

    def _need_volume(self) -> Volume:
        raise NotImplementedError

    def _need_labels(self) -> tuple[LabelMap, MaskEditor]:
        raise NotImplementedError

    @property
    def active_model(self) -> ModelInfo | None:
        """The model that Segment uses, None when none can be read."""
        return next((model for model in self.registry.list() if model.in_use), None)

    def warm_up_job(self) -> Job:
        """Imports torch and loads the active model on the AI thread, after the first paint."""
        return self._jobs.warm_up(self.backend)

    @property
    def backend(self) -> str:
        """How the model is run: "auto", or the id of a backend."""
        wanted = self.settings.get(SETTING, AUTO)
        return wanted if wanted in {row.id for row in backend_rows()} else AUTO

    def backends(self) -> list[BackendRow]:
        """Every backend, with why it cannot run here."""
        return backend_rows()

    def set_backend(self, wanted: str) -> None:
        """Choose a backend, or "auto"; MedviewError "no-such-backend"."""
        self.settings.set(SETTING, check_backend(wanted))

    @property
    def is_cleaned(self) -> bool:
        """Whether predictions lose islands, holes and strays (`medview.ai.postprocess`)."""
        return bool(self.settings.get(CLEANED, True))

    def set_cleaned(self, cleaned: bool) -> None:
        self.settings.set(CLEANED, cleaned)

    @property
    def backends_unmeasured(self) -> bool:
        """Whether the last run would be worth measuring: "auto" had nothing to go by."""
        return self._jobs.unmeasured

    def backends_job(self, device: str = "auto") -> Job:
        """Measure the backends with the open volume; the result is a list of `Measurement`."""
        volume = self.volume if self.volume is not None and self.volume.is_complete else None
        return self._jobs.measure(volume, device, self.backend)

    def familiarity_job(self) -> Job:
        """Why the open volume is unlike the active model's training cases: `Strangeness` list."""
        return self._jobs.familiarity(self._need_volume())

    def prediction_job(self, first_slice: int, device: str = "auto") -> Job:
        """Segment the open volume; opens the preview. Items are `PredictedSlice`."""
        volume = self._need_volume()
        labelmap, _ = self._need_labels()
        card = self.registry.active_folder().card
        table, lookup = merge_tables(labelmap.table, card)
        shape = volume.geometry.shape
        self.preview = Preview(
            volume.case_key,
            np.zeros(shape, np.uint8),
            np.zeros(shape[0], bool),
            table,
            lookup,
            Origin("model", card.name, card.version, self.person),
            f"Segment with {card.id}",
            first_slice,
        )
        self._preview_view = volume.geometry.canonical_view(self.preview.labels)
        return self._jobs.predict(volume, first_slice, device, self.backend, self.is_cleaned)

    def on_predicted_slice(self, item: PredictedSlice) -> None:
        """Paint a finished slice into the preview; late ones are dropped."""
        if self.preview is not None and self.volume is not None:
            self.preview_changed.emit(add_slice(self.preview, item, self._preview_view))

    def finish_prediction(self, result: Prediction | None) -> Edit | None:
        """Make the preview one edit; None for ``result`` keeps the slices finished so far."""
        return run_steps(self.finishing(result))

    def finishing(self, result: Prediction | None) -> Generator[float, None, Edit | None]:
        """As `finish_prediction`, in steps of a few milliseconds; the Edit is its return value."""
        preview, volume = self.preview, self.volume
        if preview is None or volume is None or self.editor is None or self.history is None:
            return None
        if preview.case_key != volume.case_key:
            return None
        if result is not None:
            if result.case_key != volume.case_key:
                return None
            same = bool((preview.lookup == np.arange(len(preview.lookup))).all())
            preview.labels = result.labels if same else preview.lookup[result.labels]
            preview.done[:] = True
        preview.done[list(volume.unreadable)] = False
        done = list(self.history.edits)[: self.history.applied]
        touched = self._touched.planes(done, volume.geometry.shape)
        try:
            edit = yield from commit_steps(self.editor, preview, touched, self.accepted)
            self.doubts = dict(sorted(preview.doubts.items()))
            self.doubts_changed.emit()
        finally:
            self.drop_prediction()
        return edit

    @property
    def doubtful(self) -> frozenset[int]:
        """The slices that stand out by the model's doubt."""
        return doubtful_slices({index: doubt.get(0, 0.0) for index, doubt in self.doubts.items()})

    def drop_prediction(self) -> None:
        if self.preview is not None:
            self.preview = self._preview_view = None
            if self.volume is not None:
                self.preview_changed.emit(Box.whole(self.volume.geometry.shape))

    @property
    def catalog(self) -> Catalog:
        return self.registry.catalog

    def models(self) -> list[ModelInfo]:
        return self.registry.list()

    def use_model(self, name: str, version: str) -> None:
        self.registry.use(name, version)
        self.models_changed.emit()

    def roll_back_model(self) -> str:
        """Undo the last `use_model`; the NAME@VERSION that is in use again."""
        model = self.registry.roll_back()
        self.models_changed.emit()
        return model.card.id

    def discard_model(self, name: str, version: str) -> None:
        self.registry.discard(name, version)
        self.models_changed.emit()

    def retrain_command(self, **options: Any) -> list[str]:
        """The training child's command line; MedviewError "nothing-accepted" without labels."""
        self.flush()
        return retrain_command(self.workspace, **options)

    def compare_command(
        self, candidate: str, base: str = "", blend: float | None = None
    ) -> list[str]:
        """The command line of a child that compares two versions on the held-out cases."""
        self.flush()
        return compare_command(self.workspace, candidate, base, blend)

    def example_job(self, base: str, candidate: str, case: str) -> Job:
        """A slice of a held-out case as both versions (NAME@VERSION) see it; an `Example`."""
        folders = [self.registry.find(one).folder for one in (base, candidate)]
        return example_job(self.workspace, folders[0], folders[1], case)

    def model_scores(self, name: str) -> list[VersionScore]:
        """How good each version is on held-out cases, where it was measured; the oldest first."""
        return known_scores(self.workspace, self.registry, name)

    def score_job(self, name: str) -> Job:
        """Measure every version of a model on the held-out cases of today."""
        return score_job(self.workspace, self.registry, name)
