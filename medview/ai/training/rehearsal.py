"""The rehearsal set: what a retraining repeats so that the old skill stays.

No training image ships with the program. What does, in a few lines of code, is a patient
generator: phantoms, on which the old network teaches the new one (learning without forgetting, Li
and Hoiem 2016).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from medview.ai.input_spec import InputSpec
from medview.ai.training.samples import Sample, samples_of
from medview.core.phantom import Phantom, thorax_phantom
from medview.core.volume import Volume

_SHAPE, _SPACING = (72, 192, 192), (4.2, 2.0, 2.0)
_EVERY = 4  # slices between two that are used
REHEARSAL_SEEDS = (101, 102, 103)
HELD_OUT_SEEDS = (901, 902)


def phantom_volume(seed: int) -> tuple[Volume, NDArray[np.uint8]]:
    """A generated patient with its true labels (1 right lung, 2 left lung, 3 airway)."""
    phantom: Phantom = thorax_phantom(_SHAPE, _SPACING, seed)
    return Volume(phantom.voxels, phantom.geometry, modality="CT", units="HU"), phantom.labels


def rehearsal_samples(spec: InputSpec, classes: int, seeds: tuple[int, ...]) -> list[Sample]:
    """Phantom slices; the teacher's probabilities, not the labels, are what they teach."""
    samples: list[Sample] = []
    for seed in seeds:
        volume, labels = phantom_volume(seed)
        wanted = range(0, volume.geometry.shape[0], _EVERY)
        samples += samples_of(
            volume, labels, spec, classes=classes, patient=f"phantom-{seed}", slices=wanted
        )
    return [replace(sample, weight=1.0) for sample in samples]
