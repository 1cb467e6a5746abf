"""Writes resources/anatomy/terms.csv: what a label can be called, with its code and category.

python packaging/anatomy_terms.py. From pydicom's copy of the context groups of DICOM PS3.16: 7191
tissues, 7192 anatomical structures, 7193 physical objects, 7194 morphologically abnormal
structures, 7197 body substances; each term gets the category of 7150 that its group stands for.
"""

from __future__ import annotations

import csv
from pathlib import Path

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

GROUPS = {
    "cid7192": codes.cid7150.AnatomicalStructure,
    "cid7191": codes.cid7150.Tissue,
    "cid7194": codes.cid7150.MorphologicallyAbnormalStructure,
    "cid7197": codes.cid7150.BodySubstance,
    "cid7193": codes.cid7150.PhysicalObject,
}
TARGET = Path(__file__).resolve().parent.parent / "resources/anatomy/terms.csv"
COLUMNS = ("meaning", "scheme", "value", "category_meaning", "category_scheme", "category_value")


def members_of(group: str) -> list[Code]:
    """The concepts of a context group."""
    found = getattr(codes, group)
    return [code for name in dir(found) if isinstance(code := getattr(found, name), Code)]


def main() -> None:
    rows: dict[tuple[str, str], tuple[str, ...]] = {}
    for group, category in GROUPS.items():
        kind = (category.meaning, category.scheme_designator, category.value)
        for code in members_of(group):
            key = (code.scheme_designator, code.value)
            rows.setdefault(key, (code.meaning, *key, *kind))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows.values(), key=lambda row: (row[0].lower(), row[1:])))
    print(f"{len(rows)} terms")


if __name__ == "__main__":
    main()
