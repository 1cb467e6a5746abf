"""The answer of ``medview info``: what is in these files, as JSON-ready data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from medview.core.errors import Cancelled, MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.quality import check_quality
from medview.core.volume import Message
from medview.dicom.index import IndexReport, SeriesEntry, index_paths
from medview.dicom.loader import load_volume
from medview.dicom.series import VolumePlan, split_volumes


def info(paths: Sequence[Path], progress: Progress, *, quality: bool = False) -> dict[str, Any]:
    """The object that ``medview info --json`` prints (DESIGN.md, headless contract).

    With ``quality`` the pixels of every volume are read and what they say is added to its messages.
    Raises MedviewError only for a path that does not exist.
    """
    report = index_paths(paths, progress)
    messages = list(report.messages)
    studies: dict[tuple[str, str], dict[str, Any]] = {}
    volumes = 0
    for entry in report.series:
        key = (entry.study_uid, entry.patient_id)
        study = studies.setdefault(
            key,
            {
                "study_uid": entry.study_uid,
                "patient_name": entry.patient_name,
                "description": entry.study_description,
                "date": entry.study_date,
                "series": [],
            },
        )
        series = _series(entry, messages, progress if quality else None)
        volumes += len(series["volumes"])
        study["series"].append(series)
    return {
        "outcome": _outcome(report, list(studies.values()), messages, volumes),
        "studies": list(studies.values()),
        "messages": [message_json(message) for message in messages],
        "skipped": [
            {"path": str(item.path), "code": item.code, "reason": item.reason}
            for item in report.skipped
        ],
    }


def message_json(message: Message) -> dict[str, Any]:
    """A message as the headless contract writes it."""
    return {
        "code": message.code,
        "severity": message.severity,
        "text": message.text,
        "files": list(message.files),
    }


def _series(
    entry: SeriesEntry, messages: list[Message], looking: Progress | None
) -> dict[str, Any]:
    """One series; trouble with splitting it is added to ``messages``."""
    try:
        plans = split_volumes(entry)
    except (KeyboardInterrupt, SystemExit, Cancelled):
        raise
    except Exception as error:  # noqa: BLE001 - one odd series must not hide the others
        plans = []
        text = f"Series {entry.series_number} cannot be arranged ({type(error).__name__})."
        messages.append(Message("series-unreadable", text))
    if entry.kind != "image":
        what = {"seg": "a segmentation", "rtstruct": "a structure set"}.get(entry.kind, "no image")
        text = f"{len(entry.headers)} file(s) of a {entry.modality or 'nameless'} series: {what}"
        references = sorted({uid for header in entry.headers for uid in header.references})
        text += f" of the series {', '.join(references)}." if references else "."
        files = tuple(header.path.name for header in entry.headers[:20])
        messages.append(Message(f"listed-{entry.kind}", text, "note", files))
    return {
        "series_uid": entry.series_uid,
        "modality": entry.modality,
        "kind": entry.kind,
        "description": entry.series_description,
        "volumes": [volume_json(plan.geometry, _messages(plan, looking)) for plan in plans],
    }


def _messages(plan: VolumePlan, looking: Progress | None) -> Sequence[Message]:
    """What the headers say, and where the pixels are looked at, what reading them says."""
    if looking is None:
        return plan.messages
    try:
        volume = load_volume(plan, Progress(lambda *_: looking.check()))
    except MedviewError as error:
        return (*plan.messages, Message(error.code, error.message))
    return (*volume.messages, *check_quality(volume, Progress()))


def volume_json(geometry: Geometry, messages: Sequence[Message]) -> dict[str, Any]:
    """One volume of the report: its grid, null where there are no millimetres, and its messages."""
    known = geometry.calibrated
    return {
        "shape": list(geometry.shape),
        "spacing_mm": list(geometry.spacing_mm) if known else None,
        "affine_lps": geometry.affine.tolist() if known else None,
        "pixel_spacing_mm": list(geometry.in_plane_mm) if geometry.in_plane_mm else None,
        "orientation": geometry.orientation if known else None,
        "frames": geometry.shape[0],
        "messages": [message_json(message) for message in messages],
    }


def _outcome(
    report: IndexReport, studies: list[dict[str, Any]], messages: list[Message], volumes: int
) -> str:
    if volumes == 0 and not any(entry.kind in ("seg", "rtstruct") for entry in report.series):
        return "skipped"
    severities = [message.severity for message in messages] + [
        message["severity"]
        for study in studies
        for series in study["series"]
        for volume in series["volumes"]
        for message in volume["messages"]
    ]
    return "opens with warning" if "warning" in severities else "opens"
