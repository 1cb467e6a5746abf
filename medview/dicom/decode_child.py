"""The child process that decodes: frames come through shared memory, words through two pipes.

Decoders are native code that damaged frames can crash, hang or bloat (decoder-safety.md): here that
costs one frame. Only numpy and imagecodecs are imported. One JSON object per line each way.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import threading
from queue import SimpleQueue
from typing import Any

import numpy as np

from medview.core.errors import MedviewError
from medview.dicom import codecs
from medview.dicom.decode_slot import attach
from medview.dicom.header import PixelFormat

MEMORY_BYTES = 1280 << 20  # of address space; a frame of 100 million samples fits


def main() -> int:
    """Answer requests until the program that started this closes the pipe, or ends."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the program's business
    _limit()
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    slot = _Attached()
    answers.write(b"{}\n")  # started
    while True:
        answers.write(json.dumps(_answer(requests.get(), slot)).encode() + b"\n")


def _limit() -> None:
    """Bound this process's memory; no core dumps: they would hold a patient's pixels."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, limit in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (limit, limit))
        except (OSError, ValueError):  # macOS knows the first limit and refuses to set it
            continue


def _listen(requests: SimpleQueue[bytes]) -> None:
    """Hand on requests; the end of the pipe ends the process, whatever it is doing."""
    with open(0, "rb") as lines:
        for line in lines:
            requests.put(line)
    os._exit(0)


class _Attached:
    """The slot as it is now: attached anew when it has grown."""

    def __init__(self) -> None:
        self._at: tuple[int | str, int] | None = None
        self._map: mmap.mmap | None = None

    def map(self, place: int | str, size: int) -> mmap.mmap:
        if self._map is None or self._at != (place, size):
            if self._map is not None:
                self._map.close()
            self._map, self._at = attach(place, size), (place, size)
        return self._map


def _answer(request: bytes, slot: _Attached) -> dict[str, Any]:
    """Decode one frame into the slot: its shape, type and colour, or what went wrong."""
    asked = json.loads(request)
    return {"number": asked["number"], **_outcome(asked, slot)}


def _outcome(asked: dict[str, Any], slot: _Attached) -> dict[str, Any]:
    try:
        return _decoded(asked, slot)
    except MedviewError as error:
        return {"error": error.message, "code": error.code}
    except MemoryError:
        return {"error": "decoding needs more than 1 GB of memory", "code": "too-large"}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - Rust decoders raise outside Exception
        what = f"the pixels cannot be decoded ({type(error).__name__})"
        return {"error": what, "code": "damaged"}


def _decoded(asked: dict[str, Any], slot: _Attached) -> dict[str, Any]:
    memory = slot.map(asked["place"], asked["size"])
    pixel = PixelFormat(**{**asked["pixel"], "vr": asked["pixel"]["vr"].encode("latin-1")})
    array, is_rgb = codecs.decode(memory[: asked["length"]], pixel)
    if array.nbytes > len(memory):
        raise MedviewError("the code stream holds more than the header says", code="damaged")
    np.frombuffer(memory, array.dtype, array.size).reshape(array.shape)[...] = array
    return {"shape": array.shape, "type": array.dtype.str, "rgb": is_rgb}
