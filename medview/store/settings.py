"""Settings: a JSON file of named values that a person may also edit by hand."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path
from typing import Any, TypeVar

from medview.core.atomic import write_text

Value = TypeVar("Value", bool, int, float, str, list[Any], dict[str, Any])

_FILE = "settings.json"
_RECENT = "recent_paths"
_RECENT_COUNT = 12

logger = logging.getLogger(__name__)


class Settings:
    """Values by name in ``folder/settings.json``, written atomically at every change.

    Names this version does not know are kept. A file that is no JSON is set aside as
    ``settings.broken.json`` and the settings start empty. Callable from any thread.
    """

    def __init__(self, folder: Path) -> None:
        self.path = Path(folder) / _FILE
        self._lock = threading.Lock()
        self._values = self._read()

    def get(self, name: str, default: Value) -> Value:
        """The value, or ``default`` when there is none or it is of another type."""
        value: Any = self._values.get(name, default)
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not type(default):
            return default
        copied: Value = json.loads(json.dumps(value))  # lists stay ours
        return copied

    def set(self, name: str, value: bool | float | str | list[Any] | dict[str, Any]) -> None:
        """Keep a value; MedviewError "write-failed" when the file cannot be written.

        The value then still holds for this run.
        """
        with self._lock:
            if self._values.get(name) == value and type(self._values.get(name)) is type(value):
                return
            self._values[name] = json.loads(json.dumps(value))
            write_text(self.path, json.dumps(self._values, indent=2, sort_keys=True) + "\n")

    def recent_paths(self) -> list[Path]:
        """Paths opened lately, the last first."""
        return [Path(text) for text in self.get(_RECENT, []) if isinstance(text, str)]

    def add_recent_path(self, path: Path) -> None:
        """Put a path first in the list of recent ones."""
        text = str(Path(path).absolute())
        others = [str(old) for old in self.recent_paths() if str(old) != text]
        self.set(_RECENT, [text, *others][:_RECENT_COUNT])

    def clear_recent_paths(self) -> None:
        """Forget them; paths can name patients."""
        self.set(_RECENT, [])

    def _read(self) -> dict[str, Any]:
        try:
            values = json.loads(self.path.read_text(encoding="utf-8"))
            if isinstance(values, dict):
                return values
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            logger.warning("the settings file cannot be read; it is set aside")
        try:
            self.path.replace(self.path.with_name("settings.broken.json"))
        except OSError:
            logger.warning("the broken settings file cannot be renamed")
        return {}
