"""Who made a label last, and what changed since the prediction, through undo and redo."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medview.core.box import Box
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.edit.edit import Origin
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.session.provenance import Known, look_up

GRID = Geometry.axial((4, 6, 8))
TABLE = LabelTable.of([Label(1, "lung", (1, 2, 3)), Label(2, "tumour", (4, 5, 6))])
MODEL, ANN = Origin("model", "ct-lung", "1.0.0"), Origin("tool", "brush", person="Ann")


@pytest.fixture
def editor():
    return MaskEditor(LabelMap(GRID, TABLE), History())


def paint(editor, box, label_id, origin=ANN):
    editor.begin("paint", origin, box.low[0])
    editor.paint(box, np.ones(box.shape, bool), label_id)
    return editor.commit()


def found(editor, known=None):
    done = editor.history.edits[: editor.history.applied]
    return look_up(editor.labelmap, done, known or Known(), Progress())


def test_without_a_prediction_the_makers_are_known_and_nothing_is_counted(editor):
    edit = paint(editor, Box((1, 0, 0), (2, 3, 3)), 1)
    provenance, _ = found(editor)
    lung, tumour = provenance.labels
    assert (lung.origin, lung.time) == (ANN, edit.time)
    assert (tumour.origin, tumour.time) == (None, "")
    assert provenance.model is None
    assert provenance.changed_voxels == 0


def test_voxels_are_counted_against_the_newest_prediction(editor):
    paint(editor, Box((0, 0, 0), (1, 6, 8)), 2)
    paint(editor, Box((1, 0, 0), (3, 6, 8)), 1, MODEL)
    paint(editor, Box((1, 0, 0), (2, 2, 2)), 2)  # 4 from lung to tumour
    paint(editor, Box((2, 0, 0), (3, 1, 3)), 0)  # 3 erased
    paint(editor, Box((2, 0, 0), (3, 1, 1)), 1)  # 1 of them back
    provenance, _ = found(editor)
    lung, tumour = provenance.labels
    assert provenance.model == MODEL
    assert provenance.changed_voxels == 6
    assert (lung.changed_voxels, tumour.changed_voxels) == (6, 4)
    assert lung.origin == ANN


def test_a_label_that_lost_voxels_was_changed_too(editor):
    paint(editor, Box((0, 0, 0), (1, 6, 8)), 1, MODEL)
    paint(editor, Box((0, 0, 0), (1, 1, 1)), 2)
    assert [row.origin for row in found(editor)[0].labels] == [ANN, ANN]
    editor.undo()
    assert [row.origin for row in found(editor)[0].labels] == [MODEL, None]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_what_is_remembered_changes_no_answer(seed):
    """Whatever is painted, predicted, undone and redone in between."""
    rng = np.random.default_rng(seed)
    editor, known = MaskEditor(LabelMap(GRID, TABLE), History()), Known()
    for _ in range(25):
        what = rng.random()
        if what < 0.2:
            editor.undo()
        elif what < 0.3:
            editor.redo()
        else:
            low = [int(rng.integers(0, n)) for n in GRID.shape]
            high = [int(rng.integers(a + 1, n + 1)) for a, n in zip(low, GRID.shape, strict=True)]
            origin = MODEL if what > 0.92 else ANN
            paint(editor, Box(tuple(low), tuple(high)), int(rng.integers(0, 3)), origin)
        if rng.random() < 0.5:
            remembered, known = found(editor, known)
            assert remembered == found(editor)[0]
