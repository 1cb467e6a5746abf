"""Tables of figures: mean and worst over the cases that have a number, worst case first."""

import numpy as np
import pytest
from small_models import names_table

from medview.ai.evaluation import evaluate_case, summary, worst_first
from medview.core.geometry import Geometry

TABLE = names_table("right", "left")
SHAPE = (3, 10, 10)


def labels(right=0, left=0):
    made = np.zeros(SHAPE, np.uint8)
    made[1, 1:4, 1 : 1 + right] = 1
    made[1, 6:9, 1 : 1 + left] = 2
    return made


def test_a_case_has_figures_by_name():
    figures = evaluate_case(labels(6, 4), labels(3, 4), Geometry.axial(SHAPE), TABLE)
    assert set(figures) == {"right", "left"}
    assert figures["left"]["dice"] == 1.0
    assert figures["right"]["recall"] == pytest.approx(0.5)
    assert figures["right"]["precision"] == 1.0


def test_labels_that_a_case_does_not_have_labelled_are_left_out():
    figures = evaluate_case(labels(6), labels(6, 5), Geometry.axial(SHAPE), TABLE, skip=(2,))
    assert set(figures) == {"right"}


def test_the_summary_takes_the_mean_and_names_the_worst():
    geometry = Geometry.axial(SHAPE)
    cases = {
        "good": evaluate_case(labels(6, 6), labels(6, 6), geometry, TABLE),
        "bad": evaluate_case(labels(6, 6), labels(2, 8), geometry, TABLE),
        "empty": evaluate_case(labels(), labels(), geometry, TABLE),
    }
    table = summary(cases)
    assert table["right"]["mean"]["dice"] == pytest.approx((1.0 + 0.5) / 2)
    assert table["right"]["worst"]["dice"] == {"value": pytest.approx(0.5), "case": "bad"}
    assert table["right"]["worst"]["hd95_mm"]["case"] == "bad"
    assert table["left"]["worst"]["volume_error_ml"]["value"] > 0
    assert table["right"]["worst"]["volume_error_ml"]["value"] < 0, "the largest either way"
    assert worst_first(cases) == ["bad", "good", "empty"]


def test_nothing_to_measure_gives_null():
    cases = {"empty": evaluate_case(labels(), labels(), Geometry.axial(SHAPE), TABLE)}
    assert summary(cases)["right"]["mean"]["dice"] is None
    assert summary(cases)["right"]["worst"]["dice"] is None
    assert summary({}) == {}


def test_one_empty_mask_counts_as_nought():
    cases = {"missed": evaluate_case(labels(5), labels(), Geometry.axial(SHAPE), TABLE)}
    table = summary(cases)
    assert table["right"]["mean"]["dice"] == 0.0
    assert table["right"]["mean"]["hd95_mm"] is None
