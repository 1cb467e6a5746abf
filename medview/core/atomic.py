"""Atomic writes: a file or folder appears whole under its name, or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from medview.core.errors import MedviewError

_PREFIX = ".medview-"


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; after the block it is synced and takes the name.

    The temporary name keeps the suffixes, because writers choose the format by them. Missing
    folders are made. When the block raises, ``path`` stays as it was and the temporary file goes.
    Raises MedviewError "write-failed" for what the disk refuses.
    """
    path = Path(path)
    temporary = path.with_name(f"{_PREFIX}{secrets.token_hex(6)}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _sync_file(temporary)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``path`` that takes the name when the block ends well.

    ``path`` must not exist, or be an empty folder: MedviewError "folder-not-empty" otherwise, so
    that an export never mixes with, or removes, what is there. "write-failed" as `atomic_path`.
    """
    path = Path(path)
    temporary = path.with_name(f"{_PREFIX}{secrets.token_hex(6)}-{path.name}")
    try:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise MedviewError(
                f"{path} is there already and is not an empty folder.",
                hint="Choose a new folder.",
                code="folder-not-empty",
            )
        temporary.mkdir(parents=True)
        yield temporary
        for file in temporary.rglob("*"):
            if file.is_file():
                _sync_file(file)
        if path.is_dir():
            path.rmdir()
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Replace a UTF-8 text file atomically; errors as `atomic_path`."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, data: bytes) -> None:
    """Replace a file atomically; errors as `atomic_path`."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def write_error(path: Path, error: OSError) -> MedviewError:
    """The MedviewError "write-failed" for what the operating system said about ``path``."""
    reason = error.strerror or str(error)
    return MedviewError(
        f"{path} could not be written: {reason}.",
        hint="Check the free space and the permissions of the folder, or choose another one.",
        code="write-failed",
    )


def _sync_file(path: Path) -> None:
    # Windows refuses fsync on a file opened only for reading
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; only POSIX can open a folder."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems refuse it; the rename still happened
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
