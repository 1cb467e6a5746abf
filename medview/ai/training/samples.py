"""Training slices: what a labelled case becomes before the network sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from medview.ai.input_spec import InputSpec
from medview.ai.preprocess import PreparedVolume, apply_matrices, resampling_matrix
from medview.core.volume import Volume

UNSURE = 255  # label value in training arrays that no loss counts


@dataclass(frozen=True)
class Sample:
    """One labelled slice on the network grid of its case.

    ``stack`` float16 (4, rows, columns) network input; ``labels`` uint8 (rows, columns), class
    indices, `UNSURE` where nothing is known; ``merged`` the classes that this case does not label
    (they count as background); ``weight`` the relative chance of being drawn.
    """

    stack: NDArray[np.float16]
    labels: NDArray[np.uint8]
    patient: str
    merged: tuple[int, ...] = ()
    weight: float = 1.0


def downsample_labels(
    labels: NDArray[np.uint8], prepared: PreparedVolume, classes: Sequence[int]
) -> NDArray[np.uint8]:
    """A canonical label slice on the network grid: the class that covers most of each pixel."""
    grid = prepared.grid
    rows = resampling_matrix(labels.shape[0], grid.start[0], grid.step[0], grid.shape[0])
    columns = resampling_matrix(labels.shape[1], grid.start[1], grid.step[1], grid.shape[1])
    best = np.zeros(grid.shape, np.uint8)
    share = np.full(grid.shape, 0.0, np.float32)
    for value in classes:
        mask = labels == value
        if not mask.any():
            continue
        part = apply_matrices(rows, mask.astype(np.float32), columns)
        wins = part > share
        best[wins] = value
        share[wins] = part[wins]
    # Background is the rest: a pixel is foreground when the foreground covers at least half of it.
    foreground = apply_matrices(rows, (labels > 0).astype(np.float32), columns)
    best[foreground < 0.5] = 0
    outside_rows, outside_columns = _outside(grid.start, grid.step, grid.shape, labels.shape)
    best[outside_rows, :] = 0
    best[:, outside_columns] = 0
    return best


def _outside(
    start: tuple[float, float],
    step: tuple[float, float],
    shape: tuple[int, int],
    image: tuple[int, ...],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    flags = []
    for axis in (0, 1):
        at = start[axis] + step[axis] * np.arange(shape[axis])
        flags.append((at < -0.5) | (at > image[axis] - 0.5))
    return flags[0], flags[1]


def samples_of(
    volume: Volume,
    labels: NDArray[np.uint8],
    spec: InputSpec,
    *,
    classes: int,
    patient: str,
    merged: tuple[int, ...] = (),
    slices: Iterable[int] | None = None,
) -> list[Sample]:
    """The samples of a case; ``labels`` holds class indices on the volume's grid.

    ``slices`` are canonical slice indices (all when None). Slices of one case share one weight of
    1/sqrt(count), so that long volumes do not drown short ones and single slices still count.
    """
    prepared = PreparedVolume(volume, spec)
    canonical = prepared.canonical_view(labels)
    wanted = list(range(prepared.slice_count)) if slices is None else list(slices)
    values = [*range(1, classes), UNSURE]
    found = [
        Sample(
            prepared.network_input(index).astype(np.float16),
            downsample_labels(canonical[index], prepared, values),
            patient,
            merged,
        )
        for index in wanted
    ]
    weight = 1.0 / np.sqrt(max(1, len(found)))
    return [replace(sample, weight=float(weight)) for sample in found]


def window_of(samples: Sequence[Sample], largest: tuple[int, int]) -> tuple[int, int]:
    """The size (rows, columns) of most of the samples, at most ``largest``, for a new network.

    GroupNorm takes its means over the whole picture: a network that has only learned small slices
    in a large window of padding finds nothing in the same slices alone, as prediction shows them.
    """
    sizes = np.array([sample.labels.shape for sample in samples])
    rows, columns = np.percentile(sizes, 50, axis=0, method="higher")
    return min(int(rows), largest[0]), min(int(columns), largest[1])


def crop(
    sample: Sample, size: tuple[int, int], generator: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """A window of ``size`` (rows, columns) about the sample's middle, jittered, padded by air."""
    stack = np.full((sample.stack.shape[0], *size), -1.0, np.float32)
    labels = np.zeros(size, np.int64)
    source, target = [], []
    for have, want in zip(sample.labels.shape, size, strict=True):
        slack = have - want
        jitter = int(generator.integers(-12, 13))
        offset = slack // 2 + jitter  # where the window begins in the sample
        low, high = max(0, offset), min(have, offset + want)
        source.append(slice(low, high))
        target.append(slice(low - offset, high - offset))
    stack[(slice(None), *target)] = sample.stack[(slice(None), *source)]
    labels[tuple(target)] = sample.labels[tuple(source)]
    columns = np.arange(size[1], dtype=np.float32) - (size[1] - 1) / 2.0
    unit = 1.8 / 200.0
    if sample.labels.shape[1] > 1:  # the sample's own position step, whatever the model's spacing
        unit = float(sample.stack[-1, 0, -1] - sample.stack[-1, 0, 0]) / (
            sample.labels.shape[1] - 1
        )
    stack[-1] = columns[None, :] * unit
    return stack, labels
