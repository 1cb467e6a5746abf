"""Moves voxels from one geometry to another: the only place that interpolates between them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.geometry import Geometry


def sample(
    array: NDArray[Any],
    source: Geometry,
    target: Geometry,
    *,
    nearest: bool = False,
    outside: float | None = None,
    dtype: type[np.floating[Any]] | None = None,
) -> NDArray[Any]:
    """Values of an array on ``source`` at the voxel centres of ``target``, in the array's type.

    Linear between voxel centres, or the nearest voxel's (label ids); whole numbers are rounded
    unless a floating ``dtype`` is asked for.
    Beyond the outermost voxels (by half a voxel for the nearest) comes ``outside``: 0 for nearest,
    else the array's lowest value unless given. Colour (…, 3) goes channel by channel.
    """
    from scipy.ndimage import affine_transform

    if outside is None:
        outside = 0.0 if nearest else float(array.min())
    change = source.inverse @ target.affine
    shape = target.shape if array.ndim == 3 else (*target.shape, array.shape[3])
    result = np.empty(shape, array.dtype if dtype is None else dtype)
    channels = [(array, result)]
    if array.ndim == 4:
        channels = [(array[..., n], result[..., n]) for n in range(array.shape[3])]
    for values, into in channels:
        affine_transform(
            values,
            change[:3, :3],
            change[:3, 3],
            output_shape=target.shape,
            output=into,
            order=0 if nearest else 1,
            mode="grid-constant" if nearest else "constant",
            cval=outside,
            prefilter=False,
        )
    return result
