"""Findings: yes/no of slices, the bundled ones and those a person defines by tagging slices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from medview.ai.anatomy import feature_count
from medview.ai.card import ModelCard
from medview.ai.catalog import ModelFolder
from medview.ai.findings import (
    FINDINGS,
    UNKNOWN,
    Finding,
    TaggedVolume,
    auroc,
    learn,
    read_findings,
    write_findings,
)
from medview.ai.prediction import HeatMap
from medview.ai.preprocess import PreparedVolume
from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.core.volume import Volume
from medview.session.model_jobs import ModelJobs
from medview.session.models import Models
from medview.session.saver import Saver
from medview.store.findings import StoredFeatures, Tag
from medview.store.workspace import Workspace

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SliceFeatures:
    """``features`` (slices, channels) and ``places_mm`` (slices,) in stored order of a case."""

    case_key: str
    model: str
    features: Floats
    places_mm: Floats


@dataclass(frozen=True)
class Learned:
    """What became of learning: counts, and the AUROC on cases left out (None: too few cases)."""

    name: str
    yes: int
    no: int
    cases: int
    auroc: float | None


class Findings:
    """The findings of the active model, and the tags of all cases.

    ``scores`` by finding of the open case's slices, filled by `take`; features are kept in the
    workspace, so that a finding is learned again without looking at the images.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, saver: Saver, models: Models, jobs: ModelJobs) -> None:
        self._workspace, self._saver, self._models, self._jobs = workspace, saver, models, jobs
        self._tags: list[Tag] | None = None
        self._findings: list[Finding] | None = None  # of the active model; they lie in files
        self._scores: dict[str, Floats | None] = {}  # asked for at every slice that is turned
        self.seen: SliceFeatures | None = None

    # ---- names and tags

    def names(self) -> list[str]:
        """All findings: the model's, then those that were tagged or learned here."""
        tagged = [tag.finding for tag in self.tags]
        learned = [one.name for one in self._known()]
        return list(dict.fromkeys([*learned, *tagged]))

    @property
    def tags(self) -> list[Tag]:
        if self._tags is None:
            self._tags = self._workspace.tags()
        return self._tags

    def answers(self, case_key: str, name: str) -> dict[int, bool]:
        """Slice -> answer of one case."""
        return {
            tag.slice_index: tag.answer
            for tag in self.tags
            if (tag.case_key, tag.finding) == (case_key, name)
        }

    def tag(
        self, case_key: str, slice_index: int, name: str, person: str, *, answer: bool | None
    ) -> None:
        """Say that a slice has the finding or not; None takes the answer back."""
        name = name.strip()
        if not name:
            raise MedviewError("A finding needs a name.", code="no-name")
        key = (case_key, slice_index, name)
        kept = [t for t in self.tags if (t.case_key, t.slice_index, t.finding) != key]
        if answer is None:
            self._saver.run(case_key, lambda: self._workspace.remove_tag(*key))
        else:
            tag = Tag(case_key, slice_index, name, answer, person)
            kept.append(tag)
            self._saver.run(case_key, lambda: self._workspace.put_tag(tag))
        self._tags = kept
        self.changed.emit()

    # ---- scores

    def scores(self, name: str) -> Floats | None:
        """Probabilities by slice of the open case; None before it was looked at or learned."""
        if name not in self._scores:
            self._scores[name] = self._score(name)
        return self._scores[name]

    def _score(self, name: str) -> Floats | None:
        seen = self.seen
        found = next((one for one in self._known() if one.name == name), None)
        if seen is None or found is None or found.model != seen.model:
            return None
        return found.scores(seen.features, seen.places_mm)

    def look_job(self, volume: Volume) -> Job:
        """The features of all slices of a volume; kept ones are read back. Goes to `take`."""
        model = self._models.active_folder()
        return Job("Looking at the slices", self._looking(volume, model), "ai")

    def take(self, seen: SliceFeatures) -> None:
        """Show the scores of what was looked at."""
        self.seen = seen
        self._scores = {}
        self.changed.emit()

    def leave(self) -> None:
        """Another case is open, or another model is in use."""
        self.seen = self._findings = None
        self._scores = {}
        self.changed.emit()

    def _looking(self, volume: Volume, model: ModelFolder) -> Callable[[Progress], SliceFeatures]:
        def function(progress: Progress) -> SliceFeatures:
            key, card_id = volume.case_key, model.card.id
            kept = self._kept(key, model.card)
            if kept is not None and len(kept.features) == volume.geometry.shape[0]:
                return kept
            predictor = self._jobs.loaded(str(model.folder), "auto")
            from medview.ai.network.features import features_of
            from medview.ai.network.predictor import check_input

            check_input(volume, predictor.card)
            prepared = PreparedVolume(volume, predictor.card.input)
            if prepared.permutation[0] != 0:
                raise MedviewError(
                    "Findings speak of axial slices, and this series is stored in another plane.",
                    hint="Open the axial series.",
                    code="not-axial",
                )
            order = list(range(prepared.slice_count))
            found = features_of(predictor, prepared, order, progress)
            if prepared.flips[0]:
                found = found[::-1].copy()
            places = (np.arange(len(found)) * volume.geometry.spacing_mm[0]).astype(np.float32)
            found = found.astype(np.float16).astype(np.float32)  # as they will come back
            self._workspace.put_features(
                StoredFeatures(
                    key,
                    card_id,
                    found.shape[1],
                    found.astype(np.float16).tobytes(),
                    places.tobytes(),
                )
            ).result()
            return SliceFeatures(key, card_id, found, places)

        return function

    def _kept(self, case_key: str, card: ModelCard) -> SliceFeatures | None:
        stored = self._workspace.features(case_key, card.id)
        if stored is None or stored.channels != feature_count(card.arguments):
            return None  # those of an older program are other numbers
        features = np.frombuffer(stored.features, np.float16).reshape(-1, stored.channels)
        places = np.frombuffer(stored.places_mm, np.float32)
        return SliceFeatures(case_key, card.id, features.astype(np.float32), places.copy())

    # ---- learning and explaining

    def learn_job(self, name: str) -> Job:
        """Learn a finding from its tags; the result is `Learned`, and then call `learned`."""
        card = self._models.active_folder().card
        model = card.id
        tags = [tag for tag in self.tags if tag.finding == name]

        def function(progress: Progress) -> Learned:
            progress.report(0.0, "Learning the finding")
            volumes = self._volumes(tags, card)
            finding = learn(volumes, name, model)
            progress.report(0.6, "Learning the finding")
            area = _left_out_auroc(volumes, name, model, progress)
            path = self._workspace.folder / FINDINGS
            others = read_findings(path) if path.exists() else []
            kept = [one for one in others if (one.name, one.model) != (name, model)]
            write_findings([*kept, finding], path)
            answers = np.concatenate([one.targets for one in volumes])
            counts = (int((answers == 1).sum()), int((answers == 0).sum()))
            return Learned(name, *counts, len(volumes), area)

        return Job("Learning the finding", function)

    def learned(self, _result: Learned) -> None:
        """Read the findings again."""
        self._findings = None
        self._scores = {}
        self.changed.emit()

    def heatmap_job(self, volume: Volume, slice_index: int, name: str) -> Job:
        """Where on the slice the score came from; the result is a `HeatMap` of label 0."""
        found = next((one for one in self._known() if one.name == name), None)
        if found is None:
            raise MedviewError(
                f"{name} has not been learned yet.",
                hint="Tag slices yes and no, then learn.",
                code="not-learned",
            )
        model = self._models.active_folder()

        def function(progress: Progress) -> HeatMap:
            predictor = self._jobs.loaded(str(model.folder), "auto")
            from medview.ai.network.attribution.explainer import map_of_finding

            progress.check()
            return map_of_finding(predictor, volume, slice_index, found)

        return Job("Heat map", function, "ai")

    def _volumes(self, tags: list[Tag], card: ModelCard) -> list[TaggedVolume]:
        """The tagged cases whose features this model has seen; MedviewError when none has."""
        volumes = []
        for key in dict.fromkeys(tag.case_key for tag in tags):
            kept = self._kept(key, card)
            if kept is None:
                continue
            targets = np.full(len(kept.features), UNKNOWN, np.int8)
            for tag in tags:
                if tag.case_key == key and tag.slice_index < len(targets):
                    targets[tag.slice_index] = int(tag.answer)
            volumes.append(TaggedVolume(kept.features, kept.places_mm, targets))
        if not volumes:
            raise MedviewError(
                "No tagged slice has been looked at by the active model.",
                hint="Open the tagged cases and score their slices first.",
                code="too-few-tags",
            )
        return volumes

    def _known(self) -> list[Finding]:
        """The findings of the active model: bundled, and learned here for this very version."""
        if self._findings is None:
            model = self._models.active_folder()
            bundled, learned = (
                read_findings(folder / FINDINGS) if (folder / FINDINGS).exists() else []
                for folder in (model.folder, self._workspace.folder)
            )
            own = [one for one in learned if one.model == model.card.id]
            names = {one.name for one in own}
            both = [*(one for one in bundled if one.name not in names), *own]
            count = feature_count(model.card.arguments)  # a finding of an older program has others
            self._findings = [one for one in both if one.arrays["mean"].size == count]
        return self._findings


def _left_out_auroc(
    volumes: list[TaggedVolume], name: str, model: str, progress: Progress
) -> float | None:
    """AUROC over slices that were scored by a finding learned without their case."""
    scores, answers = [], []
    for number, volume in enumerate(volumes):
        progress.check()
        others = [one for n, one in enumerate(volumes) if n != number]
        known = volume.targets != UNKNOWN
        try:
            finding = learn(others, name, model) if others else None
        except MedviewError:
            finding = None
        if finding is not None and known.any():
            scores.append(finding.scores(volume.features, volume.places_mm)[known])
            answers.append(volume.targets[known] == 1)
    if len(scores) < 3:
        return None
    return auroc(np.concatenate(scores), np.concatenate(answers))
