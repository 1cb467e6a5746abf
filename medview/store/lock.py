"""A lock on a folder that the operating system releases when its process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from medview.core.errors import MedviewError

# Windows forbids others to read a locked byte, so the byte lies far behind the text
_LOCKED_BYTE = 1 << 30


class FolderLock:
    """Held by one open workspace; its file says who, and stays non-empty after an unclean end."""

    def __init__(self, path: Path) -> None:
        """Take the lock or raise MedviewError "workspace-locked" or "workspace-unwritable"."""
        self.path = path
        try:
            self._file: BinaryIO = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT), "r+b")
        except OSError as error:
            raise unwritable(path.parent, error) from error
        try:
            _lock(self._file)
        except OSError as error:
            owner = self._owner()
            self._file.close()
            raise MedviewError(
                f"The workspace {path.parent} is in use by another medview"
                f"{f' (process {owner})' if owner else ''}.",
                hint="Close that window, or choose another workspace with --workspace.",
                code="workspace-locked",
            ) from error
        self.was_unclean = bool(self._owner())
        self._say(str(os.getpid()))

    def release(self, *, clean: bool = True) -> None:
        """Give the lock back; ``clean`` False leaves the mark of an unclean end."""
        if self._file.closed:
            return
        if clean:
            self._say("")
        _unlock(self._file)
        self._file.close()

    def _owner(self) -> str:
        self._file.seek(0)
        return self._file.read(64).decode("ascii", "replace").strip()

    def _say(self, text: str) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text.encode("ascii"))
        self._file.flush()


def unwritable(folder: Path, error: OSError) -> MedviewError:
    """The MedviewError "workspace-unwritable"."""
    return MedviewError(
        f"The workspace {folder} cannot be used: {error.strerror or error}.",
        hint="Choose a folder you may write to with --workspace.",
        code="workspace-unwritable",
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        # flock belongs to the open file, so a second workspace in this process is refused too
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
