"""Accepted labels as a model's classes, and which accepted slices a model can learn from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.labels import Label, LabelTable
from medview.session.records import ReviewedSlice

UNSURE = 255
"""The class of pixels that no loss and no figure counts (as in `medview.ai.training.samples`)."""


def usable(one: ReviewedSlice) -> bool:
    """Only axially stored slices fit the 2.5D network; others stay accepted, and unused."""
    return one.volume.geometry.canonical_axes()[0][0] == 0


def grown_table(model: LabelTable, tables: list[LabelTable]) -> LabelTable:
    """The model's labels, and behind them those that were drawn and that it does not know."""
    grown = model
    for table in tables:
        for label in table:
            known = grown.find(label.name)
            if label.is_unsure:
                continue
            if known is None or known.name.lower() != label.name.lower():
                grown = grown.with_label(
                    Label(
                        len(grown) + 1,
                        label.name,
                        label.color,
                        label.code,
                        label.category,
                        label.modifier,
                    )
                )
    return grown


def class_labels(
    one: ReviewedSlice, table: LabelTable
) -> tuple[NDArray[np.uint8], tuple[int, ...]]:
    """An accepted slice's labels as the model's classes, and the classes it does not label.

    A class whose label is not in the case's table was not looked for there, so it is unlabelled.
    What was painted "unsure" becomes `UNSURE`, which no loss counts.
    """
    return classes_of(one.labels, one.table, table)


def classes_of(
    labels: NDArray[np.unsignedinteger[Any]], drawn: LabelTable, table: LabelTable
) -> tuple[NDArray[np.uint8], tuple[int, ...]]:
    """As `class_labels`, for an array of any shape whose values ``drawn`` names."""
    lookup = np.zeros(int(labels.max(initial=0)) + 1, np.uint8)
    by_name = {label.name.lower(): label.id for label in table}
    found = set()
    for label in drawn:
        known = by_name.get(label.name.lower())
        if label.is_unsure:
            if label.id < len(lookup):
                lookup[label.id] = UNSURE
        elif known is not None:
            found.add(known)
            if label.id < len(lookup):
                lookup[label.id] = known
    merged = tuple(label.id for label in table if label.id not in found)
    classes: NDArray[np.uint8] = lookup[labels]
    return classes, merged
