"""A patch keeps voxels exactly, raw or compressed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from medview.core.box import Box
from medview.edit.edit import Edit, Origin, Patch, utc_now

boxes = st.sampled_from([np.uint8, np.uint16]).flatmap(
    lambda kind: arrays(kind, st.tuples(*[st.integers(1, 5)] * 3))
)


@settings(max_examples=50, deadline=None)
@given(boxes)
def test_a_patch_gives_back_what_it_was_given(voxels):
    patch = Patch.of(voxels)
    again = Patch.from_bytes(patch.compressed(), patch.shape, patch.dtype)
    patch.drop_raw()
    for one in (patch, again):
        assert np.array_equal(one.array(), voxels)
        assert one.array().dtype == voxels.dtype
    assert patch.raw_bytes == 0
    assert patch.kept_bytes == len(patch.compressed())


def test_a_patch_is_a_copy_of_a_view():
    voxels = np.arange(64, dtype=np.uint8).reshape(4, 4, 4)
    patch = Patch.of(voxels[1:3, ::2, :3])
    wanted = voxels[1:3, ::2, :3].copy()
    voxels[:] = 0
    assert np.array_equal(patch.array(), wanted)


def test_bytes_that_do_not_fit_are_refused():
    data = Patch.of(np.zeros((1, 2, 2), np.uint8)).compressed()
    with pytest.raises(ValueError, match="reshape"):
        Patch.from_bytes(data, (1, 2, 3), "|u1").array()


def test_an_edit_counts_the_voxels_it_changes():
    before, after = np.zeros((1, 2, 2), np.uint8), np.array([[[0, 1], [2, 0]]], np.uint8)
    box = Box((3, 0, 0), (4, 2, 2))
    edit = Edit("paint", box, Patch.of(before), Patch.of(after), Origin("tool", "b"), utc_now(), 3)
    assert edit.changed_voxels() == 2
    assert edit.kept_bytes == before.nbytes + after.nbytes


def test_times_are_utc():
    assert utc_now().endswith("+00:00")
