"""The window's other languages: complete, up to date, with the same fields, and loaded by Qt."""

import ast
import importlib.util
import string
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = PROJECT / "packaging" / "translations.py"


def load():
    found = importlib.util.spec_from_file_location("packaging_translations", SCRIPT)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


translations = load()


def fields(text):
    return sorted((name, form) for _, name, form, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("code", translations.CODES)
def test_every_text_of_the_window_is_translated(code):
    path = translations.LANGUAGES / f"medview_{code}.ts"
    known, sources = translations.known(path), translations.texts()
    assert len(sources) > 700
    missing = sorted(sources - known.keys())
    assert not missing, "translate them in the .ts, then run python packaging/translations.py"
    assert path.read_text(encoding="utf-8") == translations.written(code, sources, known)
    assert all(text.strip() for text in known.values())


@pytest.mark.parametrize("code", translations.CODES)
def test_a_translation_has_the_fields_of_its_source(code):
    known = translations.known(translations.LANGUAGES / f"medview_{code}.ts")
    wrong = {source: text for source, text in known.items() if fields(source) != fields(text)}
    assert not wrong
    lines = {one: text for one, text in known.items() if one.count("\n") != text.count("\n")}
    assert not lines


@pytest.mark.parametrize("code", translations.CODES)
def test_the_compiled_file_says_what_the_source_file_says(code):
    known = translations.known(translations.LANGUAGES / f"medview_{code}.ts")
    translator = QTranslator()
    assert translator.load(str(translations.LANGUAGES / f"medview_{code}.qm"))
    stale = [one for one, text in known.items() if translator.translate("medview", one) != text]
    assert not stale, "run python packaging/translations.py"


def test_texts_are_collected_where_they_are_shown(tmp_path, monkeypatch):
    (tmp_path / "medview").mkdir()
    (tmp_path / "medview" / "one.py").write_text(
        'tr("A sentence")\nActionSpec("id", "Open…", "Place/Turn", "call", tip="Why")\n'
        'counted(3, "{count} slice", "{count} slices")\nnot_shown("secret words")\n'
        'class Tool:\n    name: str = "Pen"\n    side: Literal["this-side"] = field(default="")\n'
    )
    monkeypatch.setattr(translations, "PROJECT", tmp_path)
    found = translations.texts() - set(translations.SINGLE)
    assert found == {
        "A sentence", "Open", "Place", "Turn", "Why", "{count} slice", "{count} slices", "Pen",
        "this side",
    }  # fmt: skip


def filled_templates():
    """Every ``tr("...").format(...)`` of the window: where, its template's fields, its keywords."""
    for path in sorted((PROJECT / "medview").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            inner = node.func.value
            if node.func.attr != "format" or getattr(inner, "func", None) is None:
                continue
            if ast.unparse(inner.func) == "tr" and isinstance(inner.args[0], ast.Constant):
                wanted = {name for name, _ in fields(inner.args[0].value)}
                yield f"{path.name}:{node.lineno}", wanted, {one.arg for one in node.keywords}


def test_every_template_is_filled_with_its_own_fields():
    found = list(filled_templates())
    assert len(found) > 50
    assert not [(where, wanted, given) for where, wanted, given in found if wanted != given]
