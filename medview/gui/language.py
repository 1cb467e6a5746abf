"""Language: the window in English or another language, from the Qt Linguist files in resources."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from medview.core.resources import resources_path

SETTING = "language"
SYSTEM = ""  # what the desktop speaks, English where it is not among ours
LANGUAGES: tuple[tuple[str, str], ...] = (
    (SYSTEM, "System"),
    ("en", "English"),
    ("zh_CN", "简体中文"),
)

NEXT_START = "The language changes when medview starts again. 重新启动 medview 后切换语言。"

_installed: list[QTranslator] = []  # Qt keeps no reference


def action_id(code: str) -> str:
    """The action that chooses a language."""
    return f"language-{code or 'system'}"


def install(app: QApplication, wanted: str = SYSTEM) -> str:
    """Translate what is shown from now on; returns the language taken.

    Widgets that stand already keep their words, so it is called before the window is made.
    """
    for old in _installed:
        app.removeTranslator(old)
    _installed.clear()
    name = wanted or QLocale.system().name()
    if not _file(name).is_file():
        return "en"
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for path in (Path(qt) / f"qtbase_{name}.qm", _file(name)):
        translator = QTranslator()
        if translator.load(str(path)):
            app.installTranslator(translator)
            _installed.append(translator)
    return name


def _file(name: str) -> Path:
    return resources_path() / "languages" / f"medview_{name}.qm"
