"""Arrow: points at something, with words if wanted."""

from __future__ import annotations

from typing import ClassVar, Literal

from medview.measure.kind import Kind
from medview.measure.reading import Reading, Shape


class Arrow(Kind):
    """From the tail to the head; it has no number."""

    id: ClassVar[str] = "arrow"
    name: ClassVar[str] = "Arrow"
    shortcut: ClassVar[str] = "Shift+W"
    description: ClassVar[str] = "Drag from the tail to what it points at; double click for words"
    order: ClassVar[int] = 90
    mark: ClassVar[Literal["", "cross", "arrow"]] = "arrow"

    def read(self, shape: Shape) -> Reading:
        return Reading()
