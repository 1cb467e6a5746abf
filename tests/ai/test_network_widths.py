"""A network's widths: one number doubled at each level, or a number for each."""

import pytest

from medview.ai.architecture import base_of, widths_of


@pytest.mark.parametrize(
    ("base", "widths"),
    [
        (16, (16, 32, 64, 128, 256)),
        ([16, 16, 48, 96, 256], (16, 16, 48, 96, 256)),
        ((4, 8, 16, 32, 64), (4, 8, 16, 32, 64)),
    ],
)
def test_widths_of_a_card(base, widths):
    assert widths_of(base) == widths
    assert widths_of(base_of(widths)) == widths


def test_the_shortest_words_for_widths():
    assert base_of((8, 16, 32, 64, 128)) == 8
    assert base_of((8, 16, 32, 64, 64)) == [8, 16, 32, 64, 64]


@pytest.mark.parametrize("base", [0, 3, 65, 4.0, "16", True, None, [], [16], [16, 32, 64, 128, 36]])
def test_what_is_no_width_is_refused(base):
    with pytest.raises(ValueError):
        widths_of(base)
