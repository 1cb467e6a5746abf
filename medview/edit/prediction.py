"""The prediction: the labels as the newest edit of a model left them, to go back to in parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.edit.edit import Edit


def newest_prediction(done: Sequence[Edit]) -> int | None:
    """Which of the edits that are done is the last one of a model; None when none is."""
    return max((n for n, edit in enumerate(done) if edit.origin.kind == "model"), default=None)


def needed_prediction(done: Sequence[Edit]) -> int:
    """As `newest_prediction`; MedviewError "no-prediction" where there is none."""
    newest = newest_prediction(done)
    if newest is None:
        raise MedviewError(
            "No model has segmented this case, or it was undone.",
            hint="Press Segment first.",
            code="no-prediction",
        )
    return newest


def as_predicted(labelmap: LabelMap, done: Sequence[Edit], box: Box) -> NDArray[Any]:
    """The label ids of a box right after the newest edit of a model: a new array.

    ``done`` are the edits that led to ``labelmap``, the oldest first. MedviewError "no-prediction".
    """
    newest = needed_prediction(done)
    found: NDArray[Any] = labelmap.voxels[box.slices].copy()
    for edit in reversed(done[newest + 1 :]):
        part = box.overlap(edit.box)
        if not part.is_empty:
            here, there = part.seen_from(box), part.seen_from(edit.box)
            found[here.slices] = edit.before.array()[there.slices]
    return found


def gone_back(
    before: NDArray[Any], predicted: NDArray[Any], label_id: int | None = None
) -> NDArray[Any]:
    """``before`` with what was predicted: of one label, or of all (None)."""
    after = predicted.astype(before.dtype)
    if label_id is not None:
        after = before.copy()
        after[before == label_id] = 0
        after[predicted == label_id] = label_id
    return after
