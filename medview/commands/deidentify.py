"""Copy DICOM files without what identifies the patient (PS3.15 Annex E, Basic Profile)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from medview.commands._common import Ticker, need_path
from medview.commands._output import print_json
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.dicom.walk import Skipped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="IN", help="a folder, a file or a zip")
    parser.add_argument("output", type=Path, metavar="OUT", help="a new or empty folder")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="the key of UIDs, pseudonyms and shifts, made when absent (default: random, not kept)."
        " Whoever has it can link the copies to the originals: keep it as you keep those",
    )
    parser.add_argument(
        "--dates",
        choices=["empty", "shift"],
        default="empty",
        help="empty dates and times, or move each patient's dates back by a secret number of days",
    )
    parser.add_argument(
        "--allow-burned-in",
        action="store_true",
        help="copy pictures that may show names, too: look at each of them yourself",
    )


def run(options: argparse.Namespace) -> int:
    from medview.dicom.deidentify import deidentify_files
    from medview.dicom.deidentify_key import Pseudonyms, key_from_file, random_key
    from medview.dicom.deidentify_table import EDITION

    source = need_path(options.input)
    if options.key is not None and options.key.resolve().is_relative_to(options.output.resolve()):
        raise MedviewError(
            "The key would lie among the copies, and it links them to the originals.",
            hint="Name a file outside of OUT.",
            code="key-in-output",
        )
    key = random_key() if options.key is None else key_from_file(options.key)
    result = deidentify_files(
        [source],
        options.output,
        Pseudonyms(key),
        Progress(Ticker(options.json)),
        dates=options.dates,
        allow_burned_in=options.allow_burned_in,
    )
    if options.json:
        print_json(
            {
                "output": str(options.output),
                "edition": EDITION,
                "dates": options.dates,
                "written": result.written,
                "skipped": _rows(result.skipped),
                "blocked": _rows(result.blocked),
                "scrubbed": dict(result.scrubbed),
            }
        )
    else:
        print(f"{options.output}: {result.written} files, PS3.15 Basic Profile {EDITION}")
        for word, items in (("skipped", result.skipped), ("blocked", result.blocked)):
            for item in items:
                print(f"{word} {item.path}: {item.reason}")
        for keyword, count in result.scrubbed.items():
            print(f"replaced {keyword} in {count} places: it held the patient's identifiers")
    if not result.written:
        raise MedviewError(
            f"No file was written: {len(result.skipped)} skipped, {len(result.blocked)} blocked.",
            hint="--allow-burned-in copies what is blocked." if result.blocked else "",
            code="nothing-written",
        )
    return 0


def _rows(items: list[Skipped]) -> list[dict[str, Any]]:
    return [{"path": str(i.path), "code": i.code, "reason": i.reason} for i in items]
