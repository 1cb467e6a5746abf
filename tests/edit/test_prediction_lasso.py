"""The prediction comes back in the region drawn or clicked, and nowhere else."""

import numpy as np
import pytest
from tool_bench import AXIAL, SHAPE, ball_mask, context, drag, enter, fill

from medview.core.errors import MedviewError
from medview.edit.tool import Pointer
from medview.edit.tools.prediction_lasso import PredictionLasso, PredictionLassoOptions

BALL = ball_mask(AXIAL)


@pytest.fixture
def on():
    """A predicted ball of label 1; a person erased it on slices 6 to 8 and drew label 2 beside."""
    made = context()
    fill(made, BALL, 1, kind="model")
    gone = BALL.copy()
    gone[:6] = gone[9:] = False
    fill(made, gone, 0)
    spot = np.zeros(SHAPE, bool)
    spot[7, 2:5, 2:5] = True
    fill(made, spot, 2)
    return made


def voxels(on):
    return on.editor.labelmap.voxels.copy()


def square(low, high):
    corners = ((low, low), (low, high), (high, high), (high, low), (low + 1, low))
    return [(7.0, float(row), float(column)) for row, column in corners]


def test_inside_the_line_only(on):
    tool, before = PredictionLasso(), voxels(on)
    drag(tool, on, square(15, 25))
    edit = enter(tool, on)
    after = voxels(on)
    rows, columns = np.nonzero((after != before)[7])
    assert not (after != before)[[6, 8]].any()
    assert rows.min() >= 15
    assert rows.max() <= 25
    assert columns.max() <= 25
    assert after[7, 20, 20] == 1
    assert edit.name == "Prediction back for labels in region"
    assert tool.draft is None


def test_one_label_or_all(on):
    tool = PredictionLasso(PredictionLassoOptions("this-label"))
    drag(tool, on, square(0, 10))
    assert enter(tool, on) is None, "label 1 is as predicted there"
    tool.options = PredictionLassoOptions("all-labels")
    drag(tool, on, square(0, 10))
    enter(tool, on)
    assert not (voxels(on) == 2).any()


@pytest.mark.parametrize(("extent", "slices"), [("this-slice", [7]), ("all-slices", [6, 7, 8])])
def test_a_click_takes_the_part_that_differs(on, extent, slices):
    tool, before = PredictionLasso(PredictionLassoOptions(extent=extent)), voxels(on)
    drag(tool, on, [(7.0, 20.0, 24.0)])
    enter(tool, on)
    after = voxels(on)
    changed = (after != before).any(axis=(1, 2))
    assert np.flatnonzero(changed).tolist() == slices
    assert np.array_equal(after[slices] == 1, BALL[slices])
    assert (after == 2).any(), "the other part stays"
    drag(tool, on, [(7.0, 39.0, 47.0)])
    assert enter(tool, on) is None, "nothing differs there"


def test_without_a_prediction_it_is_said():
    on, tool = context(), PredictionLasso()
    with pytest.raises(MedviewError, match="No model"):
        tool.press(on, Pointer((7.0, 20.0, 20.0), 0))
