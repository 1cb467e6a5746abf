"""Qt Linguist files of the window's words: collects them, keeps translations, compiles.

python packaging/translations.py [--check]. Collects every literal in ``tr(...)`` below medview/ and
the texts of the tables that are translated where they are shown (actions, layouts, tools, measures,
option forms), writes resources/languages/medview_<language>.ts with the translations that are
known, and compiles them with pyside6-lrelease. ``--check`` changes nothing and fails when a file is
out of date or a text has no translation.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LANGUAGES = PROJECT / "resources/languages"
CODES = ("zh_CN",)
CONTEXT = "medview"
# calls whose literal arguments are shown through tr() elsewhere: name -> keyword or position
TABLES: dict[str, tuple[int | str, ...]] = {
    "ActionSpec": (1, 2, 6, "text", "tip", "menu"),
    "ViewLayout": (1, 2),
    "counted": (1, 2),
    "Window": (2,),
    "Value": (0, 2),
    "mm_field": (1,),
    "Job": (0,),
    "Backend": (1,),  # its title
    "report": (1,),  # of Progress
}
# constants whose texts are shown through tr() elsewhere: titles of tables, words of states
CONSTANTS = frozenset(
    """
    DOUBT_WORDS NOT_CALIBRATED DOUBT
    MOUSE EXPORTS WORDS DEVICES REGIONS LAYERS DRAGS HEAT_WORDS NOT_RELIABLE RESEARCH_USE
    SAVED,SAVING,NOT_SAVED NO_SERIES NO_CASES NAMELESS EMPTY_TEXT HINT WAITING NOTHING NO_PLACE
    BUILDING HELP TITLE LABEL_STATES LANGUAGES _FILES _DRAG_OF _HOW _TEXT _COLUMNS _POLICIES
    _FOLDED_AT_FIRST _SCHEMA_FILES _SIDES _MENU_ORDER Scope Keys Method Shape Projection
    FilterKind State Region LabelState _MORE_FIGURES TIME_PRESETS RUN_ON _USES _FILTERS
    TASKS LEFT_ONE_OUT PHANTOM_CASE
    """.split()  # noqa: SIM905
)
SINGLE = (  # data of lower rooms that have no table of their own
    "Series", "Work", "Training", "DICOM Tags", "Model", "View", "Fusion", "Labels", "Overlay",
    "Tool", "Measures", "Review", "Versions", "Images", "Images from", "Patient", "Patient ID",
    "Study", "Voxel", "Written", "the slice shown", "better", "worse", "same", "mean", "minimum",
    "maximum", "SD", "median", "Median", "Gaussian", "Non-local means",
    "coarse: this machine has no OpenGL", "Segmenting, {0} of {1} slices",
    "Loading {0} of {1} slices", "Reading headers: {0} of {1}", "frame {0} of {1}", "{0} files",
    "axial", "coronal", "sagittal", "oblique", "What Next", "not axial", "no labels", "excluded",
    "damaged: its pixels or labels cannot be read", "Accepting case {0} of {1}",
    "Looking at case {0}", "Case {0} of {1}", "Origin", "Findings", "Doubt",
    "Its slices are {0}.{1} mm apart; the model knows up to {2}.{3} mm.",
    "Its pixels are {0}.{1} mm; the model knows up to {2}.{3} mm.",
    "Its values ({0} to {1}) are not those of a chest CT in HU.",
    "Its values (-{0} to {1}) are not those of a chest CT in HU.",
    "The picture is only {0} x {1} mm wide and may cut the body.",
    "It looks unlike the training cases to the model itself ({0}.{1}, usual up to {2}.{3}).",
    "The model finds almost nothing on {0} of {1} slices.",
    "The model doubts its outline, more than on any training case.",
    "The model doubts its outline, more than on any training case, most on slice {0}.",
    "Its outline falls into pieces, more than on any training case.",
    "Its outline falls into pieces, more than on any training case, most on slice {0}.",
    "Its outline leaves out what lies between, more than on any training case.",
    "Its outline leaves out what lies between, more than on any training case, most on slice {0}.",
    "The values inside its outline are strange, more than on any training case.",
    "The values inside its outline are strange, more than on any training case, most on slice {0}.",
)  # fmt: skip
CLASS_TEXTS = ("name", "description")  # of tools, operations and measures
METADATA = ("label", "tip", "unit")


def texts() -> set[str]:
    """Every text that can be shown translated."""
    found: set[str] = set()
    for path in sorted((PROJECT / "medview").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            found.update(_of(node))
    found.update(SINGLE)
    return {text for text in found if sum(letter.isalpha() for letter in text) > 1}


def _of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("tr", "mark") and node.args:
            yield from _literals(node.args[0])
        for place in TABLES.get(name, ()):
            if isinstance(place, int) and place < len(node.args):
                yield from _parts(node.args[place])
            for keyword in node.keywords:
                if keyword.arg == place:
                    yield from _parts(keyword.value)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in METADATA:
                yield from _literals(value)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        yield from _constants(node)
    elif isinstance(node, ast.ClassDef):
        for statement in node.body:
            if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
                continue
            named = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            if isinstance(named, ast.Name) and named.id in CLASS_TEXTS:
                yield from _literals(statement.value)


def _constants(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    """Texts of a constant, and choices of an option: ``Literal["this-slice", ...]``."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    name = ast.unparse(target).strip("()").replace(", ", ",")
    if isinstance(node, ast.AnnAssign) and _is_call(node.value, "field"):
        yield from _choices(node.annotation)
    elif name in CONSTANTS and isinstance(node.value, ast.Subscript):
        yield from _choices(node.value)
    elif name in CONSTANTS and node.value is not None:
        parts = [text for part in ast.walk(node.value) for text in _literals(part)]
        plain = not isinstance(node.value, ast.Dict) and all(
            isinstance(one, ast.Constant) for one in getattr(node.value, "elts", ())
        )
        for text in parts:  # in a table of pairs the lower-case words are keys
            if plain or text[:1].isupper() or " " in text.strip():
                yield text


