"""The window in Chinese, chosen in the menu: no English is left on what a person sees."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QTableWidget,
    QTreeWidget,
    QWidget,
)

from medview.gui import language
from medview.gui.dialogs.command_palette import CommandPalette

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z]{2,}")
# names of things, of files and of units that Chinese readers write in Latin letters too
ALLOWED = re.compile(
    r"""medview(\s[\d.]+)? | English | CPU | GPU\s\(CUDA\) | CSV… | DICOM\sSR… | VR | ml | mm³
    | cividis | inferno | viridis | [\d.,\s]+mm³? | ct-lung@[\d.]+ | HD95\smm
    | Seg-Grad-CAM | Seg-XRes-CAM | HiResCAM | Extremal\sperturbation
    | Integrated\sgradients | Occlusion | LIME
    | PyTorch | OpenVINO(，bfloat16)? | ONNX\sRuntime
    """,
    re.VERBOSE,
)

# keys, programs and licences inside a Chinese sentence
WORDS = re.compile(r"[A-Za-z]*[a-z]{4,}")
ALLOWED_WORDS = frozenset(
    """
    nrrd
    medview ffmpeg Apache License Enter Return Shift Backspace Delete Home Right Left Down PgDown
    Space NIfTI nnunet Cobb lobe lung PyTorch OpenVINO Runtime bfloat
    """.split()  # noqa: SIM905
)


@pytest.fixture(autouse=True)
def english_again(qapp):
    yield
    language.install(qapp, "en")


@pytest.fixture
def chinese(reader, desk):
    """The person chooses the language and starts the program again."""
    reader.choose("View > Language > 简体中文")
    assert "重新启动" in reader.message
    assert "starts again" in reader.message  # whoever chose it by mistake reads this
    assert reader.window.actions_by.by_id["language-zh_CN"].isChecked()
    desk.leave()
    return desk.start()


def texts_of(place: QWidget) -> set[str]:
    """Everything that buttons, labels, lists, menus and tips say below a widget."""
    found: set[str] = set()
    for action in place.findChildren(QAction):
        found |= {action.text(), action.toolTip(), action.statusTip()}
    for widget in place.findChildren(QWidget):
        found |= {widget.toolTip(), widget.accessibleName()}
        if isinstance(widget, QAbstractButton | QLabel):
            found.add(widget.text())
        elif isinstance(widget, QLineEdit):
            found.add(widget.placeholderText())
        elif isinstance(widget, QMenu):
            found.add(widget.title())
        elif isinstance(widget, QComboBox):
            found |= {widget.itemText(number) for number in range(widget.count())}
        elif isinstance(widget, QTreeWidget | QTableWidget):
            model, across = widget.model(), Qt.Orientation.Horizontal
            found |= {str(model.headerData(n, across)) for n in range(model.columnCount())}
    return found


def english_in(texts: set[str], data: set[str]) -> list[str]:
    left = {text.strip() for text in texts if LETTERS.search(text) and not CHINESE.search(text)}
    mixed = {text for text in texts - left if set(WORDS.findall(text)) - ALLOWED_WORDS}
    mixed = {text for text in mixed if CHINESE.search(text) and text not in data}
    return sorted(mixed | {text for text in left - data if not ALLOWED.fullmatch(text)})


def test_everything_that_is_seen_is_chinese(chinese, chest_folder):
    window = chinese.window
    assert [menu.text() for menu in window.menuBar().actions()][:3] == ["文件", "编辑", "视图"]
    assert "将 CT 或 MR 文件夹拖到此处，或按 Ctrl+O" in chinese.words()
    chinese.open(chest_folder)
    chinese.settle()
    actions = window.actions_by.by_id
    actions["layout-planes"].trigger()
    seen = texts_of(window)
    for name, action in actions.items():
        if name in window.tools.tools or name.startswith("operation-"):
            action.trigger()
            chinese.settle()
            seen |= texts_of(window.brush)
    actions["navigate"].trigger()
    data = {label.name for label in chinese.session.labelmap.table}
    data |= {window.labels.words.text()}  # the anatomical term is coded in English
    data |= {known.name for known in chinese.session.volume.windows}  # the file's own words
    data |= set(chinese.session.findings.names())
    assert len(seen) > 300
    assert english_in(seen, data) == []


def test_the_corners_of_the_image_are_chinese(chinese, chest_folder):
    chinese.open(chest_folder)
    corners = " ".join(chinese.corner_texts())
    assert "缩放 100 %" in corners
    assert re.search(r"层 \d+ / 16", corners)
    assert not re.search(r"\b(slice|zoom|series)\b", corners)


@pytest.mark.parametrize("name", ["shortcuts", "about", "models", "palette"])
def test_dialogs_are_chinese(chinese, name):
    chinese.window.actions_by.by_id[name].trigger()
    places = (*chinese.window.findChildren(QDialog), *chinese.window.findChildren(CommandPalette))
    (dialog,) = [place for place in places if place.isVisible()]
    seen = texts_of(dialog) | {dialog.windowTitle()}
    assert english_in(seen, set()) == []
    dialog.close()


def test_a_key_does_the_same_in_every_language(chinese, chest_folder):
    chinese.open(chest_folder)
    before = chinese.view.slice_index
    chinese.press("Down")
    assert abs(chinese.view.slice_index - before) == 1
    chinese.segment()
    assert chinese.mask().any()
    chinese.press("Ctrl+Z")
    assert not chinese.mask().any()
