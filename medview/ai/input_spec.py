"""InputSpec: what a model eats. No heavy import, so that reading a card is quick."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class InputSpec:
    """What a model eats, as written in its card.

    ``spacing_mm`` in-plane spacing; ``neighbor_mm`` wanted distance of the neighbour slices (the
    nearest stored slice is taken, never the slice itself while there is another); ``low``/``high``
    modality values mapped to -1..1; ``modality`` as in DICOM (0008,0060). The channels are: slice
    below, slice, slice above, and the column position relative to the body's middle in units of
    200 mm, with which the network tells left from right early in training. ``scaled``: for
    modalities whose values have no unit (MR); each series is first scaled so that its low and high
    ends (`Volume.value_ends`) become 0 and 1000.
    """

    spacing_mm: float = 1.8
    neighbor_mm: float = 3.0
    low: float = -1024.0
    high: float = 600.0
    modality: str = "CT"
    scaled: bool = False

    def __post_init__(self) -> None:
        if not 0.1 <= self.spacing_mm <= 20.0 or not 0.0 < self.neighbor_mm <= 100.0:
            raise ValueError(f"no spacing: {self.spacing_mm} mm, neighbours {self.neighbor_mm} mm")
        if not -1e6 <= self.low < self.high <= 1e6:
            raise ValueError(f"no range of values: {self.low} to {self.high}")

        if not isinstance(self.scaled, bool):
            raise TypeError(f"scaled must be true or false, not {self.scaled!r}")

    CHANNELS = 4
    MULTIPLE = 16
    SCALE = 1000.0  # of the high end of a scaled series

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> InputSpec:
        return cls(**{name: data[name] for name in asdict(cls()) if name in data})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