def _choices(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        for part in ast.walk(node.slice):
            for text in _literals(part):
                yield text.replace("-", " ")


def _is_call(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name


def _literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def _parts(node: ast.AST) -> Iterator[str]:
    """A text as it is shown: without a dialog's dots; of a menu's path each part."""
    for text in _literals(node):
        bare = text.rstrip("…")
        yield from [bare] if " / " in bare or "." in bare else bare.split("/")


def known(path: Path) -> dict[str, str]:
    """Source to translation of a .ts file."""
    if not path.is_file():
        return {}
    found = {}
    for message in ET.parse(path).getroot().iter("message"):
        translation = message.findtext("translation") or ""
        if translation:
            found[message.findtext("source") or ""] = translation
    return found


def written(code: str, sources: set[str], translations: dict[str, str]) -> str:
    """A .ts file."""
    root = ET.Element("TS", version="2.1", language=code)
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for source in sorted(sources):
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = source
        translation = ET.SubElement(message, "translation")
        translation.text = translations.get(source, "")
        if not translation.text:
            translation.set("type", "unfinished")
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n'


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    sources, wrong = texts(), 0
    for code in CODES:
        path = LANGUAGES / f"medview_{code}.ts"
        translations = known(path)
        missing = sorted(sources - translations.keys())
        text = written(code, sources, translations)
        if options.check:
            stale = not path.is_file() or path.read_text(encoding="utf-8") != text
            wrong += stale or bool(missing)
            print(f"{code}: {len(missing)} untranslated{', out of date' if stale else ''}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        release = Path(sys.executable).with_name("pyside6-lrelease")
        subprocess.run(
            [str(release), "-silent", str(path), "-qm", str(path.with_suffix(".qm"))], check=True
        )
        print(f"{code}: {len(sources)} texts, {len(missing)} untranslated")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
