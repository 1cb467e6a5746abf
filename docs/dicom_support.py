"""Writes dicom-support.md from the tables that the program and its tests run on.

    python docs/dicom_support.py

The part on real files needs ../shared/data; without it that part is kept as it stands.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
from pydicom.uid import UID

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "dicom"))
sys.path.insert(0, str(PROJECT))

from hostile import CASES  # noqa: E402

from medview.core import quality  # noqa: E402
from medview.core.job import Progress  # noqa: E402
from medview.dicom import codecs, picture, read_header  # noqa: E402
from medview.dicom.report import info  # noqa: E402

PAGE = PROJECT / "docs" / "dicom-support.md"
SHARED = PROJECT.parent / "shared" / "data"
REAL = "## Real files"
RULES = {
    1: "Files are found by content",
    2: "Order and spacing come from positions",
    3: "What is not one grid is split",
    4: "Even spacing, tilt, orientation",
    5: "Stored values",
    6: "Windows and lookup tables",
    7: "Colour and overlays",
    8: "Multi-frame",
    9: "Without a place",
    10: "Incomplete pixels",
    11: "Unknown stays unknown",
    12: "Transfer syntaxes",
    13: "Objects that are not images",
    14: "Text",
    15: "DICOMDIR, zip, preamble",
    16: "Decoders that raise",
}


NEWER = {  # than pydicom's dictionary
    "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
    "1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
    "1.2.840.10008.1.2.4.112": "JPEG XL",
    "1.2.840.10008.5.1.4.1.1.66.7": "Label Map Segmentation Storage",
}


def name_of(uid: str) -> str:
    return NEWER.get(uid) or str(UID(uid).name)


def syntaxes() -> Iterator[str]:
    """A row per transfer syntax that is read."""
    yield "| transfer syntax | UID | loss |"
    yield "|---|---|---|"
    for uid in sorted(codecs.readable_syntaxes(), key=lambda uid: [int(n) for n in uid.split(".")]):
        loss = "may lose" if picture.lossy_text("", b"", "", uid) else "lossless"
        if picture.lossy_text("00", b"", "", uid):
            loss = "lossy"
        yield f"| {name_of(uid)} | {uid} | {loss} |"


def objects() -> Iterator[str]:
    """How kinds of objects are taken, from the reader's own lists."""
    yield "| object | is |"
    yield "|---|---|"
    yield "| any class with pixel data and not below | shown |"
    for classes, what in (
        (read_header.SEG_CLASSES, "laid over its series"),
        ((read_header.RTSTRUCT_CLASS,), "laid over its series"),
        (read_header.NOT_IMAGES, "listed: its pixels are no picture"),
        ((read_header.DIRECTORY_CLASS,), "skipped: its folder is read instead"),
    ):
        for uid in classes:
            yield f"| {name_of(uid)} | {what} |"
    yield "| any class without pixel data (SR, PR, KO, PDF, waveforms, plans) | listed |"


def cases() -> Iterator[str]:
    """The odd and hostile inputs of the tests, rule by rule."""
    for rule, title in RULES.items():
        mine = [case for case in CASES if case.rule == rule]
        yield f"### {rule}. {title}"
        yield ""
        yield "| input | comes out as | codes |"
        yield "|---|---|---|"
        for case in mine:
            codes = ", ".join(f"`{code}`" for code in sorted(case.codes))
            yield f"| {case.name.replace('_', ' ')} | {case.outcome} | {codes} |"
        yield ""


def checks() -> Iterator[str]:
    """The thresholds of the notes on quality."""
    yield "| note | given when |"
    yield "|---|---|"
    rows = (
        ("noise", f"the noise of soft tissue is over {quality.NOISE_HU:g} HU (CT)"),
        ("cut-body", f"over {quality.CUT_SHARE:.0%} of the field of view's border is tissue (CT)"),
        ("metal", f"{quality.METAL_VOXELS} voxels of the sample reach {quality.METAL_HU:g} HU"),
        ("not-hu", "under half of the voxels lie where air, lung, fat and soft tissue do (CT)"),
        ("eight-bit", "a CT's values run from 0 to at most 255"),
        ("thick-slices", f"slices are over {quality.THICK_MM:g} mm apart"),
        ("few-slices", f"there are under {quality.FEW_SLICES} slices (CT, MR, PET)"),
        ("padding-inside", f"over {quality.HOLE_SHARE:.1%} of a slice is blank within the picture"),
    )
    for code, when in rows:
        yield f"| `quality-{code}` | {when} |"


