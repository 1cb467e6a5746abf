"""Finds the regular files under what the user chose: no links out, no devices, no loops."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from medview.core.errors import MedviewError

MAX_DEPTH = 40
MAX_FILE_BYTES = 16 * 1024**3
_MIN_BYTES = 132  # a preamble and the magic word; a bare data set is longer, too


@dataclass(frozen=True)
class Skipped:
    """A file that was not opened: a stable code and the reason in words."""

    path: Path
    code: str
    reason: str


@dataclass(frozen=True)
class FoundFile:
    path: Path
    size: int


def are_gone(paths: Sequence[Path]) -> bool:
    """Whether nothing of what was there a moment ago can be reached: the medium was removed.

    Only three of the paths are asked for; a dying disc takes seconds for each.
    """
    return not any(_is_there(path) for path in {paths[0], paths[len(paths) // 2], paths[-1]})


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def find_files(paths: Sequence[Path]) -> Iterator[FoundFile | Skipped]:
    """Files below ``paths``, sorted within each folder; a DICOMDIR stands for its folder.

    Raises MedviewError ("not-found") for a path that does not exist.
    """
    seen: set[tuple[int, int]] = set()
    for path in paths:
        try:
            start = path.resolve(strict=True)
            if start.name.upper() == "DICOMDIR" and start.is_file():
                start = start.parent
            status = start.lstat()
        except FileNotFoundError as error:
            raise MedviewError(f"{path} does not exist.", code="not-found") from error
        except (OSError, RuntimeError) as error:  # a dying medium; links that go round
            what = type(error).__name__ if not isinstance(error, OSError) else error.strerror
            raise MedviewError(f"{path} cannot be read ({what}).", code="not-found") from error
        if stat.S_ISDIR(status.st_mode):
            yield from _walk(start, start, 0, seen)
        else:
            yield from _file(start, status, seen)


def _walk(
    root: Path, folder: Path, depth: int, seen: set[tuple[int, int]]
) -> Iterator[FoundFile | Skipped]:
    try:
        status = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Skipped(folder, "unreadable", f"the folder cannot be read ({error.strerror})")
        return
    if _already(status, seen):
        return
    if depth > MAX_DEPTH:
        yield Skipped(folder, "too-deep", f"folders are nested deeper than {MAX_DEPTH}")
        return
    for entry in entries:
        path = Path(entry.path)
        try:
            if entry.is_symlink():
                path = path.resolve()
                if not path.is_relative_to(root):
                    yield Skipped(Path(entry.path), "link-outside", "a link that leaves the folder")
                    continue
            status = path.lstat()
        except (OSError, RuntimeError) as error:
            yield Skipped(
                Path(entry.path), "unreadable", f"cannot be read ({type(error).__name__})"
            )
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _walk(root, path, depth + 1, seen)
        else:
            yield from _file(path, status, seen)


def _file(
    path: Path, status: os.stat_result, seen: set[tuple[int, int]]
) -> Iterator[FoundFile | Skipped]:
    if not stat.S_ISREG(status.st_mode):
        yield Skipped(path, "not-a-file", "not a regular file (a device, pipe or socket)")
    elif status.st_size > MAX_FILE_BYTES:
        yield Skipped(path, "too-large", f"larger than {MAX_FILE_BYTES >> 30} GB")
    elif status.st_size < _MIN_BYTES:
        yield Skipped(path, "not-dicom", "too short to be DICOM")
    elif not _already(status, seen):
        yield FoundFile(path, status.st_size)


def _already(status: os.stat_result, seen: set[tuple[int, int]]) -> bool:
    key = (status.st_dev, status.st_ino)
    if status.st_ino == 0:  # a file system without inode numbers
        return False
    if key in seen:
        return True
    seen.add(key)
    return False
