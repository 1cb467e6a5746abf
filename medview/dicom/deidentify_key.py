"""The secret of a de-identification: the same key gives the same UIDs, pseudonyms and shifts."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from pathlib import Path

from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError

_KEY_BYTES = 32
_MAX_KEY_FILE = 4096
_SHIFT_DAYS = 3650


class Pseudonyms:
    """Keyed one-way replacements. Without the key nobody can tell who was behind them, nor try."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def uid(self, uid: str) -> str:
        """A UID of the form 2.25.<UUID> (PS3.5 B.2) from the HMAC-SHA256 of the UID."""
        return f"2.25.{uuid.UUID(bytes=self._digest('uid', uid)[:16], version=4).int}"

    def patient(self, identity: str) -> str:
        """A name and ID for the patient: 12 hexadecimal digits after a P."""
        return f"P{self._digest('patient', identity)[:6].hex().upper()}"

    def days(self, identity: str) -> int:
        """How many days all dates of the patient move back: 1 to 3650."""
        return 1 + int.from_bytes(self._digest("days", identity)[:8], "big") % _SHIFT_DAYS

    def _digest(self, purpose: str, text: str) -> bytes:
        message = f"{purpose}\0{text}".encode()
        return hmac.new(self._key, message, hashlib.sha256).digest()


def random_key() -> bytes:
    """A key for one run that nobody keeps."""
    return secrets.token_bytes(_KEY_BYTES)


def key_from_file(path: Path) -> bytes:
    """The key in a file of 64 hexadecimal digits; a file that does not exist is made.

    The new file is readable by its owner only. Raises MedviewError "bad-key", or "write-failed".
    """
    if not path.exists():
        key = random_key()
        with atomic_path(path) as temporary:
            temporary.touch(mode=0o600)
            temporary.write_text(key.hex() + "\n", encoding="ascii")
        return key
    try:
        text = path.read_text(encoding="ascii") if _is_small_file(path) else ""
        key = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise _bad_key(path) from error
    if len(key) != _KEY_BYTES:
        raise _bad_key(path)
    return key


def _is_small_file(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= _MAX_KEY_FILE


def _bad_key(path: Path) -> MedviewError:
    return MedviewError(
        f"{path} holds no key of {_KEY_BYTES * 2} hexadecimal digits.",
        hint="Name a file that does not exist yet, and medview makes one.",
        code="bad-key",
    )
