"""Words and numbers as the window writes them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

RESEARCH_USE = "Research use, not a medical device"


def tr(text: str) -> str:
    """The text in the window's language; English where there is no translation.

    Templates are translated before they are filled: ``tr("{count} slices").format(count=3)``.
    """
    return QCoreApplication.translate("medview", text)


def duration(seconds: float) -> str:
    """A time for people: ``8 s``, ``2 min 10 s``, ``1 h 5 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes < 10 and rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def counted(number: int, one: str, many: str = "") -> str:
    """``1 slice``, ``3 slices``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
