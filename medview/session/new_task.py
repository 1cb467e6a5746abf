"""A model for another task: other labels, another organ, another modality, from few cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from medview.ai.card import ModelCard
from medview.ai.input_spec import InputSpec
from medview.ai.preprocess import may_be_ct
from medview.core.errors import MedviewError
from medview.core.labels import LabelTable
from medview.session.records import ReviewedSlice
from medview.session.retrain_request import RetrainRequest
from medview.session.reviewed_labels import grown_table

_WINDOW = (208, 240)  # network pixels of a training window (`FitOptions.size`)


def task_of(
    request: RetrainRequest, base: ModelCard, reviews: list[ReviewedSlice]
) -> tuple[ModelCard, list[ReviewedSlice]]:
    """The new model's card, and the slices that speak of its labels in its modality.

    The labels are those asked for, else those that the base does not know. The modality is that of
    most slices; another than the base's gets a range and a spacing from its cases, and so do files
    that do not say theirs (NIfTI) and hold no HU. MedviewError "nothing-accepted" when no slice for
    training has such a label.
    """
    wanted = {name.lower() for name in request.labels} or _unknown(base, reviews)
    about = [one for one in reviews if wanted & {label.name.lower() for label in one.table}]
    train = [one for one in about if one.record.split == "train"]
    if not train:
        raise MedviewError(
            "There is no accepted axial slice with the labels of the new task.",
            hint="Draw and name them, accept the slices (A), or name them by --labels.",
            code="nothing-accepted",
        )
    modality = Counter(one.volume.modality for one in train).most_common(1)[0][0]
    about = [one for one in about if one.volume.modality == modality]
    train = [one for one in train if one.volume.modality == modality]
    tables = [
        LabelTable.of(label for label in one.table if label.name.lower() in wanted) for one in train
    ]
    table = grown_table(LabelTable(()), tables)
    known = modality == base.input.modality or (
        not modality and any(may_be_ct(one.volume.voxels) for one in train)
    )
    card = replace(
        base,
        labels=table,
        arguments={**base.arguments, "classes": len(table) + 1},
        input=base.input if known else _spec(modality, base.input, train),
        calibration={},
        familiarity={},
        limitations=(),
        intended_use=ModelCard.intended_use,
    )
    return card, about


def _unknown(base: ModelCard, reviews: list[ReviewedSlice]) -> set[str]:
    drawn = {label.name.lower() for one in reviews for label in one.table if not label.is_unsure}
    return (drawn - {label.name.lower() for label in base.labels}) or drawn


def _spec(modality: str, base: InputSpec, train: list[ReviewedSlice]) -> InputSpec:
    """A spacing at which the widest slice fits a window, and the range of values.

    That is of CT all but the tails; the values of other modalities depend on scanner and
    sequence, so each series is scaled by its own.
    """
    scaled = modality != "CT"
    low, high = 0.0, InputSpec.SCALE
    if not scaled:
        ends = np.array([one.volume.value_ends() for one in train])
        low, high = float(np.median(ends[:, 0])), float(ends[:, 1].max())
    spacings = np.array([one.volume.geometry.spacing_mm[1:] for one in train])
    extents = spacings * np.array([one.volume.geometry.shape[1:] for one in train])
    fitting = float((extents / np.array(_WINDOW)).max())
    spacing = max(fitting, float(np.median(spacings)))
    return InputSpec(
        round(float(np.clip(spacing, 0.1, 20.0)), 3),
        base.neighbor_mm,
        low,
        high,
        modality,
        scaled,
    )
