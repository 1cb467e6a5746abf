"""Text: words at a place."""

from __future__ import annotations

from typing import ClassVar

from medview.measure.kind import Kind
from medview.measure.reading import Reading, Shape


class Text(Kind):
    """It has no number."""

    id: ClassVar[str] = "text"
    name: ClassVar[str] = "Text"
    shortcut: ClassVar[str] = "Shift+T"
    description: ClassVar[str] = "Click where the words belong, then type them"
    order: ClassVar[int] = 95
    count: ClassVar[int] = 1
    asks_text: ClassVar[bool] = True

    def read(self, shape: Shape) -> Reading:
        return Reading()
