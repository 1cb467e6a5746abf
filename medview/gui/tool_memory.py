"""ToolMemory: the tools' options and the tool used last, over restarts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from PySide6.QtCore import QObject, QTimer

from medview.gui.tool_host import ToolHost
from medview.store.settings import Settings

_OPTIONS, _LAST = "tool_options", "last_tool"
_PATIENCE_MS = 2000  # after the last change, so that turning the wheel writes once


class ToolMemory(QObject):
    """One entry per class of options, as tools that share a class share its values."""

    def __init__(self, host: ToolHost, settings: Settings) -> None:
        super().__init__(host)
        self._host = host
        self._settings = settings
        self._last = settings.get(_LAST, "")
        stored = settings.get(_OPTIONS, {})
        for options in self._all_options():
            values = stored.get(type(options).__name__)
            if isinstance(values, dict):
                host.set_options(with_stored(options, values))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self.save)
        host.tool_changed.connect(self._tool_changed)
        host.options_changed.connect(lambda _options: self._timer.start())

    def use_last(self) -> None:
        """Take the tool again that was used last; nothing when there was none yet."""
        if self._last in self._host.tools:
            self._host.use(self._last)

    def save(self) -> None:
        """Write what is new to the settings; also when the window closes."""
        self._timer.stop()
        stored = self._settings.get(_OPTIONS, {})
        mine = {type(options).__name__: asdict(options) for options in self._all_options()}
        self._settings.set(_OPTIONS, {**stored, **mine})
        self._settings.set(_LAST, self._last)

    def _tool_changed(self, tool_id: str) -> None:
        if tool_id in self._host.tools and tool_id != self._last:
            self._last = tool_id
            self._timer.start()

    def _all_options(self) -> list[Any]:
        found = (tool.options for tool in self._host.tools.values())
        return list({type(one): one for one in found if one is not None}.values())


def with_stored(options: Any, values: Mapping[str, Any]) -> Any:
    """A dataclass of options with those stored values that it still allows.

    A value of another type, outside its limits or no longer among its choices is left out: the
    file may be edited by hand, or come from another version.
    """
    hints = get_type_hints(type(options))
    allowed = {
        item.name: _converted(values[item.name], hints[item.name], item.metadata)
        for item in fields(options)
        if item.name in values
    }
    return replace(options, **{name: value for name, value in allowed.items() if value is not None})


def _converted(value: Any, kind: Any, meta: Mapping[str, Any]) -> Any:
    """The value as the field's type, or None when the field does not allow it."""
    if get_origin(kind) is Literal:
        return value if value in get_args(kind) else None
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind or (meta.get("choices") and value not in meta["choices"]):
        return None
    if kind in (int, float) and not meta.get("minimum", value) <= value <= meta.get(
        "maximum", value
    ):
        return None
    return value
