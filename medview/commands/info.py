"""Say what is in files and folders: studies, series, geometry, warnings, skipped files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from medview.commands._common import Ticker, need_path
from medview.commands._output import print_json
from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.core.quality import check_quality
from medview.dicom.report import info, volume_json
from medview.session.opening import volume_files

_FILES = "Files"  # the study of images that belong to none


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="files, folders, a DICOMDIR or a zip"
    )
    parser.add_argument(
        "--quality", action="store_true", help="also read the pixels and say what is odd about them"
    )


def run(options: argparse.Namespace) -> int:
    report = describe(options.paths, Progress(Ticker(options.json)), quality=options.quality)
    if options.json:
        print_json(report)
    else:
        print_text(report)
    return 0


def describe(paths: Sequence[Path], progress: Progress, *, quality: bool = False) -> dict[str, Any]:
    """The object of the headless contract: DICOM, and files of other formats as one more study.

    With ``quality`` the volumes' messages tell of their pixels too.
    Raises MedviewError only for a path that does not exist.
    """
    for path in paths:
        need_path(path)
    files = volume_files(paths)
    rest = [path for path in paths if path.resolve() not in files]
    report = info(rest, progress, quality=quality) if rest else _nothing()
    skipped = [one for one in report["skipped"] if Path(one["path"]).resolve() not in files]
    series = []
    for path in sorted(files):
        progress.report(0.99, f"Reading {path.name}")
        read = _series_of(path, quality)
        if "reason" in read:
            skipped.append(read)
        else:
            series.append(read)
    messages = _messages(report["messages"], skipped)
    studies = list(report["studies"])
    if series:
        study = {"study_uid": "", "patient_name": "", "description": _FILES, "date": ""}
        studies.append({**study, "series": series})
    return {
        "outcome": _outcome(studies, messages),
        "studies": studies,
        "messages": messages,
        "skipped": skipped,
    }


def _nothing() -> dict[str, Any]:
    return {"studies": [], "messages": [], "skipped": []}


def _series_of(path: Path, quality: bool) -> dict[str, Any]:
    """The series of one volume file, or what to say about it when it cannot be read.

    ``series_uid`` is the path, which is what ``segment --series`` takes for such a file.
    """
    from medview.formats.registry import looks_like_labels, read_volume

    try:
        volume = read_volume(path)
        kind = "seg" if looks_like_labels(path, volume) else "image"
        looked = check_quality(volume, Progress()) if quality and kind == "image" else ()
    except MedviewError as error:
        return {"path": str(path), "code": error.code, "reason": error.message}
    except (KeyboardInterrupt, SystemExit, Cancelled):
        raise
    except Exception as error:  # noqa: BLE001 - one odd file must not hide the others
        reason = f"it cannot be read ({type(error).__name__})"
        return {"path": str(path), "code": "file-unreadable", "reason": reason}
    return {
        "series_uid": str(path),
        "modality": volume.modality,
        "kind": kind,
        "description": path.name,
        "volumes": [volume_json(volume.geometry, (*volume.messages, *looked))],
    }


def _messages(
    messages: list[dict[str, Any]], skipped: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The messages with those about skipped files made anew, as other formats were read too."""
    kept = [one for one in messages if not str(one["code"]).startswith("skipped-")]
    severities = {one["code"]: one["severity"] for one in messages}
    for code in sorted({str(one["code"]) for one in skipped}):
        items = [one for one in skipped if one["code"] == code]
        kept.append(
            {
                "code": f"skipped-{code}",
                "severity": severities.get(f"skipped-{code}", "warning"),
                "text": f"{len(items)} file(s) skipped: {items[0]['reason']}",
                "files": [Path(one["path"]).name for one in items[:20]],
            }
        )
    return kept


def _outcome(studies: list[dict[str, Any]], messages: list[dict[str, Any]]) -> str:
    series = [one for study in studies for one in study["series"]]
    if not any(one["volumes"] or one["kind"] in ("seg", "rtstruct") for one in series):
        return "skipped"
    all_messages = messages + [
        message for one in series for volume in one["volumes"] for message in volume["messages"]
    ]
    warned = any(message["severity"] == "warning" for message in all_messages)
    return "opens with warning" if warned else "opens"


def print_text(report: dict[str, Any]) -> None:
    """The same for people."""
    print(report["outcome"])
    for study in report["studies"]:
        words = (study["patient_name"], study["date"], study["description"])
        print(" ".join(word for word in words if word) or "study without a name")
        for series in study["series"]:
            print(f"  {series['kind']} {series['modality']} {series['description']}".rstrip())
            for number, volume in enumerate(series["volumes"]):
                print(f"    volume {number}: {_size_text(volume)}")
                for message in volume["messages"]:
                    print(f"      {message['severity']}: {message['text']}")
    for message in report["messages"]:
        print(f"{message['severity']}: {message['text']}")
    for one in report["skipped"]:
        print(f"skipped {one['path']}: {one['reason']}")


def _size_text(volume: dict[str, Any]) -> str:
    size = " x ".join(str(number) for number in volume["shape"])
    if volume["spacing_mm"] is None and volume["pixel_spacing_mm"] is not None:
        plane = " x ".join(f"{mm:.3g}" for mm in volume["pixel_spacing_mm"])
        return f"{size}, {plane} mm within the picture"
    if volume["spacing_mm"] is None:
        return f"{size}, no millimetres"
    spacing = " x ".join(f"{mm:.3g}" for mm in volume["spacing_mm"])
    return f"{size}, {spacing} mm, {volume['orientation']}"
