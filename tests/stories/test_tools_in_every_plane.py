"""Every tool works in all three planes, of a chest CT and of a sagittal MR, by mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from reader import LEFT, NO_KEY

from medview.core.box import Box
from medview.core.geometry import Geometry
from medview.core.labels import Label
from medview.core.volume import SourceSeries, Volume
from medview.edit.edit import Origin
from medview.edit.tool import discover_tools
from medview.edit.tools.brush import TipOptions
from medview.edit.tools.threshold_brush import ThresholdOptions

KEYS = {tool.id: tool.shortcut for tool in discover_tools()}
ENCLOSES = {"freehand", "lasso", "scissors", "prediction-lasso"}
NEEDS_LABELS = {"island", "scissors", "smooth-brush", "prediction-lasso"}
CLICKS = {"polygon", "live-wire"}
SHAPE = (24, 80, 96)


def sagittal_mr() -> Volume:
    """Slices to the left, rows to the feet, columns to the back; a bright ball in the middle."""
    affine = np.eye(4)
    affine[:3, :3] = np.array([[4.0, 0.0, 0.0], [0.0, 0.0, 1.2], [0.0, -1.2, 0.0]])
    geometry = Geometry(SHAPE, affine)
    voxels = np.random.default_rng(2).normal(200.0, 3.0, SHAPE).astype(np.float32)
    grids = np.indices(SHAPE)
    parts = zip(grids, SHAPE, geometry.spacing_mm, strict=True)
    voxels[sum(((g - (n - 1) / 2) * s) ** 2 for g, n, s in parts) <= 25.0**2] += 400.0
    source = SourceSeries("1.2", "1.2.3.77", patient_id="MR7")
    return Volume(voxels, geometry, "MR", "", "head", source)


@pytest.fixture(params=["chest", "sagittal MR"])
def scan(reader, chest_folder, request):
    """Three planes of a scan, one label."""
    if request.param == "chest":
        reader.open(chest_folder)
    else:
        reader.window.opener.open_volume(sagittal_mr())
        reader.settle()
    reader.press("F3")
    QApplication.processEvents()
    if not len(reader.session.labelmap.table):
        reader.session.set_label(Label(1, "lesion", (86, 180, 233)))
    reader.session.set_active_label(reader.session.labelmap.table.labels[0].id)
    reader.settle()
    return reader


def around(view, share: float = 0.18, count: int = 14) -> list[tuple[int, int]]:
    """Points on a circle around the middle of a view."""
    middle, radius = view.rect().center(), share * min(view.width(), view.height())
    angles = np.linspace(0.3, 0.3 + 2 * np.pi, count, endpoint=False)
    return [
        (round(middle.x() + radius * np.cos(a)), round(middle.y() + radius * np.sin(a)))
        for a in angles
    ]


def use(reader, tool_id: str) -> None:
    """What a hand does with a tool around the middle of the view; nothing is kept yet."""
    view = reader.view
    circle, middle = around(view), view.rect().center()
    here = (middle.x(), middle.y())
    if tool_id in ENCLOSES:
        reader.drag(*circle, circle[0])
    elif tool_id in CLICKS:
        for point in circle[::3]:
            reader._move(QPoint(*point), LEFT, NO_KEY)
            reader.drag(point)
        QTest.mouseDClick(view, LEFT, NO_KEY, QPoint(*circle[1]))
        reader.drag(circle[1])
    elif tool_id in ("rectangle", "ellipse"):
        reader.drag(here, (here[0] + 60, here[1] + 40))
    elif tool_id == "smooth-brush":  # at a corner of what was drawn
        reader.drag((here[0] + 48, here[1] + 48), (here[0] + 46, here[1] + 50))
    else:
        reader.drag(here, (here[0] + 12, here[1]))


def predict_a_corner(reader) -> None:
    """What a model that found one voxel would write."""
    editor = reader.session.editor
    editor.begin("Segment", Origin("model", "tiny", "1.0.0"), 0)
    editor.paint(Box((0, 0, 0), (1, 1, 1)), np.ones((1, 1, 1), bool), reader.session.active_label)
    editor.commit()


def plane_of(reader, mask):
    """The shown plane of a mask, and the number of planes that have any of it."""
    axis = reader.view.planes.axis
    planes = np.moveaxis(mask, axis, 0)
    return planes[reader.view.slice_index], int(planes.any(axis=(1, 2)).sum())


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_tool_in_a_plane(scan, number):
    """Each tool changes the plane I work in, Undo takes it back, Esc leaves nothing."""
    reader = scan
    reader.view = reader.window.bench.views.views[number]
    for tool_id, key in KEYS.items():
        if tool_id == "eraser":
            continue
        if tool_id == "prediction-lasso":
            predict_a_corner(reader)
        if tool_id in NEEDS_LABELS:  # something to cut
            reader.press(KEYS["rectangle"])
            middle = reader.view.rect().center()
            reader.drag((middle.x() - 50, middle.y() - 50), (middle.x() + 50, middle.y() + 50))
            reader.press("Return")
            reader.settle()
        before, steps = reader.mask(), reader.session.history.applied
        reader.press(key)
        assert reader.window.tools.active.id == tool_id
        if tool_id == "threshold-brush":  # the numbers of the form are those of a CT
            reader.window.tools.set_options(ThresholdOptions(source="under-the-mouse"))
        if tool_id == "smooth-brush":  # across voxels of 19 mm
            reader.window.tools.set_options(TipOptions(60.0))
        if not reader.window.tools.active.keeps_at_once and tool_id not in (
            "brush", "threshold-brush", "adaptive-brush", "smooth-brush", "level-tracing",
        ):  # fmt: skip
            use(reader, tool_id)
            reader.settle()
            assert np.array_equal(reader.mask(), before), f"{tool_id} wrote before Enter"
            assert reader.window.tools.draft is not None, tool_id
            reader.press("Esc")
            assert reader.window.tools.draft is None
            assert reader.window.tools.active is not None, "Esc drops the draft, not the tool"
        use(reader, tool_id)
        reader.settle()
        reader.press("Return")
        reader.settle()
        changed = reader.mask() != before
        shown, planes = plane_of(reader, changed)
        assert shown.any(), tool_id
        if tool_id != "scissors":
            assert planes == 1, f"{tool_id} wrote into other slices"
        assert reader.session.history.applied == steps + 1, tool_id
        reader.press("Ctrl+Z")
        assert np.array_equal(reader.mask(), before), tool_id
        while reader.can_choose("undo"):
            reader.press("Ctrl+Z")
        reader.press("Esc")
        assert reader.window.tools.active is None


def test_the_eraser_in_every_plane(scan):
    """What the brush paints with, the eraser takes away with."""
    reader = scan
    for number in range(3):
        reader.view = reader.window.bench.views.views[number]
        reader.press("B")
        use(reader, "brush")
        assert reader.mask().any()
        reader.press("E")
        use(reader, "eraser")
        assert not reader.mask().any()
        reader.press("Esc")
