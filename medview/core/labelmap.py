"""LabelMap: integer voxels on a geometry, with the table that names them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medview.core.geometry import Geometry
from medview.core.labels import LabelTable

LabelArray = NDArray[np.uint16] | NDArray[np.uint8]


class LabelMap:
    """Label voxels (slice, row, column), uint8 or uint16, 0 = background.

    ``voxels`` is a read-only view: only `medview.edit.mask_editor.MaskEditor` writes, through
    `writable`. ``revision`` grows with every change, so that late results can be recognised.
    The array given is owned by the label map afterwards.
    """

    def __init__(
        self, geometry: Geometry, table: LabelTable, voxels: LabelArray | None = None
    ) -> None:
        if voxels is None:
            voxels = np.zeros(geometry.shape, dtype=np.uint8)
        if voxels.shape != geometry.shape:
            raise ValueError(f"voxels {voxels.shape} do not fit the geometry {geometry.shape}")
        if voxels.dtype not in (np.uint8, np.uint16):
            raise ValueError(f"label voxels must be uint8 or uint16, not {voxels.dtype}")
        self.geometry = geometry
        self.table = table
        self.revision = 0
        self._voxels = voxels

    @property
    def voxels(self) -> LabelArray:
        view = self._voxels.view()
        view.setflags(write=False)
        return view

    def writable(self) -> LabelArray:
        """The array itself. For MaskEditor alone; a test keeps it so."""
        return self._voxels

    def frozen_copy(self) -> LabelMap:
        """An independent copy for a job (export, evaluation)."""
        copy = LabelMap(self.geometry, self.table, self._voxels.copy())
        copy.revision = self.revision
        return copy

    def present_ids(self) -> list[int]:
        """Label ids with at least one voxel, ascending, without background."""
        counts = np.bincount(self._voxels.ravel())
        return [int(i) for i in np.flatnonzero(counts) if i != 0]

    def voxel_count(self, label_id: int) -> int:
        return int(np.count_nonzero(self._voxels == label_id))
