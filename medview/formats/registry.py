"""The file formats the program knows: every module of this package that has a FORMAT."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import medview.formats
from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume

_LABEL_WORDS = ("label", "seg", "mask")
_SNIFFED_BYTES = 512


@dataclass(frozen=True)
class Format:
    """One file format. A function the format lacks is None.

    ``suffixes`` are lower case with their dot, the preferred one first.
    ``read_volume(path) -> Volume``.
    ``read_labels(path, reference: Volume | None = None, *, table: LabelTable | None = None,
    messages: list[Message] | None = None) -> LabelMap``: on the reference's grid where the file
    fits it (see `medview.formats.label_files.fit_to_reference`).
    ``write_labels(labelmap, path)``, or ``write_labels(labelmap, volume, path, **options)`` where
    ``needs_source`` is True: that format describes the DICOM series the labels were drawn on.
    ``matches(first_bytes)`` recognises files without a known suffix. ``holds_labels(path)`` says
    whether a file is a mask, for formats that state it.
    """

    name: str
    suffixes: tuple[str, ...]
    read_volume: Callable[[Path], Volume] | None = None
    read_labels: Callable[..., LabelMap] | None = None
    write_labels: Callable[..., Any] | None = None
    write_volume: Callable[[Volume, Path], None] | None = None
    matches: Callable[[bytes], bool] | None = None
    needs_source: bool = False
    holds_labels: Callable[[Path], bool] | None = None


@cache
def formats() -> tuple[Format, ...]:
    """Every format of this package, by module name."""
    found = []
    for module in pkgutil.iter_modules(medview.formats.__path__):
        if module.name == "registry":
            continue
        loaded = importlib.import_module(f"medview.formats.{module.name}")
        known = getattr(loaded, "FORMAT", None)
        if isinstance(known, Format):
            found.append(known)
    return tuple(found)


def format_of_suffix(path: Path) -> Format | None:
    """The format with the longest suffix that the name ends with, or None. Opens no file."""
    named = _named(path)
    return named[0] if named else None


def _named(path: Path) -> list[Format]:
    """The formats of the longest suffix that the name ends with."""
    name = path.name.lower()
    ends = [
        (len(suffix), known)
        for known in formats()
        for suffix in known.suffixes
        if name.endswith(suffix)
    ]
    longest = max((length for length, _ in ends), default=0)
    return [known for length, known in ends if length == longest]


def _of_content(path: Path, choices: list[Format]) -> Format:
    """The one of several formats that says a file is its own, else the first."""
    if len(choices) > 1 and path.is_file():
        for known in choices:
            if known.holds_labels is not None and known.holds_labels(path):
                return known
    return choices[0]


def format_for(path: Path) -> Format:
    """The format of a file, by suffix, else by its first bytes; between several by its content.

    Works for a file that is still to be written (suffix only). Raises MedviewError
    "file-missing" or "unknown-format".
    """
    path = Path(path)
    by_suffix = _named(path)
    if by_suffix:
        return _of_content(path, by_suffix)
    if not path.is_file():
        if path.exists() or path.suffix:
            raise _unknown(path)
        raise MedviewError(f"{path} does not exist.", hint="Check the name.", code="file-missing")
    try:
        with path.open("rb") as file:
            start = file.read(_SNIFFED_BYTES)
    except OSError as error:
        raise MedviewError(
            f"{path} could not be read: {error.strerror}.", code="file-unreadable"
        ) from error
    matching = [known for known in formats() if known.matches and known.matches(start)]
    if not matching:
        raise _unknown(path)
    return _of_content(path, matching)


def read_volume(path: Path) -> Volume:
    """Read an image with the format of its file; MedviewError when that format holds none."""
    known = format_for(path)
    if known.read_volume is None:
        raise MedviewError(
            f"{path} ({known.name}) holds no image that can be opened this way.",
            code="no-image",
        )
    return known.read_volume(Path(path))


def looks_like_labels(path: Path, volume: Volume | None = None) -> bool:
    """Is this file a mask and not an image? ``volume`` is the file where it was read already.

    Formats that hold only labels are. Otherwise: whole numbers, at most 256 distinct values,
    none negative, and either the name says label, seg or mask, or more than half is background
    and neighbours mostly agree (a skull-stripped 8 bit MR also is mostly zero, but not smooth).
    """
    path = Path(path)
    known = format_for(path)
    if known.holds_labels is not None:
        return known.holds_labels(path)
    if known.read_volume is None or path.name.lower().endswith(".seg.nrrd"):
        return known.read_labels is not None
    voxels = (volume if volume is not None else known.read_volume(path)).voxels
    low, high = float(voxels.min()), float(voxels.max())
    if voxels.ndim != 3 or not (low >= 0 and high <= 32767):
        return False
    whole = voxels.astype(np.int16)
    if voxels.dtype != np.int16 and not np.array_equal(whole, voxels):
        return False
    if np.count_nonzero(np.bincount(whole.ravel())) > 256:
        return False
    return any(word in path.name.lower() for word in _LABEL_WORDS) or _is_flat(whole)


def _is_flat(voxels: NDArray[np.int16]) -> bool:
    """Mostly background, and foreground voxels mostly equal to the next one in their row."""
    if int(np.count_nonzero(voxels)) * 2 >= voxels.size:
        return False
    here, there = voxels[..., :-1], voxels[..., 1:]
    inside = (here > 0) & (there > 0)
    pairs = int(np.count_nonzero(inside))
    return pairs == 0 or int(np.count_nonzero(inside & (here == there))) * 2 > pairs


def _unknown(path: Path) -> MedviewError:
    names = ", ".join(suffix for known in formats() for suffix in known.suffixes)
    return MedviewError(
        f"{path} is not in a format that medview knows.",
        hint=f"Known: {names}.",
        code="unknown-format",
    )
