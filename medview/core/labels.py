"""Label and LabelTable: what the integers of a label map mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

Color = tuple[int, int, int]

UNSURE_NAME = "unsure"
LabelState = Literal["not started", "in progress", "done", "flagged"]
LABEL_STATES: tuple[LabelState, ...] = get_args(LabelState)


@dataclass(frozen=True)
class Code:
    """A coded concept (DICOM PS3.3 table 8.8-1): value, scheme designator ("SCT"), meaning."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True)
class Label:
    """One structure: ``id`` 1..65535 (0 is background), RGB ``color`` 0..255, optional codes.

    ``code`` is the anatomy (segmented property type), ``category`` its category,
    ``modifier`` its laterality where the type carries none. ``opacity`` (0..1) is its share of the
    overlay's; ``state`` how far a person is with it.
    """

    id: int
    name: str
    color: Color
    code: Code | None = None
    category: Code | None = None
    modifier: Code | None = None
    visible: bool = True
    locked: bool = False
    opacity: float = 1.0
    state: LabelState = "not started"

    @property
    def is_unsure(self) -> bool:
        """Whether it marks what nobody knows: painted and kept as any label, but training leaves
        its voxels out. The name says so, so that it survives every file format."""
        return self.name.strip().lower() == UNSURE_NAME

    def __post_init__(self) -> None:
        if not 1 <= self.id <= 65535:
            raise ValueError(f"label id must be 1..65535, not {self.id}")


@dataclass(frozen=True)
class LabelTable:
    """An immutable, ordered set of labels with unique ids; changing it makes a new table."""

    labels: tuple[Label, ...] = ()

    def __post_init__(self) -> None:
        ids = [label.id for label in self.labels]
        if len(set(ids)) != len(ids):
            raise ValueError(f"label ids are not unique: {ids}")

    @classmethod
    def of(cls, labels: Iterable[Label]) -> LabelTable:
        return cls(tuple(labels))

    def __iter__(self) -> Iterator[Label]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __contains__(self, label_id: object) -> bool:
        return any(label.id == label_id for label in self.labels)

    def __getitem__(self, label_id: int) -> Label:
        """The label with this id; KeyError when there is none."""
        for label in self.labels:
            if label.id == label_id:
                return label
        raise KeyError(label_id)

    def find(self, id_or_name: str) -> Label | None:
        """The label whose id or name (any case) is ``id_or_name``."""
        wanted = id_or_name.strip().lower()
        for label in self.labels:
            if wanted in (str(label.id), label.name.lower()):
                return label
        return None

    def with_label(self, label: Label) -> LabelTable:
        """A table where ``label`` replaces the one with its id, or is added at the end."""
        if label.id in self:
            return LabelTable(tuple(label if old.id == label.id else old for old in self.labels))
        return LabelTable((*self.labels, label))

    def without(self, label_id: int) -> LabelTable:
        return LabelTable(tuple(label for label in self.labels if label.id != label_id))

    def changed(self, label_id: int, **fields: object) -> LabelTable:
        """A table where the label's named fields have new values."""
        return self.with_label(replace(self[label_id], **fields))  # type: ignore[arg-type]

    def moved(self, label_id: int, steps: int) -> LabelTable:
        """A table where the label stands so many places further down, as far as there are any."""
        order = list(self.labels)
        place = order.index(self[label_id])
        label = order.pop(place)
        order.insert(min(max(place + steps, 0), len(order)), label)
        return LabelTable(tuple(order))

    def free_id(self) -> int:
        """The smallest unused id."""
        return next(n for n in range(1, 65536) if n not in self)


# Colour-blind-safe defaults (Okabe & Ito 2008), for labels that bring no colour of their own.
PALETTE: tuple[Color, ...] = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (240, 228, 66),
    (213, 94, 0),
    (0, 114, 178),
)


def default_color(label_id: int) -> Color:
    return PALETTE[(label_id - 1) % len(PALETTE)]


def side_pairs(table: LabelTable) -> tuple[tuple[int, int], ...]:
    """(right id, left id) of labels whose names differ only in right/left."""
    by_name = {label.name.lower(): label.id for label in table}
    pairs = []
    for name, right in by_name.items():
        other = by_name.get(name.replace("right", "left"))
        if "right" in name and other is not None:
            pairs.append((right, other))
    return tuple(pairs)
