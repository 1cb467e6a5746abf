"""Training trials on ../shared/data/chest_ct for ablation.py and cross_validation.py.

Every case is read and sampled once; networks are trained from scratch for a fixed number of steps
from one seed, on chosen patients, and measured on others. The first steps are without augmentation:
a network learns which lung is which much sooner on plain pictures.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
from figures import MODEL, PROJECT
from torch import nn

from medview.ai.card import ModelCard, read_card
from medview.ai.network.predictor import Predictor
from medview.ai.preprocess import PreparedVolume
from medview.ai.training import make_model
from medview.ai.training.augment import FAMILIES, AugmentOptions
from medview.ai.training.samples import Sample
from medview.ai.training.trainer import FitOptions, fit
from medview.core.labels import side_pairs
from medview.core.metrics import dice
from medview.core.volume import Volume
from medview.session.manifest import Manifest, ManifestRow, read_case, read_manifest
from medview.session.training import gather_samples

TRIM, RATE = 0.002, 5e-3
MANIFEST = PROJECT.parent / "shared/data/chest_ct/manifest.json"


@dataclass
class Cases:
    """The manifest's rows with their samples, kept by case."""

    manifest: Manifest
    card: ModelCard
    samples: dict[str, list[Sample]]
    base: int | list[int] | None = None  # widths of the network; None: the model's own
    precision: str = "fp32"  # named, so that a repetition elsewhere is the same

    @classmethod
    def read(cls, model: Path = MODEL, path: Path = MANIFEST) -> Cases:
        manifest, card = read_manifest(path), read_card(model)
        samples = {row.case: gather_samples(manifest, [row], card) for row in manifest.rows}
        return cls(manifest, card, samples)

    def rows(self, patients: Iterable[str]) -> list[ManifestRow]:
        chosen = set(patients)
        return [row for row in self.manifest.rows if row.patient in chosen]

    def start(self, patients: Iterable[str], steps: int, seed: int, batch: int = 4) -> nn.Module:
        """A network from scratch without any augmentation, which learns the sides soonest."""
        nothing = {name: 0.0 for names in FAMILIES.values() for name in names}
        rate = make_model.FROM_SCRATCH_RATE
        network = self.new_network(seed)
        return self.go_on(
            network, patients, steps, seed, batch, trim=0.0, learning_rate=rate, **nothing
        )

    def new_network(self, seed: int) -> nn.Module:
        """Random weights, of this trial's width."""
        if self.base is not None:
            arguments = {**self.card.arguments, "base": self.base}
            self.card = replace(self.card, arguments=arguments)
        return make_model.new_network(self.card.architecture, self.card.arguments, seed)

    def go_on(
        self,
        network: nn.Module,
        patients: Iterable[str],
        steps: int,
        seed: int,
        batch: int = 4,
        **changes: Any,
    ) -> nn.Module:
        """A copy trained further; ``changes`` override `AugmentOptions`, or FitOptions' trim,
        learning rate and share of wide pixels."""
        named = ("trim", "learning_rate", "wide_first")
        own_fit = {name: changes.pop(name) for name in named if name in changes}
        augment = AugmentOptions(
            swap=side_pairs(self.card.labels),
            fill=make_model.fill_labels(self.card.labels),
            unit=(self.card.input.high - self.card.input.low) / 2.0,
        )
        options = FitOptions(
            steps=steps,
            batch=batch,
            seed=seed,
            average=0.99,
            precision=self.precision,
            augment=replace(augment, **changes),
            **{"trim": TRIM, "learning_rate": RATE, **own_fit},
        )
        samples = [s for row in self.rows(patients) for s in self.samples[row.case]]
        own = copy.deepcopy(network).requires_grad_(True)
        return fit(own, samples, self.card.classes, options, lambda _step: True)

    def predictor(self, network: nn.Module) -> Predictor:
        """The network as the program would run it, with its post-processing."""
        with tempfile.TemporaryDirectory() as folder:
            make_model.save_weights(network, Path(folder), replace(self.card, sha256=""))
            return Predictor(Path(folder), "cpu")


def slice_dice(
    predictor: Predictor, volume: Volume, truth: np.ndarray, every: int
) -> dict[str, float | None]:
    """Dice by label over every n-th slice together, without post-processing."""
    prepared = PreparedVolume(volume, predictor.card.input)
    indices = list(range(every // 2, prepared.slice_count, every))
    planes = np.stack([predictor.slice_labels(prepared, [i])[0][0] for i in indices])
    wanted = prepared.canonical_view(truth)[indices]
    return {
        label.name: dice(wanted == label.id, planes == label.id) for label in predictor.card.labels
    }


def volume_rows(manifest: Manifest, cases: Iterable[str]) -> list[tuple[str, Volume, np.ndarray]]:
    """(case, volume, truth) of the named rows."""
    wanted = list(cases)
    return [(row.case, *read_case(row)) for row in manifest.rows if row.case in wanted]
