"""Pictures side by side: one held-out slice as two models see it, and as it was accepted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.core.labels import LabelTable
from medview.core.small_picture import labelled_picture, window_for
from medview.session.comparing import held_out_cases, predicted, wrong_pixels
from medview.session.records import ReviewedSlice, reviewed_slices
from medview.session.reviewed_labels import class_labels, usable
from medview.store.workspace import Workspace

_MOST = 8  # slices of a case that are looked at


@dataclass(frozen=True, eq=False)
class Example:
    """``pictures``: (rows, columns, 3) uint8 of current, candidate and truth; ``wrong`` pixels
    of the first two; ``slice_index`` from 0 in the case ``case``."""

    case: str
    slice_index: int
    pictures: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
    wrong: tuple[int, int]


def example_job(workspace: Workspace, base: Path, candidate: Path, case: str) -> Job:
    """The slice of a held-out case, by its name, on which both models differ most in quality.

    MedviewError "no-such-case" when its slices are no longer accepted.
    """

    def function(progress: Progress) -> Example:
        progress.report(0.0, "Example slice")
        held_out = (
            one
            for one in reviewed_slices(workspace)
            if usable(one) and one.record.split == "held-out"
        )
        for one in held_out_cases(held_out):
            if one.name == case:
                return example(case, one.slices, (base, candidate), progress)
        raise MedviewError(
            "This case has no accepted slices any more.",
            hint="Compare the models again.",
            code="no-such-case",
        )

    return Job("Example slice", function, "ai")


def example(
    case: str, slices: Iterable[ReviewedSlice], folders: Collection[Path], progress: Progress
) -> Example:
    """As `example_job`, of slices at hand."""
    from medview.session.model_jobs import load_predictor

    every = list(slices)
    chosen = every[:: max(1, -(-len(every) // _MOST))]
    guesses: list[list[NDArray[Any]]] = []
    tables: list[LabelTable] = []
    wrong: list[list[int]] = []
    for folder in folders:
        predictor = load_predictor(str(folder), "auto", spare_cores=1)
        planes, counts = [], []
        for one in chosen:
            progress.check()
            truth, unlabelled = class_labels(one, predictor.card.labels)
            planes.append(predicted(predictor, one))
            known = [n for n in range(predictor.card.classes) if n not in unlabelled]
            counts.append(wrong_pixels(truth, planes[-1], known))
        guesses.append(planes)
        tables.append(predictor.card.labels)
        wrong.append(counts)
    best = max(range(len(chosen)), key=lambda n: abs(wrong[0][n] - wrong[1][n]))
    one = chosen[best]
    plane = one.volume.voxels[1]
    window = window_for(plane, one.record.modality)
    truth, _ = class_labels(one, tables[1])
    views = (
        (guesses[0][best], tables[0]),
        (guesses[1][best], tables[1]),
        (truth, tables[1]),
    )
    first, second, third = (
        labelled_picture(plane, labels, table, window) for labels, table in views
    )
    return Example(
        case, one.record.slice_index, (first, second, third), (wrong[0][best], wrong[1][best])
    )
