"""Feed damaged compressed frames to every decoder, in child processes; count what becomes of them.

python benchmarks/fuzz_codecs.py [--count N] [--codec NAME ...] [--guarded] [--json FILE]
python benchmarks/fuzz_codecs.py --codec NAME --seed N [--save FILE]

Each mutant is made from a valid frame (a slice of the phantom, 64 x 64 and one of 256 x 256) by one
to three of: bit flips, byte runs, truncation, header length fields, splices. Its seed makes it
again. The children decode with the viewer's own decoders under 2 GiB of address space. Its checks
of the stream (sides, end marker, segment table) are switched off, so that every mutant reaches the
native code; ``--guarded`` leaves them on, as the viewer does. Counted are: decoded, raised, over
the memory limit (MemoryError), native crashes (a signal), and hangs (over 10 s). Linux only.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import resource
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its buffers count as address space
os.environ.setdefault("OMP_NUM_THREADS", "1")

import imagecodecs
import numpy as np
from scans import run_lengths

from medview.core.phantom import thorax_phantom
from medview.dicom import codecs
from medview.dicom.header import PixelFormat

MEMORY = 2 << 30
HANG_SECONDS = 10.0
JOBS = 2
_SEED, _STARTED, _DECODED, _RAISED, _MEMORY, _PEAK_KB, _SLOWEST = range(7)
Frame = tuple[bytes, PixelFormat]
Work = Callable[[int], bool]  # of a seed; True when the mutant was decoded

SYNTAXES = {
    "jpeg": "1.2.840.10008.1.2.4.51",
    "jpeg-lossless": "1.2.840.10008.1.2.4.70",
    "jpeg-ls": "1.2.840.10008.1.2.4.80",
    "jpeg-2000": "1.2.840.10008.1.2.4.90",
    "htj2k": "1.2.840.10008.1.2.4.201",
    "jpeg-xl": "1.2.840.10008.1.2.4.110",
    "rle": "1.2.840.10008.1.2.5",
}


def valid_frames(codec: str) -> list[Frame]:
    """Valid frames of one codec; each of them decodes."""
    small = thorax_phantom((3, 64, 64), (25.0, 6.0, 6.0), seed=1).voxels[1]
    large = thorax_phantom((3, 256, 256), (25.0, 1.5, 1.5), seed=2).voxels[1]
    grey = [(part + 1024).clip(0, 4095).astype("u2") for part in (small, large)]
    deep = (grey[0].astype(np.uint32) * 16 + 7).astype("u2")
    eight = (grey[0] >> 4).astype("u1")
    colour = np.ascontiguousarray(np.stack((eight, eight[::-1], eight.T), axis=-1))
    makers: dict[str, list[tuple[Any, Callable[[Any], bytes]]]] = {
        "jpeg": [
            (eight, lambda a: imagecodecs.jpeg8_encode(a, level=80)),
            (colour, lambda a: imagecodecs.jpeg8_encode(a, level=80)),
            (grey[0], lambda a: imagecodecs.jpeg8_encode(a, level=90, bitspersample=12)),
            ((grey[1] >> 4).astype("u1"), lambda a: imagecodecs.jpeg8_encode(a, level=50)),
        ],
        "jpeg-lossless": [
            (grey[0], lambda a: imagecodecs.ljpeg_encode(a, bitspersample=12)),
            (deep, lambda a: imagecodecs.ljpeg_encode(a, bitspersample=16)),
            (grey[1], lambda a: imagecodecs.ljpeg_encode(a, bitspersample=16)),
            (eight, lambda a: imagecodecs.jpeg8_encode(a, lossless=True, predictor=1)),
            (colour, lambda a: imagecodecs.jpeg8_encode(a, lossless=True, predictor=1)),
        ],
        "jpeg-ls": [
            (grey[0], imagecodecs.jpegls_encode),
            (deep, imagecodecs.jpegls_encode),
            (colour, imagecodecs.jpegls_encode),
            (grey[1], lambda a: imagecodecs.jpegls_encode(a, level=2)),
        ],
        "jpeg-2000": [
            (grey[0], lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k")),
            (deep, lambda a: imagecodecs.jpeg2k_encode(a, level=40, codecformat="j2k")),
            (colour, lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="jp2")),
            (grey[1], lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k")),
        ],
        "htj2k": [
            (grey[0], imagecodecs.htj2k_encode),
            (deep, imagecodecs.htj2k_encode),
            (colour, imagecodecs.htj2k_encode),
            (grey[1], imagecodecs.htj2k_encode),
        ],
        "jpeg-xl": [
            (grey[0], lambda a: imagecodecs.jpegxl_encode(a, lossless=True)),
            (deep, lambda a: imagecodecs.jpegxl_encode(a, lossless=True)),
            (colour, lambda a: imagecodecs.jpegxl_encode(a, level=80)),
            (colour, lambda a: imagecodecs.jpegxl_encode(a, lossless=True, usecontainer=True)),
            (grey[1], lambda a: imagecodecs.jpegxl_encode(a, level=90)),
        ],
        "rle": [(a, run_lengths) for a in (grey[0], deep, eight, colour, grey[1])],
    }
    frames = []
    for array, make in makers[codec]:
        data = bytes(make(array))
        pixel = _format(array, SYNTAXES[codec])
        codecs.decode(data, pixel)
        frames.append((data, pixel))
    return frames


def _format(array: Any, syntax: str) -> PixelFormat:
    samples = 3 if array.ndim == 3 else 1
    bits = array.dtype.itemsize * 8
    photometric = "RGB" if samples == 3 else "MONOCHROME2"
    return PixelFormat(
        array.shape[0], array.shape[1], samples, photometric, 0, bits, bits, bits - 1,
        False, "int", syntax, True, b"OB",
    )  # fmt: skip


# --- mutations


def mutant(frames: list[Frame], seed: int) -> Frame:
    """The mutant that a seed stands for."""
    random_ = random.Random(seed)
    source, pixel = random_.choice(frames)
    data = bytearray(source)
    for _ in range(random_.choice((1, 1, 2, 3))):
        change = random_.choice((_flip, _flip, _run, _cut, _length, _length, _marker, _splice))
        change(random_, data, frames)
        if not data:
            data += b"\0"
    return bytes(data), pixel


def _place(random_: random.Random, data: bytearray) -> int:
    """Any byte; half of the time one of the header."""
    end = len(data) if random_.random() < 0.5 else min(len(data), 160)
    return random_.randrange(end)


def _flip(random_: random.Random, data: bytearray, _: list[Frame]) -> None:
    for _n in range(random_.choice((1, 1, 2, 4, 16))):
        data[_place(random_, data)] ^= 1 << random_.randrange(8)


def _run(random_: random.Random, data: bytearray, _: list[Frame]) -> None:
    at, size = _place(random_, data), random_.choice((1, 2, 4, 16, 64))
    fill = random_.choice((b"\0", b"\xff", b"\x7f", None))
    data[at : at + size] = random_.randbytes(size) if fill is None else fill * size


def _cut(random_: random.Random, data: bytearray, _: list[Frame]) -> None:
    del data[_place(random_, data) :]
    if random_.random() < 0.5:
        data += b"\xff\xd9"


def _length(random_: random.Random, data: bytearray, _: list[Frame]) -> None:
    """A number of 2 or 4 bytes in the header becomes an extreme one."""
    width = random_.choice((2, 2, 4))
    at = random_.randrange(max(1, min(len(data), 160) - width))
    value = random_.choice((0, 1, 2, 7, 0x7F, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF,
                            0x80000000, 0xFFFFFFFF, 0xFFFFFFFE))  # fmt: skip
    order = random_.choice(("big", "little"))
    data[at : at + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, order)


def _marker(random_: random.Random, data: bytearray, _: list[Frame]) -> None:
    """A field of a marker segment (its length, sides, sample count, table numbers) changes."""
    marks = [n for n in range(len(data) - 4) if data[n] == 0xFF and data[n + 1] >= 0x4F]
    if marks:
        at = random_.choice(marks) + 2 + random_.randrange(20)
        if at < len(data):
            data[at] = random_.choice((0, 1, 2, 3, 8, 16, 17, 0x7F, 0x80, 0xFE, 0xFF))


def _splice(random_: random.Random, data: bytearray, frames: list[Frame]) -> None:
    """Insert, overwrite with or remove a piece of this or another frame."""
    other = random_.choice(frames)[0]
    start, size = random_.randrange(len(other)), random_.choice((2, 8, 32, 256, 4096))
    at = _place(random_, data)
    kind = random_.randrange(3)
    if kind == 0:
        del data[at : at + size]
    else:
        data[at : at + (size if kind == 1 else 0)] = other[start : start + size]


# --- children


def _reach_native_code() -> None:
    codecs._need_end_marker = lambda data: None
    codecs.check_stream = lambda data, pixel: None


def _child(work: Work, first: int, last: int, shared: Any) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the libraries' own complaints
    for seed in range(first, last, JOBS):
        shared[_STARTED] = started = time.monotonic()
        shared[_SEED] = seed
        try:
            shared[_DECODED if work(seed) else _RAISED] += 1
        except MemoryError:
            shared[_MEMORY] += 1
        except BaseException:  # noqa: BLE001 - decoders raise outside Exception
            shared[_RAISED] += 1
        shared[_SLOWEST] = max(shared[_SLOWEST], time.monotonic() - started)
    shared[_PEAK_KB] = max(shared[_PEAK_KB], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    shared[_SEED] = -1


class Slot:
    """One child that works through every JOBS-th seed, started anew after a crash or hang."""

    def __init__(self, work: Work, first: int, count: int, number: int) -> None:
        self.work, self.last = work, first + count
        self.shared = RawArray("d", 7)
        self.crashes: list[dict[str, Any]] = []
        self.hangs: list[int] = []
        self.process: BaseProcess | None = None
        self._start(first + number)

    def _start(self, first: int) -> None:
        self.process = None
        if first >= self.last:
            return
        self.shared[_SEED] = first
        self.shared[_STARTED] = time.monotonic() + 30  # time to start
        self.process = multiprocessing.get_context("fork").Process(
            target=_child, args=(self.work, first, self.last, self.shared), daemon=True
        )
        self.process.start()

    def poll(self) -> bool:
        """Look after the child; False when all is done."""
        if self.process is None:
            return False
        seed = int(self.shared[_SEED])
        if not self.process.is_alive():
            if seed < 0:
                self.process = None
            else:
                self.crashes.append({"seed": seed, "exit": self.process.exitcode})
                self._start(seed + JOBS)
        elif seed >= 0 and time.monotonic() - self.shared[_STARTED] > HANG_SECONDS:
            self.process.kill()
            self.process.join()
            self.hangs.append(seed)
            self._start(seed + JOBS)
        return self.process is not None


def fuzz(work: Work, first: int, count: int) -> dict[str, Any]:
    """Figures of ``work``, done in children for ``count`` seeds."""
    started = time.monotonic()
    slots = [Slot(work, first, count, number) for number in range(JOBS)]
    while any([slot.poll() for slot in slots]):  # noqa: C419 - all of them are to be polled
        time.sleep(0.01)

    def total(field: int) -> int:
        return int(sum(slot.shared[field] for slot in slots))

    crashes = sorted((c for s in slots for c in s.crashes), key=lambda crash: crash["seed"])
    return {
        "mutants": count,
        "first_seed": first,
        "decoded": total(_DECODED),
        "raised": total(_RAISED),
        "memory": total(_MEMORY),
        "crashes": len(crashes),
        "hangs": sum(len(slot.hangs) for slot in slots),
        "crash_seeds": crashes[:50],
        "hang_seeds": sorted(seed for slot in slots for seed in slot.hangs)[:50],
        "slowest_ms": round(1000 * max(slot.shared[_SLOWEST] for slot in slots), 1),
        "peak_mb": round(max(slot.shared[_PEAK_KB] for slot in slots) / 1024),
        "seconds": round(time.monotonic() - started, 1),
    }


def _decoder(frames: list[Frame]) -> Work:
    def decode(seed: int) -> bool:
        codecs.decode(*mutant(frames, seed))
        return True

    return decode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000, help="mutants of each codec")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--codec", action="append", choices=tuple(SYNTAXES))
    parser.add_argument("--guarded", action="store_true", help="with the viewer's own checks")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seed", type=int, help="decode this mutant alone, here")
    parser.add_argument("--save", type=Path, help="write that mutant's code stream")
    options = parser.parse_args()
    wanted = options.codec or list(SYNTAXES)
    everything = {codec: valid_frames(codec) for codec in wanted}
    if not options.guarded:
        _reach_native_code()
    if options.seed is not None:
        frames = everything[wanted[0]]
        data, pixel = mutant(frames, options.seed)
        if options.save:
            options.save.write_bytes(data)
        print(codecs.decode(data, pixel)[0].shape)
        return
    results: dict[str, Any] = {
        "imagecodecs": imagecodecs.version(), "guarded": options.guarded, "codecs": {},
    }  # fmt: skip
    for codec in wanted:
        found = fuzz(_decoder(everything[codec]), options.first, options.count)
        results["codecs"][codec] = found
        print(codec, {k: v for k, v in found.items() if not k.endswith("seeds")}, flush=True)
        if options.json:
            options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
