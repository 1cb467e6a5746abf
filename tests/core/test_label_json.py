"""Label tables survive JSON, and anything else is a ValueError."""

import json

import pytest

from medview.core.label_json import table_from_json, table_to_json
from medview.core.labels import Code, Label, LabelTable

LUNG = Code("39607008", "SCT", "Lung")
TABLE = LabelTable.of(
    [
        Label(
            3, "right lung", (1, 2, 3), LUNG, None, Code("24028007", "SCT", "Right"), False, True
        ),
        Label(1, "own word ü", (0, 0, 255)),
    ]
)


def test_a_table_survives_json_in_order():
    assert table_from_json(json.loads(json.dumps(table_to_json(TABLE)))) == TABLE


def test_colour_and_flags_have_defaults():
    table = table_from_json([{"id": 2, "name": "b"}])
    assert table[2].visible
    assert not table[2].locked
    assert table[2].color == (230, 159, 0)


@pytest.mark.parametrize(
    "rows",
    [
        [{"name": "no id"}],
        [{"id": 0, "name": "background"}],
        [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}],
        [{"id": 1, "name": "a", "color": 7}],
        [{"id": 1, "name": "a", "code": "39607008"}],
        ["lung"],
        "none",
        None,
    ],
)
def test_what_is_no_table_is_refused(rows):
    with pytest.raises(ValueError):
        table_from_json(rows)
