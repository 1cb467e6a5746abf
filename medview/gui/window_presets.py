"""WindowPresets: the windows to choose from: the file's own, the usual ones, the person's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from medview.core.display import CT_PRESETS, Window
from medview.core.volume import Volume
from medview.gui.words import tr
from medview.store.settings import Settings

_OWN = "window_presets"


class WindowPresets:
    """Own presets are kept per modality in the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def choices(self, volume: Volume) -> list[Window]:
        """Every window for a volume, each with a name; the file's come first."""
        files = [
            window
            if window.name
            else replace(window, name=tr("file {number}").format(number=number))
            for number, window in enumerate(volume.windows, start=1)
        ]
        usual = [window for _, window in CT_PRESETS] if volume.modality == "CT" else []
        return [*files, *self.own(volume.modality), *usual]

    def own(self, modality: str) -> list[Window]:
        """The person's presets for a modality."""
        return [window for row in self._rows(modality) if (window := _window(row)) is not None]

    def add(self, modality: str, window: Window, name: str) -> None:
        """Keep a window under a name, in place of an older one of that name."""
        rows = [row for row in self._rows(modality) if row.get("name") != name]
        function = window.function if window.table is None else "LINEAR"
        row = {"name": name, "center": window.center, "width": window.width, "function": function}
        rows.append(row)
        self._keep(modality, rows)

    def remove(self, modality: str, name: str) -> None:
        """Forget a preset."""
        self._keep(modality, [row for row in self._rows(modality) if row.get("name") != name])

    def _rows(self, modality: str) -> list[dict[str, Any]]:
        rows = self._settings.get(_OWN, {}).get(modality, [])
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _keep(self, modality: str, rows: list[dict[str, Any]]) -> None:
        self._settings.set(_OWN, {**self._settings.get(_OWN, {}), modality: rows})


def _window(row: dict[str, Any]) -> Window | None:
    """A window from the settings file, which a person may have edited; None when it is none."""
    try:
        center, width, name = float(row["center"]), float(row["width"]), str(row["name"])
    except (KeyError, TypeError, ValueError):
        return None
    known = row.get("function")
    if width <= 0:
        return None
    if known == "SIGMOID":
        return Window(center, width, name, "SIGMOID")
    return Window(center, width, name, "LINEAR_EXACT" if known == "LINEAR_EXACT" else "LINEAR")
