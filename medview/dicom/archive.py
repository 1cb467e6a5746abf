"""Zip archives: unpacked within limits into a temporary folder that this process owns."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path, PurePosixPath

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.dicom.walk import Skipped

MAX_TOTAL_BYTES = 16 * 1024**3
MAX_MEMBERS = 200_000
MAX_RATIO = 250  # unpacked to packed; an empty CT slice stays below
_RATIO_FREE_BYTES = 64 * 1024**2
_CHUNK = 1 << 20

_lock = threading.Lock()
_unpacked: dict[tuple[str, int, int], tuple[Path, list[Skipped]]] = {}


def is_zip(path: Path) -> bool:
    """A zip file by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def unpack(path: Path, progress: Progress) -> tuple[Path, list[Skipped]]:
    """The folder with the members of a zip file, and the members left out.

    The same file is unpacked once; the folder is removed when the process ends.
    Raises MedviewError for a damaged or oversized archive.
    """
    status = path.stat()
    key = (str(path.resolve()), status.st_mtime_ns, status.st_size)
    with _lock:
        if key not in _unpacked:
            folder = Path(tempfile.mkdtemp(prefix="medview-zip-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            try:
                _unpacked[key] = (folder, _unpack(path, folder, progress))
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return _unpacked[key]


def _unpack(path: Path, folder: Path, progress: Progress) -> list[Skipped]:
    skipped: list[Skipped] = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_limits(path, members)
            for number, member in enumerate(members):
                progress.report(number / len(members), f"Unpacking {path.name}")
                target = _target(folder, member.filename)
                if target is None or member.flag_bits & 1 or _is_link(member):
                    reason = "encrypted" if member.flag_bits & 1 else "its name leaves the archive"
                    skipped.append(
                        Skipped(path / "member", "zip-member", f"{number + 1}: {reason}")
                    )
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                _copy(archive, member, target)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise MedviewError(
            f"{path.name} cannot be unpacked ({error}).", code="damaged-archive"
        ) from error
    return skipped


def _check_limits(path: Path, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if (
        len(members) > MAX_MEMBERS
        or total > MAX_TOTAL_BYTES
        or (total > _RATIO_FREE_BYTES and total > MAX_RATIO * max(packed, 1))
    ):
        raise MedviewError(
            f"{path.name} holds {len(members)} files of {total >> 20} MB together: too large.",
            hint="Unpack it yourself and open the folder.",
            code="too-large",
        )


def _target(folder: Path, name: str) -> Path | None:
    """Where a member goes, or None when its name points outside."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or any(part in ("..", "/") or ":" in part or "\0" in part for part in parts):
        return None
    target = folder.joinpath(*parts)
    return target if target.resolve().is_relative_to(folder.resolve()) else None


def _is_link(member: zipfile.ZipInfo) -> bool:
    return (member.external_attr >> 16) & 0o170000 == 0o120000


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Copy one member, never more bytes than its entry promises."""
    left = member.file_size
    with archive.open(member) as source, target.open("wb") as copy:
        while left > 0 and (chunk := source.read(min(_CHUNK, left))):
            left -= len(chunk)
            copy.write(chunk)
