"""A long random walk over all tools and operations: undo is exact, locks hold, replay agrees."""

import hashlib
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import names_table
from tool_bench import (
    GEOMETRIES,
    SAGITTAL,
    SHAPE,
    ball_mask,
    ball_volume,
    context,
    enter,
    fill,
    scene_of,
)

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.edit.draft import keep
from medview.edit.edit import Origin
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.edit.operation import discover_operations
from medview.edit.tool import Pointer, ToolContext, discover_tools
from medview.session.records import edit_of, edit_record
from medview.store.workspace import Workspace

GESTURES = int(os.environ.get("MEDVIEW_WALK", "300"))
TOOLS, OPERATIONS = discover_tools(), discover_operations()
VOLUMES = {name: ball_volume(geometry) for name, geometry in GEOMETRIES.items()}


@pytest.fixture
def workspace(tmp_path):
    with Workspace(tmp_path / "w") as opened:
        yield opened


def state(on) -> str:
    return hashlib.sha256(on.editor.labelmap.voxels.tobytes()).hexdigest()


def somewhere(rng, axis, plane=None):
    """A place in a plane, sometimes beside the image."""
    place = rng.uniform(-3, np.array(SHAPE) + 2)
    place[axis] = rng.integers(0, SHAPE[axis]) if plane is None else plane
    return tuple(float(n) for n in place)


def gesture(rng, on, tools, operations):
    """One random use of one tool or operation, kept; nothing stays open afterwards."""
    if rng.random() < 0.25:
        operation = operations[rng.integers(len(operations))]
        axis = int(rng.integers(3))
        scene = scene_of(on, axis, int(rng.integers(SHAPE[axis])))
        try:
            proposal = operation.propose(scene, Progress())
        except MedviewError:
            return  # an empty label, one seed only: said in words
        if proposal is not None:
            keep(on.editor, proposal, Origin("tool", operation.id), 0)
        return
    tool = tools[rng.integers(len(tools))]
    axis, invert = int(rng.integers(3)), bool(rng.random() < 0.3)
    plane = int(rng.integers(SHAPE[axis]))
    for _ in range(int(rng.integers(1, 5))):
        points = [somewhere(rng, axis, plane) for _ in range(int(rng.integers(1, 5)))]
        tool.press(on, Pointer(points[0], axis, invert, reach_mm=1.0))
        for point in points[1:]:
            tool.move(on, Pointer(point, axis, invert))
        if rng.random() < 0.1:
            tool.cancel(on)
        else:
            tool.release(on, Pointer(points[-1], axis, invert))
        tool.hover(on, Pointer(somewhere(rng, axis, plane), axis))
    if rng.random() < 0.15:
        tool.step_back(on)
    if rng.random() < 0.15:
        tool.drop()
    enter(tool, on)
    tool.drop()


def state_in(workspace, labelmap) -> str:
    """What the workspace's edits make of a blank label map."""
    fresh = MaskEditor(LabelMap(labelmap.geometry, names_table("one", "two", "three")), History())
    edits = [edit_of(record, fresh.labelmap.voxels.dtype.str) for record in workspace.edits("walk")]
    fresh.replay(edits, workspace.cursor("walk"))
    return hashlib.sha256(fresh.labelmap.voxels.tobytes()).hexdigest()


@pytest.mark.parametrize("name", GEOMETRIES)
def test_a_long_walk_over_all_tools(name, workspace):
    rng = np.random.default_rng(11)
    on = context(GEOMETRIES[name], volume=VOLUMES[name])
    tools, operations = [tool() for tool in TOOLS], [one() for one in OPERATIONS]
    states = [state(on)]
    on.editor.committed.connect(lambda edit: states.append(state(on)))
    history = on.editor.history
    on.editor.committed.connect(
        lambda edit: workspace.append_edit(edit_record(edit, "walk", history.cursor - 1))
    )
    fill(on, ball_mask(GEOMETRIES[name]), 1, kind="model")
    for number in range(1, GESTURES // 2 + 1):
        on = ToolContext(on.editor, on.volume, int(rng.integers(1, 4)))
        gesture(rng, on, tools, operations)
        assert not on.editor.is_open
        assert state(on) == states[-1], "voxels change by edits only"
        if number % 100 and number < GESTURES // 2:
            continue
        assert state_in(workspace, on.editor.labelmap) == states[-1]
        assert len(history.edits) == len(states) - 1
        assert sum(edit.kept_bytes for edit in history.edits) <= history.limit_bytes
        for wanted in reversed(states[:-1]):
            assert on.editor.undo() is not None
            assert state(on) == wanted
        for wanted in states[1:]:
            on.editor.redo()
            assert state(on) == wanted
    assert len(states) > GESTURES // 4, "most gestures change something"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.sampled_from(["all", "visible", "none"]))
def test_locked_and_protected_labels_never_change(seed, locked, policy):
    rng = np.random.default_rng(seed)
    voxels = rng.integers(0, 4, SHAPE).astype(np.uint8)
    on = context(SAGITTAL, voxels=voxels, volume=VOLUMES["sagittal"])
    table = on.editor.labelmap.table.changed(locked, locked=True)
    hidden = locked % 3 + 1
    on.editor.labelmap.table = table.changed(hidden, visible=False)
    on.editor.overwrite = policy
    before = on.editor.labelmap.voxels.copy()
    active = next(n for n in (1, 2, 3) if n not in (locked, hidden))
    on = ToolContext(on.editor, on.volume, active)
    tools = [tool() for tool in TOOLS if not tool.changes_any]
    for _ in range(6):
        gesture(rng, on, tools, [one() for one in OPERATIONS])
        after = on.editor.labelmap.voxels
        assert np.array_equal(after == locked, before == locked)


@pytest.mark.parametrize(("policy", "visible", "stays"),
                         [("all", False, False), ("visible", False, True),
                          ("visible", True, False), ("none", True, True)])  # fmt: skip
def test_the_overwrite_policy_protects_other_labels(policy, visible, stays):
    voxels = np.full(SHAPE, 2, np.uint8)
    on = context(voxels=voxels)
    on.editor.labelmap.table = on.editor.labelmap.table.changed(2, visible=visible)
    on.editor.overwrite = policy
    brush = TOOLS[0]()
    for invert in (False, True):
        brush.press(on, Pointer((7.0, 20.0, 20.0), 0, invert))
        brush.release(on, Pointer((7.0, 20.0, 20.0), 0, invert))
        assert bool(on.editor.labelmap.voxels[7, 20, 20] == 2) is stays


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(TOOLS), st.integers(0, 2))
def test_a_cancelled_or_dropped_gesture_leaves_nothing(seed, kind, axis):
    rng = np.random.default_rng(seed)
    voxels = rng.integers(0, 4, SHAPE).astype(np.uint8)
    on = context(voxels=voxels.copy(), volume=VOLUMES["axial"])
    fill(on, voxels == 2, 1, kind="model")
    voxels = on.editor.labelmap.voxels.copy()
    tool, plane = kind(), int(rng.integers(SHAPE[axis]))
    tool.press(on, Pointer(somewhere(rng, axis, plane), axis))
    tool.move(on, Pointer(somewhere(rng, axis, plane), axis))
    tool.cancel(on)
    tool.drop()
    assert np.array_equal(on.editor.labelmap.voxels, voxels)
    assert not on.editor.is_open
    assert len(on.editor.history.edits) == 1
    assert tool.draft is None
