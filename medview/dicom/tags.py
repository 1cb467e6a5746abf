"""Everything a DICOM file's header says, as a tree of plain texts for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

from medview.core.errors import MedviewError
from medview.dicom.header_scan import NotDicomError, scan_file
from medview.dicom.values import visible

MAX_TAGS = 5_000
MAX_TEXT = 2_000
_PER_FRAME = Tag(0x52009230)
_BULK = ("OB", "OD", "OF", "OL", "OV", "OW", "UN")
_SHOWN_BYTES = 32


@dataclass(frozen=True)
class TagNode:
    """One attribute or one item of a sequence; texts are plain, control characters escaped.

    ``tag`` is "(gggg,eeee)", or "item n" for an item; ``children`` are an item's attributes or a
    sequence's items.
    """

    tag: str
    name: str
    vr: str
    value: str
    is_private: bool = False
    children: tuple[TagNode, ...] = ()


def read_tags(path: Path, frame_number: int = 1) -> list[TagNode]:
    """The attributes of a file, the file meta information first, pixels left out.

    Of the per-frame functional groups only those of frame ``frame_number`` (from 1) are given.
    At most `MAX_TAGS` attributes; a last node says how many more there are. MedviewError for a
    file that cannot be read.
    """
    try:
        scan_file(path, path.stat().st_size, ())  # its limits of size and depth come first
        dataset = dcmread(path, stop_before_pixels=True, force=True)
    except NotDicomError as error:
        raise MedviewError(f"{path.name} is no DICOM file.", code="not-dicom") from error
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise MedviewError(f"{path.name}: {reason}.", code="file-unreadable") from error
    except MedviewError as error:
        raise MedviewError(f"{path.name}: {error.message}.", code=error.code) from error
    except Exception as error:
        reason = type(error).__name__
        raise MedviewError(
            f"{path.name}: its tags cannot be read ({reason}).", code="damaged"
        ) from error
    reader = _Reader(frame_number)
    nodes = reader.nodes(dataset.file_meta) if "file_meta" in vars(dataset) else []
    nodes += reader.nodes(dataset)
    if reader.left_out:
        nodes.append(TagNode("", f"{reader.left_out} more attributes are not listed", "", ""))
    return nodes


class _Reader:
    """Walks a dataset with a budget."""

    def __init__(self, frame_number: int) -> None:
        self._frame = frame_number
        self._count = 0
        self.left_out = 0

    def nodes(self, dataset: Dataset) -> list[TagNode]:
        found = []
        for tag in sorted(dataset.keys()):
            if self._count >= MAX_TAGS:
                self.left_out += 1
                continue
            self._count += 1
            found.append(self._node(dataset, tag))
        return found

    def _node(self, dataset: Dataset, tag: BaseTag) -> TagNode:
        code = f"({tag.group:04X},{tag.element:04X})"
        try:
            element = dataset[tag]
            vr, value = str(element.VR), element.value
            name = element.name if tag.is_private else _name(tag)
            if vr == "SQ":
                items = tuple(self._items(tag, value or []))
                words = f"{len(value or [])} item{'' if len(value or []) == 1 else 's'}"
                return TagNode(code, visible(name), vr, words, tag.is_private, items)
            return TagNode(code, visible(name), vr, _text(vr, value), tag.is_private)
        except Exception as error:  # noqa: BLE001 - one odd value must not hide the others
            reason = f"cannot be read ({type(error).__name__})"
            return TagNode(code, _name(tag), "", reason, tag.is_private)

    def _items(self, tag: BaseTag, items: Any) -> list[TagNode]:
        if tag == _PER_FRAME and 1 <= self._frame <= len(items):
            numbered = [(self._frame, items[self._frame - 1])]
        else:
            numbered = list(enumerate(items, start=1))
        nodes = []
        for number, item in numbered:
            if self._count >= MAX_TAGS:
                self.left_out += 1
                continue
            name = "this frame" if tag == _PER_FRAME else ""
            nodes.append(TagNode(f"item {number}", name, "", "", children=tuple(self.nodes(item))))
        return nodes


def _name(tag: BaseTag) -> str:
    """The standard's name of an attribute."""
    try:
        return dictionary_description(tag)
    except KeyError:
        return "private" if tag.is_private else "unknown"


def _text(vr: str, value: Any) -> str:
    """A value in words: numbers and texts as they are, bulk data by their first bytes."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        start = value[:_SHOWN_BYTES].hex(" ")
        return f"{len(value)} bytes: {start}{' …' if len(value) > _SHOWN_BYTES else ''}"
    parts = list(value) if isinstance(value, MultiValue | list) else [value]
    if vr in _BULK:
        parts = parts[:_SHOWN_BYTES]
    text = visible("\\".join(str(part) for part in parts[:MAX_TEXT]))
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} …"
