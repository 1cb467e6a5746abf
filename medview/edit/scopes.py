"""Options that several operations share."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Literal

Scope = Literal["this-label", "all-labels"]


SCOPE: dict[str, Any] = {"label": "For", "tip": "All labels: each that is not locked"}


def mm_field(default: float, label: str, *, low: float = 0.1, high: float = 100.0) -> Any:
    """A length in millimetres."""
    return field(
        default=default,
        metadata={"label": label, "unit": "mm", "minimum": low, "maximum": high, "step": 0.5},
    )
