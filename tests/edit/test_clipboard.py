"""A copied mask takes the same labels' place on another slice, and spares what is protected."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import names_table
from tool_bench import AXIAL, SAGITTAL, SHAPE, TOOL, context

from medview.core.errors import MedviewError
from medview.edit.clipboard import copy_slice, paste
from medview.edit.draft import keep


def random_context(seed=0):
    voxels = np.random.default_rng(seed).integers(0, 4, SHAPE).astype(np.uint8)
    return context(voxels=voxels)


def planes(on, axis):
    return np.moveaxis(on.editor.labelmap.voxels, axis, 0).copy()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_copied_label_is_then_as_on_its_slice(axis):
    on = random_context()
    mask = copy_slice(on.editor, axis, 3, [1])
    before = planes(on, axis)
    edit = keep(on.editor, paste(on.editor, mask, axis, 10), TOOL, 0)
    after = planes(on, axis)
    assert np.array_equal(after[10] == 1, before[3] == 1)
    assert np.array_equal(np.flatnonzero((after != before).any(axis=(1, 2))), [10])
    assert edit.name == "Paste one on slice"
    assert paste(on.editor, mask, axis, 3) is None
    on.editor.undo()
    assert np.array_equal(planes(on, axis), before)


def test_all_labels_make_the_slices_alike():
    on = random_context()
    mask = copy_slice(on.editor, 0, 3, [1, 2, 3])
    keep(on.editor, paste(on.editor, mask, 0, 9), TOOL, 0)
    assert np.array_equal(planes(on, 0)[9], planes(on, 0)[3])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["all", "visible", "none"]), st.integers(1, 3))
def test_locked_and_protected_labels_stay(seed, policy, locked):
    on = random_context(seed)
    mask = copy_slice(on.editor, 0, 3, [1])
    hidden = locked % 3 + 1
    table = on.editor.labelmap.table.changed(locked, locked=True).changed(hidden, visible=False)
    on.editor.labelmap.table = table
    on.editor.overwrite = policy
    before = planes(on, 0)[9]
    proposal = paste(on.editor, mask, 0, 9)
    if proposal is not None:
        keep(on.editor, proposal, TOOL, 0)
    after = planes(on, 0)[9]
    stays = {locked}
    if policy != "all":
        stays |= {n for n in (2, 3) if policy == "none" or n == hidden}
    for label_id in stays:
        assert np.array_equal(after == label_id, before == label_id)


def test_labels_are_found_again_by_name():
    """The same image opened as another case, whose table has other ids."""
    on = random_context()
    mask = copy_slice(on.editor, 0, 3, [1])
    other = context()
    other.editor.labelmap.table = names_table("two", "ONE")
    keep(other.editor, paste(other.editor, mask, 0, 5), TOOL, 0)
    assert np.array_equal(planes(other, 0)[5] == 2, planes(on, 0)[3] == 1)


def test_what_cannot_be_is_said():
    on = context(AXIAL)
    with pytest.raises(MedviewError, match="one is not on this slice"):
        copy_slice(on.editor, 0, 3, [1])
    with pytest.raises(MedviewError, match="No label is on this slice"):
        copy_slice(on.editor, 0, 3, [1, 2])
    mask = copy_slice(random_context().editor, 0, 3, [1])
    with pytest.raises(MedviewError, match="does not fit"):
        paste(on.editor, mask, 1, 3)
    with pytest.raises(MedviewError, match="does not fit"):
        paste(context(SAGITTAL).editor, mask, 0, 3)
    on.editor.labelmap.table = names_table("other")
    with pytest.raises(MedviewError, match="are gone"):
        paste(on.editor, mask, 0, 3)
