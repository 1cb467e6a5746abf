"""Accepting slices: what is kept of them, and whether they train or prove."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import Future

from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.session.records import AcceptedSlices, patient_hash, review_records
from medview.store.records import Split
from medview.store.workspace import Workspace

HELD_OUT_EVERY = 4  # of the patients, one is held out: the second, the sixth, ...


def choose_split(workspace: Workspace, patient: str) -> Split:
    """The patient's frozen split; of new patients the second and then every fourth is held out.

    So the first correction can be trained on and the second patient can prove it. Once chosen it
    stays (the workspace freezes it): no trained case can fall into validation.
    """
    known = workspace.split_of(patient)
    if known is not None:
        return known
    return "held-out" if workspace.patient_count() % HELD_OUT_EVERY == 1 else "train"


def accepted(
    volume: Volume,
    labelmap: LabelMap,
    indices: Iterable[int],
    reviewer: str,
    *,
    patient: str | None = None,
    split: Split | None = None,
) -> AcceptedSlices:
    """Copies of what is to be kept; MedviewError for slices that are not there or not whole."""
    chosen = sorted(set(indices))
    count = volume.geometry.shape[0]
    if not chosen or chosen[0] < 0 or chosen[-1] >= count:
        raise MedviewError(
            f"Slices must be 0 to {count - 1}.", code="no-such-slice", hint="Nothing was accepted."
        )
    if volume.ready is not None and not volume.ready[chosen].all():
        raise MedviewError(
            "These slices are still being read.", hint="Wait a moment.", code="not-ready"
        )
    lost = [index for index in chosen if index in volume.unreadable]
    if lost:
        numbers = ", ".join(str(index + 1) for index in lost[:10])
        raise MedviewError(
            f"Slices that could not be read cannot be accepted: {numbers} (counted from 1).",
            hint="Accept the other slices one by one.",
            code="slice-unreadable",
        )
    if volume.is_color:
        raise MedviewError("Colour images cannot be accepted for training.", code="not-grey")
    name = patient or patient_hash(volume)
    return AcceptedSlices(
        volume,
        labelmap.table,
        {index: labelmap.voxels[index].copy() for index in chosen},
        split,
        name,
        reviewer,
        json.dumps({"revision": labelmap.revision}),
    )


def keep_accepted(workspace: Workspace, chosen: AcceptedSlices) -> Future[None]:
    """Pack accepted slices and hand them to the workspace; slow, so off the main thread."""
    split = chosen.split or choose_split(workspace, chosen.patient)
    return workspace.put_reviews(review_records(chosen, split))
