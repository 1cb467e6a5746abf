"""Records survive the way into SQL and back; arrays survive packing."""

import sqlite3

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from store_samples import a_case, a_review, an_edit

from medview.store.records import columns_of, from_row, pack_array, to_row, unpack_array

_LABELS = st.sampled_from([np.uint8, np.uint16]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=3, max_dims=3, max_side=5))
)


@given(_LABELS)
def test_label_voxels_survive_packing_without_naming_their_type(values):
    back = unpack_array(pack_array(values), values.shape)
    assert back.dtype == values.dtype
    assert np.array_equal(back, values)
    assert back.flags.writeable


@pytest.mark.parametrize("dtype", ["int16", "float32", ">i2"])
def test_image_values_survive_packing_in_any_byte_order(dtype):
    values = np.array([[-1024, 0, 3071]], dtype=dtype)
    back = unpack_array(pack_array(values), (1, 3), np.dtype(dtype).newbyteorder("=").name)
    assert np.array_equal(back, values)


def test_a_wrong_size_is_refused():
    with pytest.raises(ValueError, match="bytes are not"):
        unpack_array(pack_array(np.zeros(5, np.uint8)), (2, 2))


@pytest.mark.parametrize("record", [a_case(), an_edit(3), a_review(7)])
def test_a_record_survives_sql(record):
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    columns = columns_of(type(record))
    marks = ", ".join("?" * len(columns.split(", ")))
    connection.execute(f"CREATE TABLE records ({columns})")
    connection.execute(f"INSERT INTO records VALUES ({marks})", to_row(record))
    row = connection.execute("SELECT * FROM records").fetchone()
    assert from_row(type(record), row) == record
    connection.close()
