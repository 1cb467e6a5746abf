"""Index and load damaged DICOM files in child processes and count what becomes of them.

python benchmarks/fuzz_files.py [--count N] [--first SEED] [--json FILE]

The mutants are those of tests/dicom/mutate_files.py (headers and pixels of 16 kinds of file); each
is reported by `medview info`, loaded, and drawn as a thumbnail. "decoded" are files of which at
least one volume loaded. "raised" counts what is skipped; a traceback is counted apart, since
nothing may raise here.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import traceback
import warnings
from multiprocessing.sharedctypes import RawArray
from pathlib import Path

from fuzz_codecs import fuzz

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/dicom"))
import mutate_files
from test_hostile import open_all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # damaged numbers overflow; that is no fault
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = mutate_files.valid_files(folder)
        raised = RawArray("i", options.count)

        def work(seed: int) -> bool:
            path = folder / f"mutant-{seed}.dcm"
            path.write_bytes(mutate_files.mutant(files, seed))
            try:
                return bool(open_all(path)[2])
            except BaseException:
                raised[seed - options.first] = 1
                (folder / f"traceback-{seed}").write_text(traceback.format_exc())
                raise
            finally:
                path.unlink()

        found = fuzz(work, options.first, options.count)
        found["traceback_seeds"] = [options.first + n for n, hit in enumerate(raised) if hit]
        found["tracebacks"] = len(found["traceback_seeds"])
        for path in sorted(folder.glob("traceback-*"))[:5]:
            print(path.name, path.read_text()[-1500:])
    print({key: value for key, value in found.items() if not key.endswith("seeds")})
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
