"""What `medview train` is asked for, and what its config says of card, network, fit and cases."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medview.ai.architecture import base_of, widths_of
from medview.ai.card import ModelCard, read_card
from medview.ai.input_spec import InputSpec
from medview.core.errors import MedviewError
from medview.core.labels import LabelTable, side_pairs
from medview.session.manifest import Manifest, with_known_code

if TYPE_CHECKING:
    from medview.ai.training.trainer import FitOptions


@dataclass(frozen=True)
class TrainRequest:
    """What `medview train` was asked for; ``config`` overrides card texts, network and fit, and its
    "leave_out" names cases whose labels are wrong: neither trained on nor measured.

    ``teacher``: a model of the same labels and input whose answers on the augmented slices are
    half of what is learned (Hinton et al. 2015, "Distilling the knowledge in a neural network").
    ``generated_share``: see `AugmentOptions.generated`.
    """

    manifest: Manifest
    output: Path
    steps: int = 5000
    seed: int = 0
    hold_out: frozenset[str] = frozenset()
    base: Path | None = None
    teacher: Path | None = None
    config: dict[str, Any] = field(default_factory=dict)
    device: str = "auto"
    generated_share: float = 0.0


def left_out_cases(request: TrainRequest) -> set[str]:
    """The cases of the config's "leave_out"; MedviewError "bad-config" for one that is not there.

    A slip of the pen would train on what was to be left out.
    """
    wrong = set(request.config.get("leave_out", ()))
    strange = wrong - {row.case for row in request.manifest.rows}
    if strange:
        raise MedviewError(
            f"The config leaves out {', '.join(sorted(strange))}, and {request.manifest.path} has "
            "no such case.",
            hint='Cases go by the names that "medview train" prints when it measures them.',
            code="bad-config",
        )
    return wrong


def new_share_of(request: TrainRequest) -> float:
    """The config's "new_share": how much of the weights is new where a training goes on from a
    base (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"); all, unless it says so.
    """
    share = request.config.get("new_share", 1.0)
    if request.base is None and "new_share" in request.config:
        raise MedviewError(
            "The config's new_share says how much of a base is replaced, and there is none.",
            hint="Name the version to start from with --base.",
            code="bad-config",
        )
    if not isinstance(share, int | float) or not 0.0 < share <= 1.0:
        raise MedviewError(
            f"The config's new_share must be over 0 and at most 1, not {share!r}.",
            code="bad-config",
        )
    return float(share)


def is_thinned(request: TrainRequest, card: ModelCard) -> bool:
    """Whether the network starts from some channels of its teacher, evenly spaced."""
    if request.base is not None or request.teacher is None:
        return False
    wide, widths = (widths_of(one.arguments["base"]) for one in (read_card(request.teacher), card))
    return widths != wide and all(map(operator.le, widths, wide))


def fit_options(request: TrainRequest, card: ModelCard, device: str) -> FitOptions:
    """The trainer's options: defaults, the config's "fit" over them, then steps and seed."""
    from medview.ai.training.augment import AugmentOptions, for_input
    from medview.ai.training.make_model import (
        FROM_SCRATCH_RATE,
        FROM_SCRATCH_WIDE,
        THINNED_RATE,
        fill_labels,
    )
    from medview.ai.training.trainer import FitOptions

    given = dict(request.config.get("fit", {}))
    if request.base is None:
        knows = is_thinned(request, card)
        given.setdefault("learning_rate", THINNED_RATE if knows else FROM_SCRATCH_RATE)
        given.setdefault("wide_first", 0.0 if knows else FROM_SCRATCH_WIDE)
    else:
        given.setdefault("balance", 0.0)  # what is known needs no push
    known = {f.name for f in fields(FitOptions)} - {"augment", "steps", "seed", "device"}
    _check_known("fit", set(given), known)
    if "size" in given:
        given["size"] = tuple(given["size"])
    half_range = (card.input.high - card.input.low) / 2.0
    augment = AugmentOptions(
        swap=side_pairs(card.labels),
        fill=fill_labels(card.labels),
        unit=half_range,
        generated=request.generated_share,
        **{**for_input(card.input), **_augment_strengths(request.config.get("augment", {}))},
    )
    return FitOptions(
        **given, steps=request.steps, seed=request.seed, device=device, augment=augment
    )


def _augment_strengths(given: dict[str, Any]) -> dict[str, float]:
    """The config's "augment": strengths by name, 0 switches a family off."""
    from medview.ai.training.augment import FAMILIES

    known = {name for names in FAMILIES.values() for name in names}
    _check_known("augment", set(given), known)
    return {name: float(value) for name, value in given.items()}


def _check_known(part: str, given: set[str], known: set[str]) -> None:
    """MedviewError "bad-config" naming what the config's ``part`` has that nobody knows."""
    if given - known:
        raise MedviewError(
            f"The config's {part} has unknown options: {', '.join(sorted(given - known))}.",
            hint=f"Known: {', '.join(sorted(known))}.",
            code="bad-config",
        )


def first_card(request: TrainRequest) -> ModelCard:
    config = request.config
    if request.base is not None and not len(request.manifest.table):
        table = read_card(request.base).labels
    else:
        table = request.manifest.classes
    if not len(table):
        raise MedviewError(
            f"{request.manifest.path} does not name its labels.",
            hint='Add "labels": {"1": "name", ...}.',
            code="bad-manifest",
        )
    names = {int(value): str(name) for value, name in config.get("label_names", {}).items()}
    table = LabelTable(
        tuple(
            with_known_code(replace(label, name=names.get(label.id, label.name), locked=False))
            for label in table
        )
    )
    spec = InputSpec.from_json(config.get("input", {}))
    texts = {
        name: config[name]
        for name in ("description", "license", "intended_use", "training")
        if name in config
    }
    try:
        widths = widths_of(config.get("network", {}).get("base", 16))
        return ModelCard(
            name=str(config.get("name", "custom")),
            version=str(config.get("version", "1.0.0")),
            architecture="unet-2.5d",
            arguments={
                "in_channels": InputSpec.CHANNELS,
                "classes": len(table) + 1,
                "base": base_of(widths),
            },
            input=spec,
            labels=table,
            limitations=tuple(config.get("limitations", ())),
            **texts,
        )
    except ValueError as error:
        raise MedviewError(f"The config does not fit: {error}.", code="bad-config") from error
