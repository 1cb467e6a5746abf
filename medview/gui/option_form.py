"""OptionForm: a form made from a dataclass of options; one feature needs no widget code."""

from __future__ import annotations

from dataclasses import Field, fields, is_dataclass, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from medview.gui.words import tr


class OptionForm(QWidget):
    """Edits a copy of a frozen dataclass; ``changed`` carries the new one.

    A field's ``metadata`` may hold ``label``, ``tip``, ``unit``, ``minimum``, ``maximum``,
    ``step``, ``hidden`` and ``choices``. Kinds: bool, int, float, str, and Literal of texts.
    """

    changed = Signal(object)

    def __init__(self, options: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if not is_dataclass(options):
            raise TypeError(f"options must be a dataclass, not {type(options).__name__}")
        self._options = options
        self._editors: dict[str, QWidget] = {}
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        hints = get_type_hints(type(options))
        for item in fields(options):
            if item.metadata.get("hidden"):
                continue
            editor = self._editor(item, hints[item.name], getattr(options, item.name))
            if editor is None:
                continue
            text = tr(str(item.metadata.get("label", item.name.replace("_", " "))))
            editor.setAccessibleName(text)
            editor.setToolTip(tr(str(item.metadata.get("tip", ""))))
            self._editors[item.name] = editor
            if isinstance(editor, QCheckBox):
                editor.setText(text)
                layout.addRow(editor)
            else:
                layout.addRow(text, editor)

    @property
    def options(self) -> Any:
        return self._options

    def set_options(self, options: Any) -> None:
        """Show other values of the same dataclass, without a signal."""
        self._options = options
        for name, editor in self._editors.items():
            with QSignalBlocker(editor):
                _show(editor, getattr(options, name))

    def _editor(self, item: Field[Any], kind: Any, value: Any) -> QWidget | None:
        meta, name = item.metadata, item.name
        if kind is bool:
            box = QCheckBox()
            box.setChecked(value)
            box.toggled.connect(lambda on: self._take(name, on))
            return box
        if kind in (int, float):
            return self._number(item, kind, value)
        choices = meta.get("choices") or (get_args(kind) if get_origin(kind) is Literal else ())
        if choices:
            combo = QComboBox()
            for choice in choices:
                combo.addItem(tr(str(choice).replace("-", " ")), choice)
            _show(combo, value)
            combo.currentIndexChanged.connect(lambda _: self._take(name, combo.currentData()))
            return combo
        if kind is str:
            line = QLineEdit(value)
            line.editingFinished.connect(lambda: self._take(name, line.text()))
            return line
        return None

    def _number(self, item: Field[Any], kind: type, value: Any) -> QWidget:
        meta = item.metadata
        spin: QSpinBox | QDoubleSpinBox
        if kind is int:
            spin = QSpinBox()
        else:
            spin = QDoubleSpinBox()
            spin.setDecimals(int(meta.get("decimals", 1)))
        spin.setRange(meta.get("minimum", 0), meta.get("maximum", 10000))
        spin.setSingleStep(meta.get("step", 1))
        unit = meta.get("unit", "mm" if item.name.endswith("_mm") else "")
        if unit:
            spin.setSuffix(f" {tr(unit)}")
        spin.setValue(value)
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(lambda number: self._take(item.name, number))
        return spin

    def _take(self, name: str, value: Any) -> None:
        if getattr(self._options, name) != value:
            options: Any = self._options
            self._options = replace(options, **{name: value})
            self.changed.emit(self._options)


def _show(editor: QWidget, value: Any) -> None:
    if isinstance(editor, QCheckBox):
        editor.setChecked(bool(value))
    elif isinstance(editor, QSpinBox | QDoubleSpinBox):
        editor.setValue(value)
    elif isinstance(editor, QComboBox):
        editor.setCurrentIndex(editor.findData(value))
    elif isinstance(editor, QLineEdit):
        editor.setText(value)
