"""PS3.15 table E.1-1: what the Basic Application Level Confidentiality Profile does to a tag."""

from __future__ import annotations

import csv
from functools import lru_cache

from medview.core.resources import resources_path

EDITION = "2026c"

REMOVE = "X"


def action_for(tag: int) -> str | None:
    """The Basic Profile's action for a tag, as the table writes it ("X", "Z/D", "U", "X/Z/U*").

    None for an attribute that the table does not name. All of 50xx (curves) and of 60xx
    (overlays) is removed: the table names the data and the comments, and an overlay's description,
    label and origin are of no use without them.
    """
    if (tag >> 24) in (0x50, 0x60):
        return REMOVE
    return attributes().get(f"{tag:08X}")


@lru_cache(maxsize=1)
def attributes() -> dict[str, str]:
    """Tag ("00080050", "50xxxxxx", "60xx3000") to action: every row of the table."""
    path = resources_path() / "deidentify" / "ps315_e1_1.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["tag"]: row["action"] for row in csv.DictReader(file)}
