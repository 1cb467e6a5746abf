"""Tools are found, one file each, and say what their options are."""

from dataclasses import fields

import pytest

from medview.edit.operation import discover_operations
from medview.edit.tool import Tool, discover_tools

TOOLS = discover_tools()


def test_brush_and_eraser_are_found_in_order():
    ids = [tool.id for tool in TOOLS]
    assert ids.index("brush") < ids.index("eraser")
    assert len(set(ids)) == len(ids)
    assert len({tool.shortcut for tool in TOOLS}) == len(TOOLS)


OPERATIONS = discover_operations()


@pytest.mark.parametrize("kind", [*TOOLS, *OPERATIONS], ids=lambda kind: kind.id)
def test_a_tool_and_an_operation_can_be_shown(kind):
    assert kind.name
    assert kind.description.endswith(".")
    made = kind()
    for field in fields(made.options) if made.options is not None else ():
        assert field.metadata["label"]
        value = getattr(made.options, field.name)
        if not isinstance(value, bool | str):
            assert field.metadata["minimum"] <= value <= field.metadata["maximum"]


def test_operations_are_found_with_names_of_their_own():
    ids = [one.id for one in OPERATIONS]
    assert len(set(ids)) == len(ids)
    assert {"islands", "smooth", "margin", "fill-holes", "fill-between"} <= set(ids)


def test_tools_do_not_share_options_between_instances():
    assert TOOLS[0]().options is not TOOLS[0]().options


@pytest.mark.parametrize("gesture", ["press", "move", "release"])
def test_the_contract_itself_paints_nothing(gesture):
    with pytest.raises(NotImplementedError):
        getattr(Tool(), gesture)(None, None)
