"""Feed damaged frames to the viewer's decoding children, their checks off; the viewer must live.

python benchmarks/fuzz_pool.py [--count N] [--codec NAME ...] [--guarded]

The mutants of `fuzz_codecs.py`, decoded as the viewer does: two threads, the real child processes.
Only the checks of the stream are switched off in the children, so that damage reaches native code.
After each crash a valid frame must decode to the right pixels. Counted: decoded, refused, crashes
(the child ended), frames over the time or memory limit, wrong valid frames (must be 0).
"""

from __future__ import annotations

import argparse
import threading
import time
from collections import Counter

import numpy as np
from fuzz_codecs import SYNTAXES, Frame, mutant, valid_frames

from medview.core.errors import MedviewError
from medview.dicom import codecs, decode_pool

UNGUARDED = """
import sys
from medview.dicom import codecs, decode_child
codecs._need_end_marker = lambda data: None
codecs.check_stream = lambda data, pixel: None
sys.exit(decode_child.main())
"""


def one(frames: list[Frame], seed: int) -> str:
    """What became of one mutant."""
    try:
        decode_pool.decode(*mutant(frames, seed))
    except MedviewError as error:
        return "crashed" if "stopped working" in error.message else error.code
    return "decoded"


def fuzz(codec: str, count: int) -> tuple[Counter[str], float, float]:
    """(what became of the mutants, seconds for all, seconds of the slowest)."""
    frames = valid_frames(codec)
    expected = [codecs.decode(*frame)[0] for frame in frames]
    found: Counter[str] = Counter()
    slowest = [0.0]

    def work(first: int) -> None:
        for seed in range(first, count, decode_pool.CHILDREN):
            started = time.perf_counter()
            outcome = one(frames, seed)
            slowest[0] = max(slowest[0], time.perf_counter() - started)
            found[outcome] += 1
            if outcome == "crashed" or seed % 100 < decode_pool.CHILDREN:
                number = seed % len(frames)
                array = decode_pool.decode(*frames[number])[0]
                found["valid frames"] += 1
                found["valid frames wrong"] += not np.array_equal(array, expected[number])

    started = time.perf_counter()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(decode_pool.CHILDREN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found, time.perf_counter() - started, slowest[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2_000, help="mutants of each codec")
    parser.add_argument("--codec", action="append", choices=tuple(SYNTAXES))
    parser.add_argument("--guarded", action="store_true", help="with the viewer's own checks")
    options = parser.parse_args()
    if not options.guarded:
        start = decode_pool.this_program()[0]
        decode_pool.command = lambda: [start, "-c", UNGUARDED]
    for codec in options.codec or SYNTAXES:
        found, seconds, slowest = fuzz(codec, options.count)
        counts = ", ".join(f"{what} {number}" for what, number in sorted(found.items()))
        print(f"{codec}: {counts}; {seconds:.1f} s, slowest {slowest:.2f} s", flush=True)


if __name__ == "__main__":
    main()
