"""Records: what the workspace keeps, as plain data that no other room has to be imported for."""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

Triple = tuple[int, int, int]
Affine = tuple[tuple[float, ...], ...]
Split = Literal["train", "held-out"]
Record = TypeVar(
    "Record",
    bound="CaseRecord | EditRecord | MeasureStep | ReadingRecord | ReviewRecord | VersionRecord",
)

_FAST = 1  # zlib level: label boxes are mostly runs, higher levels cost time and gain little


@dataclass(frozen=True)
class CaseRecord:
    """A volume that was opened. ``key`` is Volume.case_key; ``affine`` 4 rows of 4 (LPS mm).

    ``paths`` are where it was last seen; ``opened_at`` seconds since 1970 (UTC).
    """

    key: str
    patient_id_hash: str
    title: str
    paths: tuple[str, ...]
    shape: Triple
    affine: Affine
    label_table_json: str
    opened_at: float


@dataclass(frozen=True)
class EditRecord:
    """One edit of a case. ``sequence`` counts from 0 and equals the number of edits before it.

    ``low`` and ``high`` bound the half-open box; ``before`` and ``after`` are its label voxels
    (`pack_array`, uint8 or uint16). The tables are set when the edit changed them. ``time`` is
    in seconds since 1970 (UTC).
    """

    case_key: str
    sequence: int
    name: str
    origin_json: str
    time: float
    low: Triple
    high: Triple
    before: bytes
    after: bytes
    slice_index: int
    table_before_json: str | None = None
    table_after_json: str | None = None


@dataclass(frozen=True)
class VersionRecord:
    """A named state of a case's labels: ``labels`` are all voxels (`pack_array`, ``dtype``).

    ``time`` is in seconds since 1970 (UTC).
    """

    case_key: str
    name: str
    time: float
    person: str
    dtype: str
    labels: bytes
    table_json: str


@dataclass(frozen=True)
class MeasureStep:
    """One change of a case's measures. ``sequence`` counts from 0.

    One measure is as ``before_json`` before and as ``after_json`` after it; None: not there.
    ``time`` is in seconds since 1970 (UTC).
    """

    case_key: str
    sequence: int
    time: float
    before_json: str | None
    after_json: str | None


@dataclass(frozen=True)
class ReviewRecord:
    """One accepted slice with its pixels, so that training survives the loss of the images.

    ``image`` is (3, rows, columns): the previous, this and the next slice, ends repeated;
    ``labels`` is (rows, columns) uint8 or uint16; both `pack_array`, of the dtypes named.
    ``affine_json`` is the 4 x 4 LPS affine of the whole volume, whose shape is ``volume_shape``.
    """

    case_key: str
    patient: str
    slice_index: int
    split: Split
    reviewer: str
    time: float
    affine_json: str
    volume_shape: Triple
    image: bytes
    image_dtype: str
    labels: bytes
    labels_dtype: str
    label_table_json: str
    modality: str
    origin_json: str


@dataclass(frozen=True)
class ReadingRecord:
    """What one reviewer said of one slice, kept for good: a later reading never replaces it.

    ``labels`` is (rows, columns) of ``volume_shape``, `pack_array`, of ``labels_dtype``.
    """

    case_key: str
    slice_index: int
    reviewer: str
    time: float
    volume_shape: Triple
    labels: bytes
    labels_dtype: str
    label_table_json: str
    origin_json: str

    @classmethod
    def of(cls, review: ReviewRecord) -> ReadingRecord:
        return cls(**{field.name: getattr(review, field.name) for field in fields(cls)})


def pack_array(values: NDArray[Any]) -> bytes:
    """The values in C order, little endian, deflated."""
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return zlib.compress(np.ascontiguousarray(little).tobytes(), _FAST)


def unpack_array(data: bytes, shape: tuple[int, ...], dtype: str | None = None) -> NDArray[Any]:
    """`pack_array` undone: a new array that the caller owns.

    Without ``dtype`` the values are label voxels: uint8 or uint16, told by the size.
    Raises ValueError when the size does not fit the shape.
    """
    raw = bytearray(zlib.decompress(data))
    size = int(np.prod(shape, dtype=np.int64))
    if dtype is None:
        dtype = "uint16" if size and len(raw) == 2 * size else "uint8"
    kind = np.dtype(dtype)
    if len(raw) != size * kind.itemsize:
        raise ValueError(f"{len(raw)} bytes are not {shape} values of {kind}")
    values = np.frombuffer(raw, dtype=kind.newbyteorder("<")).reshape(shape)
    return values.astype(kind, copy=False)


def affine_rows(matrix: NDArray[Any]) -> Affine:
    """A 4 x 4 array as the rows a CaseRecord holds."""
    return tuple(tuple(float(value) for value in row) for row in matrix)


def columns_of(record_class: type[Record]) -> str:
    """The column names of a record's table, which are its fields, for SQL."""
    return ", ".join(field.name for field in fields(record_class))


def to_row(record: Record) -> tuple[Any, ...]:
    """The record's values for SQL, tuples as JSON."""
    values = (getattr(record, field.name) for field in fields(record))
    return tuple(json.dumps(value) if isinstance(value, tuple) else value for value in values)


def from_row(record_class: type[Record], row: sqlite3.Row) -> Record:
    """`to_row` undone."""
    values = {}
    for field in fields(record_class):
        value = row[field.name]
        values[field.name] = _parsed(value) if field.name in _TUPLES else value
    return record_class(**values)


_TUPLES = frozenset({"paths", "shape", "affine", "low", "high", "volume_shape"})


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Any:
    """Thousands of edits have few corners."""
    return _nested_tuple(json.loads(text))


def _nested_tuple(value: Any) -> Any:
    return tuple(_nested_tuple(item) for item in value) if isinstance(value, list) else value
