"""The image that the benchmarks work on: a phantom of the size of a thin-slice chest CT."""

from __future__ import annotations

import struct
from typing import Any

import imagecodecs
import numpy as np

from medview.core.geometry import Geometry
from medview.core.phantom import Phantom, thorax_phantom
from medview.core.volume import SourceSeries, Volume


def large_phantom(slices: int = 300) -> Phantom:
    """(slices, 512, 512), 0.75 mm pixels, 300 mm long: the phantom enlarged, with fresh noise."""
    small = thorax_phantom((60, 256, 256), (5.0, 1.5, 1.5))
    rows = np.linspace(0, 59, slices).round().astype(int)
    random = np.random.default_rng(0)
    shape = (slices, 512, 512)
    voxels, labels = np.empty(shape, np.int16), np.empty(shape, np.uint8)
    for index, source in enumerate(rows):
        plane = small.voxels[source].repeat(2, 0).repeat(2, 1)
        noise = random.integers(-20, 21, plane.shape, np.int16)
        voxels[index] = np.clip(plane + noise, -1024, 3071)
        labels[index] = small.labels[source].repeat(2, 0).repeat(2, 1)
    geometry = Geometry.axial(shape, (300.0 / slices, 0.75, 0.75), (-192.0, -192.0, -150.0))
    return Phantom(voxels, labels, geometry)


def volume_of(phantom: Phantom) -> Volume:
    """The phantom as an open series."""
    source = SourceSeries("1.2", "1.2.3", patient_id="P", patient_name="Phantom^Thorax")
    return Volume(phantom.voxels, phantom.geometry, "CT", "HU", "Thorax", source)


def run_lengths(array: Any) -> bytes:
    """A frame (rows, columns[, samples]) in DICOM RLE (PS3.5 annex G): literal and repeat runs."""
    planes = array if array.ndim == 3 else array[..., None]
    segments = []
    for sample in range(planes.shape[2]):
        plane = np.ascontiguousarray(planes[..., sample])
        octets = plane.view("u1").reshape(*plane.shape, plane.dtype.itemsize)
        segments += [_pack(octets[..., n].tobytes()) for n in reversed(range(octets.shape[-1]))]
    offsets = [64]
    for segment in segments[:-1]:
        offsets.append(offsets[-1] + len(segment))
    head = struct.pack("<16I", len(segments), *offsets, *[0] * (15 - len(offsets)))
    return head + b"".join(segments)


def _pack(data: bytes) -> bytes:
    packed = bytes(imagecodecs.packbits_encode(data))
    return packed + b"\0" * (len(packed) % 2)
