"""The layers of a slice, checked pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from medview.core.color_maps import color_map
from medview.core.display import Window
from medview.core.labels import Label, LabelTable
from medview.gui.slice_painter import (
    HEAT,
    OverlayStyle,
    SliceLayers,
    compose,
    heat_table,
)

TABLE = LabelTable.of(
    [Label(1, "right lung", (255, 0, 0)), Label(300, "left lung", (0, 255, 0), visible=False)]
)
WINDOW = Window(0, 256, function="LINEAR_EXACT")
OPAQUE = OverlayStyle(mask_opacity=1.0, heatmap_opacity=1.0)


def pixel(image, row, column):
    color = QColor(image.pixel(column, row))
    return color.red(), color.green(), color.blue()


def test_grey_is_what_the_window_says(qapp):
    values = np.array([[-128, 0, 127], [500, -500, 0]], np.int16)
    image = compose(SliceLayers(values, WINDOW), OverlayStyle())
    assert pixel(image, 0, 0) == (0, 0, 0)
    assert pixel(image, 0, 1) == (128, 128, 128)
    assert pixel(image, 1, 0) == (255, 255, 255)
    inverted = compose(SliceLayers(values, WINDOW, inverted=True), OverlayStyle())
    assert pixel(inverted, 1, 0) == (0, 0, 0)


@pytest.mark.parametrize("columns", [3, 5, 7, 64])
def test_color_images_keep_their_colors(qapp, columns):
    values = np.zeros((4, columns, 3), np.uint8)
    values[2, columns - 1] = (10, 20, 30)
    image = compose(SliceLayers(values, WINDOW), OverlayStyle())
    assert pixel(image, 2, columns - 1) == (10, 20, 30)


def test_labels_are_painted_in_their_color_and_hidden_ones_are_not(qapp):
    values = np.full((4, 4), -500, np.int16)
    mask = np.zeros((4, 4), np.uint16)
    mask[1, 1], mask[2, 2] = 1, 300
    image = compose(SliceLayers(values, WINDOW, mask=mask, table=TABLE), OPAQUE)
    assert pixel(image, 1, 1) == (255, 0, 0)
    assert pixel(image, 2, 2) == (0, 0, 0)
    assert pixel(image, 0, 0) == (0, 0, 0)


def test_opacity_blends(qapp):
    values = np.full((2, 2), 500, np.int16)
    mask = np.ones((2, 2), np.uint8)
    style = OverlayStyle(mask_opacity=0.5)
    image = compose(SliceLayers(values, WINDOW, mask=mask, table=TABLE), style)
    red, green, blue = pixel(image, 0, 0)
    assert red == 255
    assert green == blue
    assert 126 <= green <= 129


def test_a_heat_map_is_clear_where_cold_and_leaves_out_the_fill(qapp):
    values = np.full((2, 2), 0, np.int16)
    heat = np.array([[0.0, 1.0], [0.5, np.nan]], np.float32)
    mask = np.ones((2, 2), np.uint8)
    image = compose(SliceLayers(values, WINDOW, mask=mask, heat=heat, table=TABLE), OPAQUE)
    assert pixel(image, 0, 0) == (128, 128, 128)
    assert pixel(image, 0, 1) == tuple(color_map(HEAT)[255])
    assert pixel(image, 1, 1) == (128, 128, 128)


def test_heat_colors_rise_in_brightness_and_opacity():
    brightness = color_map(HEAT) @ np.array([0.299, 0.587, 0.114])
    assert (np.diff(brightness) > -0.6).all()
    alpha = heat_table(0.6) >> 24
    assert (np.diff(alpha.astype(int)) >= 0).all()
    assert alpha[0] == 0
    assert alpha[-1] == round(0.6 * 255)
