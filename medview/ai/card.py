"""The model card: what a model is, eats and gives, how it was made and how good it is."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medview.ai.input_spec import InputSpec
from medview.core.errors import MedviewError
from medview.core.label_json import table_from_json, table_to_json
from medview.core.labels import LabelTable

SCHEMA = 1
NOT_A_DEVICE = "Research use, not a medical device."
HEATMAP_WORDS = "shows what the model used, not the disease"
WEIGHTS = "model.safetensors"
CARD = "card.json"
METRICS = "metrics.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class ModelCard:
    """``card.json`` of a model folder ``NAME/VERSION``.

    ``labels`` are the classes 1..n in order of the network's output channels (0 is background);
    ``arguments`` the network's, from a white list; ``sha256`` of the weight file; ``training`` free
    text fields about data, seed, steps and hardware; ``metrics`` the figures of ``metrics.json``;
    ``heatmap`` the explanation gate's figures ({} when not measured); ``calibration`` the
    temperatures by class (background first) and what they gain; ``familiarity`` what the training
    cases looked like, see `medview.ai.familiarity`; ``cleaning`` limits by label name, see
    `medview.ai.postprocess.limits_of`.
    """

    name: str
    version: str
    architecture: str
    arguments: dict[str, Any]
    input: InputSpec
    labels: LabelTable
    sha256: str = ""
    description: str = ""
    created: str = ""
    parent: str = ""
    corrections: int = 0
    license: str = ""
    intended_use: str = NOT_A_DEVICE
    training: dict[str, Any] = field(default_factory=dict)
    limitations: tuple[str, ...] = ()
    heatmap: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] = field(default_factory=dict)
    familiarity: dict[str, Any] = field(default_factory=dict)
    cleaning: dict[str, dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for word in (self.name, self.version):
            if not is_name(word):
                raise ValueError(f"{word!r} is not a model name or version")

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def classes(self) -> int:
        """Output channels, background included."""
        return len(self.labels) + 1

    @property
    def temperatures(self) -> tuple[float, ...]:
        """What each class's logits are divided by for honest probabilities; ones when unknown."""
        given = [float(value) for value in self.calibration.get("temperature", ())]
        usable = len(given) == self.classes and all(0.05 <= value <= 20.0 for value in given)
        return tuple(given) if usable else (1.0,) * self.classes

    @property
    def best_heatmap(self) -> tuple[str, str]:
        """(method, layer) that did best in the card's figures, else the program's default."""
        best = self.heatmap.get("best", {})
        return str(best.get("method", "seg_grad_cam")), str(best.get("layer", "default"))

    def is_reliable(self, method: str, layer: str, label_id: int) -> bool:
        """Whether this kind of heat map passed its gate for this label: only when it was measured.

        The gate is `medview.ai.network.attribution.check.passes`; ``heatmap`` holds its verdicts by
        method, layer and label name.
        """
        layers = self.heatmap.get("methods", {}).get(method, {})
        row = layers.get(layer, layers.get("", {}))
        name = self.labels[label_id].name if label_id in self.labels else ""
        return bool(row.get(name, {}).get("passes", False))

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "name": self.name,
            "version": self.version,
            "description": self.description,
            "notice": NOT_A_DEVICE,
            "intended_use": self.intended_use,
            "limitations": list(self.limitations),
            "license": self.license,
            "created": self.created,
            "parent": self.parent,
            "corrections": self.corrections,
            "architecture": self.architecture,
            "arguments": self.arguments,
            "sha256": self.sha256,
            "input": self.input.to_json(),
            "labels": table_to_json(self.labels),
            "training": self.training,
            "heatmap": self.heatmap,
            "calibration": self.calibration,
            "familiarity": self.familiarity,
            "cleaning": self.cleaning,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ModelCard:
        """ValueError, KeyError or TypeError when the data is not a card of a known schema."""
        if data.get("schema") != SCHEMA:
            raise ValueError(f"unknown card schema {data.get('schema')!r}")
        labels = table_from_json(data["labels"])
        if [label.id for label in labels] != list(range(1, len(labels) + 1)):
            raise ValueError("the labels of a model must be numbered from 1 without gaps")
        return cls(
            name=str(data["name"]),
            version=str(data["version"]),
            architecture=str(data["architecture"]),
            arguments=dict(data["arguments"]),
            input=InputSpec.from_json(data["input"]),
            labels=labels,
            sha256=str(data.get("sha256", "")),
            description=str(data.get("description", "")),
            created=str(data.get("created", "")),
            parent=str(data.get("parent", "")),
            corrections=int(data.get("corrections", 0)),
            license=str(data.get("license", "")),
            intended_use=str(data.get("intended_use", NOT_A_DEVICE)),
            training=dict(data.get("training", {})),
            limitations=tuple(str(line) for line in data.get("limitations", ())),
            heatmap=dict(data.get("heatmap", {})),
            calibration=dict(data.get("calibration", {})),
            familiarity=dict(data.get("familiarity", {})),
            cleaning=_cleaning(data.get("cleaning", {})),
        )


def _cleaning(data: Any) -> dict[str, dict[str, float]]:
    """ValueError or TypeError for what are no limits."""
    limits = {
        str(name): {str(what): float(value) for what, value in dict(own).items()}
        for name, own in dict(data).items()
    }
    if not all(0.0 <= value < 1e6 for own in limits.values() for value in own.values()):
        raise ValueError("the limits of cleaning must be millilitres from 0")
    return limits


def is_name(word: str) -> bool:
    """Whether a model or a version may be called that."""
    return _NAME.fullmatch(word) is not None


def read_card(folder: Path) -> ModelCard:
    """The card of a model folder; MedviewError "bad-model" naming the file and the reason."""
    path = folder / CARD
    try:
        return ModelCard.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MedviewError(
            f"{path} is not a model card: {error}.",
            hint="Import the model again, or roll back to another version.",
            code="bad-model",
        ) from error


def file_sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(folder: Path) -> ModelCard:
    """The card, after checking that the weight file is the one it names; else MedviewError."""
    card = read_card(folder)
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise MedviewError(f"{weights} is missing.", hint="Import it again.", code="bad-model")
    if file_sha256(weights) != card.sha256:
        raise MedviewError(
            f"{weights} is not the file its card describes (sha256 differs).",
            hint="Do not use it; import the model again.",
            code="bad-model",
        )
    return card