def fixed_part() -> str:
    """All of the page that needs no real data."""
    counts = Counter(case.outcome for case in CASES)
    told = ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())
    parts = [
        "# What medview makes of DICOM files",
        "",
        "Written by `docs/dicom_support.py` from the tables that the program and its tests run on.",
        "",
        "## Transfer syntaxes",
        "",
        *syntaxes(),
        "",
        "Any other syntax is skipped by its UID and name (`unsupported-syntax`).",
        "",
        "## Objects",
        "",
        *objects(),
        "",
        "## Notes on quality",
        "",
        "From a sample of a volume's slices: `medview info --quality`, or View > Notes on the",
        "Series. All are notes, none a warning.",
        "",
        *checks(),
        "",
        "## Odd and hostile inputs",
        "",
        f"{len(CASES)} inputs that `tests/dicom/hostile.py` makes and the tests open: {told}.",
        "",
        *cases(),
    ]
    return "\n".join(parts).rstrip() + "\n"


def real_part() -> str:
    """What `medview info` says of the shared files and of pydicom's own collection."""
    lines = [
        REAL,
        "",
        "`medview info` on each folder of the test data, and on each file that pydicom brings.",
        "",
    ]
    lines += ["| folder | comes out as | volumes | codes |", "|---|---|---|---|"]
    for root in (SHARED / "series", SHARED / "fixtures"):
        folders = {path.parent for path in root.rglob("*") if path.is_file()}
        for folder in sorted(folders):
            files = [path for path in folder.iterdir() if path.is_file()]
            name = folder.relative_to(SHARED).as_posix()
            lines.append(_row(name, info(files, Progress())))
    lines += ["", "| file of pydicom | comes out as | volumes | codes |", "|---|---|---|---|"]
    bundled = Path(pydicom.__file__).parent / "data" / "test_files"
    for path in sorted(bundled.glob("*.dcm"), key=lambda path: path.name.lower()):
        lines.append(_row(path.name, info([path], Progress())))
    lines += ["", "Notes on quality of the CT and PET among them, in numbers of volumes:", ""]
    lines += ["| folder | volumes | notes |", "|---|---|---|"]
    lines += [_quality_row(folder) for folder in _ct_folders()]
    return "\n".join(lines) + "\n"


def _ct_folders() -> list[Path]:
    series = [folder for folder in (SHARED / "series").iterdir() if folder.is_dir()]
    return [*sorted(series), SHARED / "chest_ct/slices", SHARED / "chest_ct/hard_unlabelled"]


def _quality_row(folder: Path) -> str:
    answer = info([folder], Progress(), quality=True)
    volumes = [v for study in answer["studies"] for s in study["series"] for v in s["volumes"]]
    counts = Counter(
        message["code"]
        for volume in volumes
        for message in volume["messages"]
        if message["code"].startswith("quality-")
    )
    notes = ", ".join(f"{number} `{code}`" for code, number in sorted(counts.items()))
    return f"| {folder.relative_to(SHARED).as_posix()} | {len(volumes)} | {notes} |"


def _row(name: str, answer: dict[str, Any]) -> str:
    series = [one for study in answer["studies"] for one in study["series"]]
    volumes = [volume for one in series for volume in one["volumes"]]
    sizes = Counter(" x ".join(str(n) for n in volume["shape"]) for volume in volumes)
    shown = ", ".join(size if n == 1 else f"{n} of {size}" for size, n in sizes.most_common(4))
    codes = [message["code"] for message in answer["messages"]]
    codes += [message["code"] for volume in volumes for message in volume["messages"]]
    words = ", ".join(f"`{code}`" for code in dict.fromkeys(codes))
    return f"| {name} | {answer['outcome']} | {shown} | {words} |"


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    if SHARED.is_dir():
        real = real_part()
    else:
        old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        real = old[old.index(REAL) :] if REAL in old else ""
    PAGE.write_text(f"{fixed_part()}\n{real}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
