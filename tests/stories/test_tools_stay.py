"""After a restart my tools are as I left them."""

from __future__ import annotations

import json

import pytest
from reader import SHIFT

from medview.edit.tools.brush import BrushOptions
from medview.gui.tool_memory import with_stored


def test_sizes_and_the_last_tool_come_back_after_a_restart(desk, chest_folder):
    reader = desk.start()
    reader.open(chest_folder)
    assert reader.can_choose("last-tool")
    reader.press("Shift+B")
    assert reader.window.tools.active is None, "no tool was used yet"
    reader.press("B")
    reader.wheel(5, SHIFT)
    size = reader.window.tools.size_mm
    reader.press("E")
    reader.press("Esc")
    reader.press("M")
    wand = reader.window.tools.active.options
    reader.press("E")
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    assert again.window.tools.active is None
    again.press("Shift+B")
    assert again.window.tools.active.id == "eraser"
    assert again.window.tools.size_mm == size != BrushOptions().size_mm
    assert again.window.brush.form.options.size_mm == size, "the form shows it"
    again.press("M")
    assert again.window.tools.active.options == wand


def test_a_settings_file_with_nonsense_does_not_harm(desk, chest_folder):
    """It may be edited by hand, or come from another version."""
    desk.folder.mkdir(parents=True)
    nonsense = {"BrushOptions": {"size_mm": "huge", "shape": "sphere"}, "WandOptions": 7}
    values = {"tool_options": nonsense, "last_tool": "no such tool"}
    (desk.folder / "settings.json").write_text(json.dumps(values), encoding="utf-8")
    reader = desk.start()
    reader.open(chest_folder)
    reader.press("Shift+B")
    assert reader.window.tools.active is None
    reader.press("B")
    assert reader.window.tools.active.options == BrushOptions(shape="sphere")


@pytest.mark.parametrize(
    "values",
    [{"size_mm": -1.0}, {"size_mm": True}, {"shape": "cube"}, {"fill_closed": 1}, {"other": 1}],
)
def test_values_that_an_option_does_not_allow_are_left_out(values):
    assert with_stored(BrushOptions(), values) == BrushOptions()
