"""Millilitres are given only where they can be known."""

import numpy as np
import pytest

from medview.commands._common import label_line, label_rows
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.core.volume import Message, Volume

SHAPE = (2, 10, 10)


@pytest.fixture
def rows():
    def _rows(geometry, *codes):
        voxels = np.zeros(SHAPE, np.uint8)
        voxels[0, :5] = 1
        labelmap = LabelMap(geometry, LabelTable.of([Label(1, "lung", (255, 0, 0))]), voxels)
        messages = tuple(Message(code, code) for code in codes)
        image = Volume(np.zeros(SHAPE, np.int16), geometry, "CT", "HU", messages=messages)
        return label_rows(labelmap, image)

    return _rows


def test_of_a_whole_volume(rows):
    (row,) = rows(Geometry.axial(SHAPE, (5.0, 2.0, 1.0)), "gantry-tilt")
    assert row == {"id": 1, "name": "lung", "voxels": 50, "ml": 0.5}
    assert label_line(row) == "  1 lung: 0.5 ml (50 voxels)"


@pytest.mark.parametrize("code", ["missing-slices", "uneven-spacing", "slice-unreadable"])
def test_of_an_incomplete_volume(rows, code):
    (row,) = rows(Geometry.axial(SHAPE, (5.0, 2.0, 1.0)), code)
    assert (row["voxels"], row["ml"]) == (50, None)
    assert label_line(row) == "  1 lung: 50 voxels"


def test_of_pictures_without_a_place(rows):
    assert rows(Geometry.flat(SHAPE, 2.0, 1.0))[0]["ml"] is None
    assert rows(Geometry.uncalibrated(SHAPE))[0]["ml"] is None
