"""Words and numbers as the window writes them."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

RESEARCH_USE = "Research use, not a medical device"


def tr(text: str) -> str:
    """The text in the window's language; English where there is no translation.

    Templates are translated before they are filled: ``tr("{count} slices").format(count=3)``.
    """
    return QCoreApplication.translate("medview", text) if text else ""


def said(text: str) -> str:
    """What a lower room says of its work, e.g. ``Loading 3 of 64 slices``, translated.

    The files know it with its numbers as ``{0}``, ``{1}``; names of files keep it in English.
    """
    numbers = re.findall(r"\d+", text)
    fields = iter(range(len(numbers)))
    template = re.sub(r"\d+", lambda _: f"{{{next(fields)}}}", text)
    known = tr(template)
    return text if known == template else known.format(*numbers)


def sentences(told: object, otherwise: str) -> str:
    """What a lower room says as [words, fields] pairs, translated and joined; else ``otherwise``.

    A text among the fields is translated as well, where it is known.
    """
    parts = []
    for one in told if isinstance(told, list) else ():
        match one:
            case [str(words), dict(fields)]:
                known = {
                    name: tr(value) if isinstance(value, str) else value
                    for name, value in fields.items()
                }
                parts.append(tr(words).format(**known))
    return " ".join(parts) or otherwise


def duration(seconds: float) -> str:
    """A time for people: ``8 s``, ``2 min 10 s``, ``1 h 5 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return tr("{seconds} s").format(seconds=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        if minutes < 10 and rest:
            return tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
        return tr("{minutes} min").format(minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if minutes:
        return tr("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return tr("{hours} h").format(hours=hours)


def counted(number: int, one: str, many: str, **fields: object) -> str:
    """``1 slice``, ``3 slices``: two templates with the field ``count``, both translated.

    Other ``fields`` are filled in as well."""
    return tr(one if number == 1 else many).format(count=number, **fields)


def time_left(seconds: float | None) -> str:
    """``2 min left``; "" where nobody knows."""
    if seconds is None:
        return ""
    return tr("{time} left").format(time=duration(seconds))
