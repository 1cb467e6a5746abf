"""What the readers say of files that they cannot take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from medview.core.errors import MedviewError


def stem_of(path: Path, suffixes: tuple[str, ...]) -> str:
    """The file's name without its format's suffix (".nii.gz" as one)."""
    for suffix in suffixes:
        if path.name.lower().endswith(suffix):
            return path.name[: -len(suffix)]
    return path.stem


def unreadable(path: Path, kind: str, reason: str) -> MedviewError:
    """The MedviewError "file-unreadable" for a file that should be a ``kind``."""
    reason = " ".join(reason.replace(str(path), path.name).split())[:200] or "unknown reason"
    return MedviewError(
        f"{path} could not be read as {kind}: {reason}.",
        hint="The file may be damaged or cut off; fetch it again.",
        code="file-unreadable",
    )


def not_3d(path: Path, shape: tuple[int, ...]) -> MedviewError:
    """The MedviewError "not-3d"."""
    return MedviewError(
        f"{path} is not three-dimensional: its size is {' x '.join(map(str, shape))}.",
        hint="Give a file with one 3D volume.",
        code="not-3d",
    )


def read_dataset(path: Path, what: str, refuse: Callable[[Path, str], MedviewError]) -> Any:
    """A whole DICOM file. MedviewError "file-missing", "file-unreadable" (``what`` names the kind),
    or what ``refuse(path, reason)`` makes of a file that is no DICOM."""
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        return pydicom.dcmread(path)
    except FileNotFoundError as error:
        raise MedviewError(
            f"{path} does not exist.", hint="Check the name.", code="file-missing"
        ) from error
    except InvalidDicomError as error:
        raise refuse(path, "it is not DICOM") from error
    # pydicom lets struct, zlib and its own errors through
    except Exception as error:
        raise unreadable(path, what, str(error)) from error
