"""Anatomical terms: what a label can be called, with the code that DICOM gives it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from medview.core.labels import Code
from medview.core.resources import resources_path

RIGHT = Code("24028007", "SCT", "Right")
LEFT = Code("7771000", "SCT", "Left")
_MOST = 200


@dataclass(frozen=True)
class Term:
    """A concept of the segmentation property types (DICOM PS3.16 CID 7151) and its category."""

    code: Code
    category: Code


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """All terms by meaning; read once from ``resources/anatomy/terms.csv``."""
    path = resources_path() / "anatomy" / "terms.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Term(
                Code(row["value"], row["scheme"], row["meaning"]),
                Code(row["category_value"], row["category_scheme"], row["category_meaning"]),
            )
            for row in csv.DictReader(file)
        )


def search(text: str, most: int = _MOST) -> list[Term]:
    """Terms that hold every word, those that begin with the text first, short ones before long."""
    words = text.lower().split()
    found = [term for term in terms() if all(word in term.code.meaning.lower() for word in words)]
    start = " ".join(words)

    def order(term: Term) -> tuple[bool, int, str]:
        meaning = term.code.meaning.lower()
        return (not meaning.startswith(start), len(meaning), meaning)

    return sorted(found, key=order)[:most]
