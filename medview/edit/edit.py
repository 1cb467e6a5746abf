"""Edit: one gesture's change as box + before + after, with its name and origin."""

from __future__ import annotations

import threading
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from medview.core.box import Box, Index
from medview.core.labels import LabelTable

OriginKind = Literal["tool", "model", "import"]


@dataclass(frozen=True)
class Origin:
    """Who or what made an edit: a tool, a model with its version, or an import."""

    kind: OriginKind
    name: str
    version: str = ""
    person: str = ""


class Patch:
    """Label voxels of a box, kept raw while memory allows and compressed (zlib) for keeping.

    Thread-safe: the saving thread calls `compressed` while the main thread may call `array`.
    """

    def __init__(
        self, array: NDArray[Any] | None, data: bytes | None, shape: Index, dtype: str
    ) -> None:
        self._array = array
        self._data = data
        self.shape = shape
        self.dtype = dtype
        self._lock = threading.Lock()

    @classmethod
    def of(cls, array: NDArray[Any]) -> Patch:
        """Takes a copy of ``array`` (slice, row, column)."""
        return cls.owning(np.array(array, copy=True, order="C"))

    @classmethod
    def owning(cls, array: NDArray[Any]) -> Patch:
        """Takes the array itself, which nobody may write to afterwards."""
        whole = np.ascontiguousarray(array)
        return cls(whole, None, (whole.shape[0], whole.shape[1], whole.shape[2]), whole.dtype.str)

    @classmethod
    def from_bytes(cls, data: bytes, shape: Index, dtype: str) -> Patch:
        """From what `compressed` gave; ValueError when the size does not fit."""
        return cls(None, data, shape, dtype)

    def array(self) -> NDArray[Any]:
        """The voxels; not to be written to."""
        with self._lock:
            if self._array is not None:
                return self._array
            data = self._data or b""
        flat = np.frombuffer(zlib.decompress(data), dtype=self.dtype)
        return flat.reshape(self.shape)

    def compressed(self) -> bytes:
        with self._lock:
            if self._data is None:
                assert self._array is not None
                self._data = zlib.compress(self._array.tobytes(), 1)
            return self._data

    def drop_raw(self) -> None:
        """Keep the compressed form only, once there is one (compressing is for another thread)."""
        with self._lock:
            if self._data is not None:
                self._array = None

    @property
    def raw_bytes(self) -> int:
        return 0 if self._array is None else int(self._array.nbytes)

    @property
    def kept_bytes(self) -> int:
        return self.raw_bytes + (0 if self._data is None else len(self._data))


@dataclass(frozen=True, eq=False)
class Edit:
    """A reversible change of a label map.

    ``before`` and ``after`` hold the voxels of ``box``. ``table_before``/``table_after`` are set
    when the label table changed too (a new label, a rename). ``time`` is UTC ISO 8601.
    ``slice_index`` is where it happened, so that undo can go there.
    """

    name: str
    box: Box
    before: Patch
    after: Patch
    origin: Origin
    time: str
    slice_index: int
    table_before: LabelTable | None = None
    table_after: LabelTable | None = None

    @property
    def kept_bytes(self) -> int:
        """Memory this edit holds now."""
        return self.before.kept_bytes + self.after.kept_bytes

    def changed_voxels(self) -> int:
        """How many voxels differ between before and after."""
        return int(np.count_nonzero(self.before.array() != self.after.array()))


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
