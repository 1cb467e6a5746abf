"""Left and right: finds parts of paired labels that lie on the wrong side, and swaps them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labels import Label, LabelTable
from medview.edit.draft import Proposal
from medview.edit.operation import Operation, Scene

_LEFT = 0  # LPS: the first axis of the patient grows to the left


@dataclass(frozen=True)
class SidesOptions:
    """``beyond_mm`` is how far past the middle a part must lie to be on the wrong side."""

    beyond_mm: float = field(
        default=10.0,
        metadata={
            "label": "Past the middle by",
            "unit": "mm",
            "minimum": 0.0,
            "maximum": 100.0,
            "step": 5.0,
        },
    )


class Sides(Operation):
    """Pairs are labels whose names differ in "left" and "right" only.

    The middle is midway between the two labels' centres of mass. A part (by faces) whose own centre
    lies past it on the other side is proposed for the other label; where the labels lie the wrong
    way round as a whole, both are swapped.
    """

    id = "sides"
    name = "Check Left and Right"
    description = "Find parts of left and right labels that lie on the other side, and swap them."
    order = 80

    def __init__(self, options: SidesOptions | None = None) -> None:
        super().__init__(options or SidesOptions())

    def propose(self, scene: Scene, progress: Progress) -> Proposal | None:
        from scipy import ndimage

        pairs = side_pairs(scene.labelmap.table)
        if not pairs:
            raise MedviewError(
                "No two labels are called left and right of the same thing.",
                hint='Name them like "left lung" and "right lung".',
                code="no-sides",
            )
        if not scene.geometry.calibrated:
            raise MedviewError(
                "The files do not say where left is.",
                hint="Without orientation nothing can be checked.",
                code="not-calibrated",
            )
        ids = [label.id for pair in pairs for label in pair]
        box = scene.needed(ids)
        before = scene.part(box)
        after = before.copy()
        for left, right in pairs:
            progress.check()
            masks = [before == label.id for label in (left, right)]
            if not all(mask.any() for mask in masks):
                continue
            centers = [self._across(scene, box.low, np.argwhere(mask).mean(0)) for mask in masks]
            middle, reversed_ = sum(centers) / 2.0, centers[0] < centers[1]
            for mask, other, sign in zip(masks, (right, left), (1, -1), strict=True):
                parts, count = ndimage.label(mask)
                places = ndimage.center_of_mass(mask, parts, range(1, count + 1))
                for number, place in enumerate(places, start=1):
                    past = sign * (middle - self._across(scene, box.low, np.array(place)))
                    if reversed_ or past > self.options.beyond_mm:
                        after[parts == number] = other.id
        return Proposal.between("Swap left and right", box, before, after)

    @staticmethod
    def _across(scene: Scene, low: tuple[int, int, int], place: np.ndarray) -> float:
        return float(scene.geometry.to_patient(place + low)[_LEFT])


def side_pairs(table: LabelTable) -> list[tuple[Label, Label]]:
    """(left, right) labels whose names are otherwise the same."""
    by_name = {label.name.lower(): label for label in table}
    pairs = []
    for name, label in by_name.items():
        other = by_name.get(name.replace("left", "right")) if "left" in name else None
        if other is not None:
            pairs.append((label, other))
    return pairs
