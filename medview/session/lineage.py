"""Where a model version comes from: its ancestors, and the patients that they were trained on."""

from __future__ import annotations

import itertools

from medview.ai.card import ModelCard
from medview.ai.catalog import Catalog
from medview.core.errors import MedviewError

PATIENTS = "patients_sha256"  # in a card's "training": SHA-256 of each PatientID, as hex
ACCEPTED = "accepted_patients_sha256"  # the same of accepted slices: how the SHA-256 begins


def ancestors(catalog: Catalog, card: ModelCard) -> list[ModelCard]:
    """The version itself, its parent, and so on as far as they are still there."""
    found = [card]
    while found[-1].parent and found[-1].parent not in {one.id for one in found}:
        name, _, version = found[-1].parent.partition("@")
        try:
            found.append(catalog.find(name, version).card)
        except MedviewError:
            break
    return found


def seen_patients(catalog: Catalog, card: ModelCard) -> tuple[str, ...]:
    """SHA-256 of the PatientIDs that the version or an ancestor names as its training patients.

    Those of accepted slices are among them, by the beginning that the workspace keeps.
    """
    family = ancestors(catalog, card)
    lists = (one.training.get(key, ()) for one in family for key in (PATIENTS, ACCEPTED))
    return tuple(sorted({str(one).lower() for one in itertools.chain.from_iterable(lists)}))
