"""Frames of nuclear medicine images (PS3.3 C.8.4): vectors say which slice each frame is."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset

from medview.dicom.header import FrameInfo, Orientation, Vector

SOP_CLASS: Final = "1.2.840.10008.5.1.4.1.1.20"
_SLICES, _DETECTORS, _BETWEEN = 0x00540080, 0x00540022, 0x00180088
# (name shown, vector) that tells the frames at one position apart
_PHASES: Final = (
    ("time slot", 0x00540070),
    ("R-R interval", 0x00540060),
    ("energy window", 0x00540010),
    ("detector", 0x00540020),
    ("rotation", 0x00540050),
    ("phase", 0x00540030),
    ("time slice", 0x00540100),
)
_TAGS: Final = [_SLICES, _DETECTORS, _BETWEEN, *(tag for _, tag in _PHASES)]


def read_frames(path: Path, base: FrameInfo, count: int) -> tuple[FrameInfo, ...]:
    """One FrameInfo per frame. ``base`` holds what is common to all.

    A reconstructed tomogram gives the place of its first slice with the detector and the distance
    between slices, whose sign is the direction (C.8.4.15); frames of others stay without a place.
    """
    dataset = dcmread(path, stop_before_pixels=True, specific_tags=cast("Any", _TAGS), force=True)
    vectors = {name: _vector(dataset, tag, count) for name, tag in _PHASES}
    slices = _vector(dataset, _SLICES, count)
    place = _first_place(dataset) if slices else None
    frames = []
    for index in range(count):
        phase = tuple(
            (name, str(vector[index]))
            for name, vector in vectors.items()
            if vector and len(set(vector)) > 1
        )
        frame = replace(base, phase=(*phase, *base.phase))
        if place is not None and slices:
            position, orientation, step = place
            there = np.array(position) + np.array(step) * (slices[index] - 1)
            frame = replace(
                frame, position=cast("Vector", tuple(map(float, there))), orientation=orientation
            )
        frames.append(frame)
    return tuple(frames)


def _vector(dataset: Dataset, tag: int, count: int) -> tuple[int, ...]:
    """A vector with a number for each frame, else empty."""
    element = dataset.get(tag)
    value = None if element is None else element.value
    numbers = [value] if isinstance(value, int) else list(value or ())
    return tuple(int(n) for n in numbers) if len(numbers) == count else ()


def _first_place(dataset: Dataset) -> tuple[Vector, Orientation, Vector] | None:
    """(position of slice 1, orientation, step to the next slice) in LPS mm."""
    detectors = dataset.get("DetectorInformationSequence") or ()
    if not detectors:
        return None
    try:
        position = [float(n) for n in detectors[0].ImagePositionPatient]
        orientation = [float(n) for n in detectors[0].ImageOrientationPatient]
        between = float(dataset.SpacingBetweenSlices)
    except (AttributeError, TypeError, ValueError):
        return None
    numbers = [*position, *orientation, between]
    if len(numbers) != 10 or not all(map(math.isfinite, numbers)) or between == 0:
        return None
    step = np.cross(orientation[:3], orientation[3:]) * between
    return (
        cast("Vector", tuple(position)),
        cast("Orientation", tuple(orientation)),
        cast("Vector", tuple(map(float, step))),
    )
