"""Jobs for the AI thread. The network rooms are imported by name inside a job, never before."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medview.ai.backend_choice import BackendChoices
from medview.ai.explain import ExplainOptions
from medview.ai.familiarity import Strangeness, looked_at, strangeness
from medview.ai.prediction_cache import PredictionCache
from medview.ai.preprocess import PreparedVolume
from medview.core.job import Job, Progress
from medview.core.volume import Volume
from medview.session.backends import measure, settle
from medview.session.models import Models
from medview.session.torch_room import predictor_module

if TYPE_CHECKING:
    from medview.ai.network.predictor import Predictor


class ModelJobs:
    """Makes jobs that share one loaded predictor; it is touched by the AI thread alone.

    ``unmeasured``: the last run was by PyTorch because no backend is measured yet for its model.
    """

    def __init__(self, models: Models, choices: BackendChoices) -> None:
        self._models = models
        self._choices = choices
        self._cache = PredictionCache()
        self.unmeasured = False
        self._loaded: tuple[tuple[str, str], Predictor] | None = None
        self._thread: int | None = None

    def warm_up(self, backend: str) -> Job:
        folder = self._models.active_folder().folder

        def function(progress: Progress) -> str:
            progress.report(0.0, "Loading the model")
            predictor = self.loaded(str(folder), "auto")
            settle(predictor, backend, self._choices)
            predictor.warm_up()
            return predictor.device_text

        return Job("Loading the model", function, "ai")

    def familiarity(self, volume: Volume) -> Job:
        """The reasons why the volume is unlike the training cases; empty for none."""
        folder = str(self._models.active_folder().folder)

        def function(progress: Progress) -> Any:
            return reasons_of(self.loaded(folder, "auto"), volume, progress)

        return Job("Looking at the case", function, "ai")

    def predict(
        self, volume: Volume, first_slice: int, device: str, backend: str, cleaned: bool
    ) -> Job:
        folder = str(self._models.active_folder().folder)

        def function(progress: Progress) -> Any:
            predictor = self.loaded(folder, device)
            self.unmeasured = settle(predictor, backend, self._choices)
            return predictor.predict(
                volume, progress, first_slice, cache=self._cache, cleaned=cleaned
            )

        return Job("Segmenting", function, "ai")

    def measure(self, volume: Volume | None, device: str, backend: str) -> Job:
        folder = str(self._models.active_folder().folder)

        def function(progress: Progress) -> Any:
            predictor = self.loaded(folder, device)
            measured = measure(predictor, self._choices, progress, volume)
            self.unmeasured = settle(predictor, backend, self._choices)
            return measured

        return Job("Measuring the backends", function, "ai")

    def explain(
        self, volume: Volume, slice_index: int, options: ExplainOptions, *, everywhere: bool
    ) -> Job:
        """Heat maps of one slice (the result), or of all of them (items; the result: how many)."""
        folder = str(self._models.active_folder().folder)

        def function(progress: Progress) -> Any:
            predictor = self.loaded(folder, "auto")
            from medview.ai.network.attribution import explainer

            if everywhere:
                return explainer.explain_slices(predictor, volume, options, progress, slice_index)
            return explainer.explain_slice(predictor, volume, slice_index, options, progress)

        return Job("Heat map", function, "ai")

    def doubt(self, volume: Volume, slice_index: int) -> Job:
        """The entropy of the model's answer on one stored slice, a `HeatMap` of label 0."""
        folder = str(self._models.active_folder().folder)

        def function(progress: Progress) -> Any:
            predictor = self.loaded(folder, "auto")
            from medview.ai.network.attribution import explainer

            return explainer.doubt_of_slice(predictor, volume, slice_index, progress)

        return Job("Doubt", function, "ai")

    def loaded(self, folder: str, device: str) -> Predictor:
        """The loaded model; loads it, and torch, at the first call. AI thread only."""
        here = threading.get_ident()
        if self._thread not in (None, here):
            self._loaded = None  # another AI thread (tests): plan caches belong to a thread
        self._thread = here
        if self._loaded is not None and self._loaded[0] == (folder, device):
            return self._loaded[1]
        predictor = load_predictor(folder, device, spare_cores=1)
        self._loaded = ((folder, device), predictor)
        return predictor


def reasons_of(predictor: Predictor, volume: Volume, progress: Progress) -> list[Strangeness]:
    """Why a mask of this volume may be wrong, by what the model's card knows of its training.

    MedviewError where the model cannot be asked at all.
    """
    from medview.ai.network.features import features_of
    from medview.ai.network.predictor import check_input, volume_place

    check_input(volume, predictor.card)
    facts, features = predictor.card.familiarity, None
    places: list[int] = []
    if facts:
        prepared = PreparedVolume(volume, predictor.card.input)
        indices = looked_at(prepared.slice_count)
        features = features_of(predictor, prepared, indices, progress)
        if prepared.permutation[0] == 0:
            places = [volume_place(prepared, index)[1] for index in indices]
    of_ct = predictor.card.input.modality == "CT"
    return strangeness(volume, facts, features, places, of_ct=of_ct)


def load_predictor(folder: str, device: str, *, spare_cores: int = 0) -> Predictor:
    """A predictor; MedviewError "no-torch" with the reason when torch cannot be imported."""
    predictor: Predictor = predictor_module().Predictor(
        Path(folder), device, spare_cores=spare_cores
    )
    return predictor
