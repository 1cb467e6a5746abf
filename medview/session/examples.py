"""Pictures side by side: one held-out slice as two models see it, and as it was accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.ai.card import read_card
from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.core.labels import LabelTable
from medview.core.small_picture import labelled_picture, window_for
from medview.session.comparing import held_out_cases, predicted, wrong_pixels
from medview.session.left_out import FILE, Answers, read_answers, slice_name
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


@dataclass(frozen=True, eq=False)
class Version:
    """A model that answers on accepted slices with its classes, (rows, columns) as stored."""

    table: LabelTable
    answer: Callable[[ReviewedSlice], NDArray[np.uint8]]


def example_job(workspace: Workspace, base: Path, candidate: Path, case: str) -> Job:
    """The slice of a held-out case, by its name, on which both models differ most in quality.

    Of a left-out case it is what the version answered that had not seen the patient; it was
    thrown away, and its answers are beside the candidate. MedviewError "no-such-case" when its
    slices are no longer accepted, "no-answers" when nothing is known of a left-out one.
    """

    def function(progress: Progress) -> Example:
        progress.report(0.0, "Example slice")
        slices = _slices_of(workspace, case)
        if not slices:
            raise MedviewError(
                "This case has no accepted slices any more.",
                hint="Compare the models again.",
                code="no-such-case",
            )
        kept: Answers | None = None
        if any(one.record.split == "train" for one in slices):  # the candidate knows them
            kept = read_answers(candidate)
            slices = [one for one in slices if slice_name(one) in kept]
        if not slices:
            raise MedviewError(
                f"{candidate / FILE}, which holds the pictures of the version that had not seen "
                "this case, is missing, damaged, or older than the case's slices.",
                hint="Retrain again to see them; the figures in the table stay right.",
                code="no-answers",
            )
        new = loaded(candidate) if kept is None else thrown_away(candidate, kept)
        return example(case, slices, [loaded(base), new], progress)

    return Job("Example slice", function, "ai")


def _slices_of(workspace: Workspace, case: str) -> Sequence[ReviewedSlice]:
    """The accepted slices of a case by its name among the held-out or among the left-out ones."""
    reviews = [one for one in reviewed_slices(workspace) if usable(one)]
    for split in ("held-out", "train"):
        for one in held_out_cases(review for review in reviews if review.record.split == split):
            if one.name == case:
                return one.slices
    return ()


def loaded(folder: Path) -> Version:
    """The model in ``folder``."""
    from medview.session.model_jobs import load_predictor

    predictor = load_predictor(str(folder), "auto", spare_cores=1)
    return Version(predictor.card.labels, lambda one: predicted(predictor, one))


def thrown_away(candidate: Path, kept: Answers) -> Version:
    """What is left of the versions that stood for the candidate."""
    return Version(read_card(candidate).labels, lambda one: kept[slice_name(one)])


def looked_at(slices: Iterable[ReviewedSlice]) -> list[ReviewedSlice]:
    """Those of a case's slices among which the example is chosen, evenly spread."""
    every = list(slices)
    return every[:: max(1, -(-len(every) // _MOST))]


def example(
    case: str, slices: Iterable[ReviewedSlice], versions: Sequence[Version], progress: Progress
) -> Example:
    """As `example_job`, of slices and of two versions at hand."""
    chosen = looked_at(slices)
    guesses: list[list[NDArray[Any]]] = []
    wrong: list[list[int]] = []
    for version in versions:
        planes, counts = [], []
        for one in chosen:
            progress.check()
            truth, unlabelled = class_labels(one, version.table)
            planes.append(version.answer(one))
            known = [n for n in range(len(version.table) + 1) if n not in unlabelled]
            counts.append(wrong_pixels(truth, planes[-1], known))
        guesses.append(planes)
        wrong.append(counts)
    best = max(range(len(chosen)), key=lambda n: abs(wrong[0][n] - wrong[1][n]))
    one = chosen[best]
    plane = one.volume.voxels[1]
    window = window_for(plane, one.record.modality)
    tables = [version.table for version in versions]
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
