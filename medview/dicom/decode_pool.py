"""Decodes compressed frames in child processes that can crash, hang or be killed on their own.

Why: docs/decisions/decoder-safety.md. Each of the loader's readers borrows a child for a frame;
children are started once (never forked) and live as long as the program.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from queue import Empty, LifoQueue, SimpleQueue
from typing import Any

from numpy.typing import NDArray

from medview.core.errors import MedviewError
from medview.core.program import this_program
from medview.dicom.decode_slot import Slot
from medview.dicom.header import PixelFormat

CHILDREN = 2
MAX_SAMPLES = 100_000_000  # of one frame: what it claims is what it costs
START_SECONDS = 60.0
FRAME_SECONDS = 10.0
_SAMPLES_PER_SECOND = 5_000_000  # a large frame has longer
_KEPT_BYTES = 64 << 20  # a child with a larger slot is not kept


def decode(data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
    """One frame's code stream to an array (rows, columns[, samples]) and whether it is RGB now.

    Waits for a free child; callable from any thread. Raises MedviewError: "damaged" (also for a
    decoder that crashed), "truncated", "too-slow", "too-large", "no-decoder".
    """
    check_size(pixel)
    return _pool.decode(data, pixel)


def check_size(pixel: PixelFormat) -> None:
    """MedviewError ("too-large") for a frame of more samples than are decoded."""
    if pixel.rows * pixel.columns * pixel.samples > MAX_SAMPLES:
        raise MedviewError(
            f"A frame of {pixel.columns} x {pixel.rows} pixels is too large.", code="too-large"
        )


def warm_up() -> None:
    """Start the children that do not run yet, without waiting for them."""
    _pool.warm_up()


def command() -> list[str]:
    """How a child is started."""
    return [*this_program(), "--decode-frames"]


class Pool:
    """The children; a place whose child does not run holds None."""

    def __init__(self, count: int = CHILDREN) -> None:
        self._places: LifoQueue[_Child | None] = LifoQueue()
        for _ in range(count):
            self._places.put(None)
        atexit.register(self.close)

    def decode(self, data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
        child = self._places.get()
        try:
            if child is None or not child.is_alive:
                child = _replaced(child)
            return child.decode(data, pixel)
        finally:
            if child is not None and child.slot_bytes > _KEPT_BYTES:
                child.end()
            self._places.put(child)

    def warm_up(self) -> None:
        for child in self._take_idle():
            try:
                self._places.put(child or _Child())
            except MedviewError:  # said when a frame needs it
                self._places.put(None)

    def close(self) -> None:
        """End the idle children; those that work end with the program."""
        for child in self._take_idle():
            if child is not None:
                child.end()
            self._places.put(None)

    def _take_idle(self) -> list[_Child | None]:
        taken: list[_Child | None] = []
        while True:
            try:
                taken.append(self._places.get_nowait())
            except Empty:
                return taken


def _replaced(child: _Child | None) -> _Child:
    if child is not None:
        child.end()
    return _Child()


class _Child:
    """One process and the memory shared with it; used by one thread at a time."""

    def __init__(self) -> None:
        self._slot = Slot()
        self._answers: SimpleQueue[bytes] = SimpleQueue()
        self._started = False
        self._number = 0  # of the last request
        frozen = getattr(sys, "frozen", False)
        # away from the medium that is read, and from modules that lie beside a patient's images
        folder = None if frozen else Path(__file__).parents[2]
        try:
            self._process = subprocess.Popen(
                command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                pass_fds=self._slot.inherited,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            self._slot.close()
            raise _no_decoder() from error
        threading.Thread(target=self._listen, name="decoder-answers", daemon=True).start()

    def _listen(self) -> None:
        """Hand on the answers; an empty one when the process has ended."""
        assert self._process.stdout is not None  # a pipe, see above
        with self._process.stdout as lines:
            for line in lines:
                self._answers.put(line)
        self._answers.put(b"")

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def slot_bytes(self) -> int:
        return self._slot.size

    def decode(self, data: bytes, pixel: PixelFormat) -> tuple[NDArray[Any], bool]:
        samples = pixel.rows * pixel.columns * pixel.samples
        if not self._started:
            if self._wait(START_SECONDS) is None:
                raise _no_decoder()
            self._started = True
        self._slot.put(data, samples * max(2, pixel.bits_allocated // 8))
        self._ask(len(data), pixel)
        answer = self._wait(FRAME_SECONDS + samples / _SAMPLES_PER_SECOND)
        if answer is None or answer.get("number") != self._number:
            self.end()  # an answer to another frame must never be taken for this one's
            raise MedviewError("the decoder stopped working on this frame", code="damaged")
        if "error" in answer:
            raise MedviewError(answer["error"], code=answer["code"])
        array = self._slot.array(tuple(answer["shape"]), answer["type"])
        return array, bool(answer["rgb"])

    def _ask(self, length: int, pixel: PixelFormat) -> None:
        self._number += 1
        request = {
            "number": self._number,
            "place": self._slot.place,
            "size": self._slot.size,
            "length": length,
            "pixel": _fields(pixel),
        }
        assert self._process.stdin is not None  # a pipe, see above
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:  # it has just ended: its last, empty answer says so
            return

    def _wait(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; None when the process has ended. It is ended when it takes too long."""
        try:
            line = self._answers.get(timeout=seconds)
        except Empty:
            self.end()
            raise MedviewError(
                f"decoding was stopped after {seconds:.0f} s", code="too-slow"
            ) from None
        if not line:
            self.end()
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Kill the process and give its memory back; harmless when that is done."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with suppress(OSError):  # what was still to be written reaches nobody
                self._process.stdin.close()
        self._slot.close()


def _no_decoder() -> MedviewError:
    return MedviewError("the process that decodes pixels does not start", code="no-decoder")


@lru_cache(maxsize=64)
def _fields(pixel: PixelFormat) -> dict[str, Any]:
    """A pixel format as JSON can say it."""
    return {**asdict(pixel), "vr": pixel.vr.decode("latin-1")}


_pool = Pool()
