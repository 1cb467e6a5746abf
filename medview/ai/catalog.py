"""Which models there are: shipped ones and those of the workspace, one folder per version."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medview.ai.card import METRICS, ModelCard, read_card
from medview.core.errors import MedviewError
from medview.core.resources import resources_path

DEFAULT_MODEL = "ct-lung"


def _version_order(version: str) -> tuple[tuple[int, str], ...]:
    """1.10.0 comes after 1.9.0."""
    parts = version.replace("-", ".").split(".")
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


@dataclass(frozen=True)
class ModelFolder:
    """One version of a model on disk."""

    folder: Path
    card: ModelCard
    shipped: bool

    @property
    def metrics(self) -> dict[str, Any]:
        """``metrics.json``, {} when there is none."""
        try:
            data = json.loads((self.folder / METRICS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}


class Catalog:
    """Reads ``NAME/VERSION`` folders below the shipped models and below ``own``."""

    def __init__(self, own: Path, shipped: Path | None = None) -> None:
        self.own = own
        self.shipped = shipped if shipped is not None else resources_path() / "models"

    def versions(self, name: str | None = None) -> list[ModelFolder]:
        """All readable versions, by name, oldest version first. Broken folders are left out."""
        found = []
        for root, is_shipped in ((self.shipped, True), (self.own, False)):
            for card_path in sorted(root.glob("*/*/card.json")):
                try:
                    card = read_card(card_path.parent)
                except MedviewError:
                    continue
                if name is None or card.name == name:
                    found.append(ModelFolder(card_path.parent, card, is_shipped))
        return sorted(found, key=lambda m: (m.card.name, _version_order(m.card.version)))

    def find(self, name: str, version: str | None = None) -> ModelFolder:
        """The version asked for, else the newest shipped one. MedviewError "no-such-model"."""
        candidates = self.versions(name)
        if version is not None:
            chosen = [m for m in candidates if m.card.version == version]
        else:
            chosen = [m for m in candidates if m.shipped] or candidates
        if not chosen:
            wanted = name if version is None else f"{name}@{version}"
            known = ", ".join(m.card.id for m in self.versions()) or "none"
            raise MedviewError(
                f"There is no model {wanted}.", hint=f"Known models: {known}.", code="no-such-model"
            )
        return chosen[-1]

    def next_version(self, name: str) -> str:
        """One minor step above the highest version of ``name``."""
        highest = max(
            (_version_order(m.card.version) for m in self.versions(name)), default=((1, ""),)
        )
        numbers = [number for number, _ in highest if number >= 0] or [1]
        major, minor = numbers[0], numbers[1] if len(numbers) > 1 else 0
        return f"{major}.{minor + 1}.0"

    def remove(self, name: str, version: str) -> None:
        """Delete a version of the workspace; a shipped one cannot be deleted."""
        model = self.find(name, version)
        if model.shipped:
            raise MedviewError(
                f"{model.card.id} ships with medview and stays.", code="shipped-model"
            )
        shutil.rmtree(model.folder)
