"""Messages about what the headers of a volume hold, lack or contradict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from medview.core.volume import Message
from medview.dicom.header import FrameRef

_FILES_NAMED = 20
_CROSS_SECTIONS = ("CT", "MR", "PT")  # which always say where they lie

# flag of the header -> code, words, severity
_NOTES: dict[str, tuple[str, str, Literal["note", "warning"]]] = {
    "executable-preamble": (
        "executable-preamble",
        "Before the image the files hold the beginning of a program: do not run them.",
        "warning",
    ),
    "truncated": ("slice-unreadable", "Pixels are missing: the file is cut short.", "warning"),
}


def header_notes(frames: Sequence[FrameRef]) -> list[Message]:
    """What is odd in a volume's headers, or about pixels that are not there."""
    messages = []
    for flag, (code, text, severity) in _NOTES.items():
        names = dict.fromkeys(f.path.name for f in frames if flag in f.header.flags)
        if names:
            messages.append(Message(code, text, severity, tuple(list(names)[:_FILES_NAMED])))
    header = frames[0].header
    if header.contrast_agent:
        text = f"A contrast agent was given: {header.contrast_agent}."
        messages.append(Message("contrast-agent", text, "note"))
    if header.is_localizer:
        text = "A localizer (scout): for planning, not for measuring."
        messages.append(Message("localizer", text, "note"))
    if header.modality == "CT" and any("no-rescale" in f.header.flags for f in frames):
        text = "The files do not say how pixels become HU: stored values are shown."
        messages.append(Message("no-rescale", text))
    return messages


def no_place_message(frames: Sequence[FrameRef]) -> Message:
    """Why nothing is known of the place in the patient, and what is known of the pixels' size."""
    header, info = frames[0].header, frames[0].info
    if info.spacing is not None and min(info.spacing) > 0:
        text = (
            "The files do not say where in the patient the pixels lie: "
            "distances within the picture only."
        )
    else:
        text = "The files say nothing about the place in the patient: pixels only, no millimetres."
    if "detector-spacing" in header.flags:
        text += " The only spacing given is at the detector."
    if "region-scales" in header.flags:
        text += " The regions of the picture have different scales."
    severity: Literal["note", "warning"] = (
        "warning" if header.modality in _CROSS_SECTIONS else "note"
    )
    names = tuple(frame.path.name for frame in frames[:_FILES_NAMED])
    return Message("no-geometry", text, severity, names)
