"""Tools are found, one file each, and say what their options are."""

from dataclasses import fields

import pytest

from medview.edit.tool import Tool, discover_tools

TOOLS = discover_tools()


def test_brush_and_eraser_are_found_in_order():
    ids = [tool.id for tool in TOOLS]
    assert ids.index("brush") < ids.index("eraser")
    assert len(set(ids)) == len(ids)
    assert len({tool.shortcut for tool in TOOLS}) == len(TOOLS)


@pytest.mark.parametrize("kind", TOOLS, ids=lambda kind: kind.id)
def test_a_tool_can_be_shown(kind):
    assert kind.name
    assert kind.description.endswith(".")
    tool = kind()
    for field in fields(tool.options):
        assert field.metadata["label"]
        assert field.metadata["minimum"] <= getattr(tool.options, field.name)
        assert getattr(tool.options, field.name) <= field.metadata["maximum"]


def test_tools_do_not_share_options_between_instances():
    assert TOOLS[0]().options is not TOOLS[0]().options


@pytest.mark.parametrize("gesture", ["press", "move", "release"])
def test_the_contract_itself_paints_nothing(gesture):
    with pytest.raises(NotImplementedError):
        getattr(Tool(), gesture)(None, None)
