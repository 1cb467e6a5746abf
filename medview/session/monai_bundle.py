"""What a MONAI bundle says of itself: its metadata, read as data; nothing of it is executed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from medview.core.errors import MedviewError

_LARGEST = 1 << 20
_PLACES = ("configs/metadata.json", "metadata.json", "extra/metadata.json")
_WORDS = ("name", "version", "description", "task", "authors", "copyright", "intended_use")


def bundle_metadata(path: Path) -> dict[str, Any]:
    """The metadata of a bundle's folder, zip (also TorchScript) or of a metadata.json itself.

    MedviewError "no-bundle" where there is none, or it is none.
    """
    try:
        data = json.loads(_text(path))
    except (OSError, ValueError, RecursionError, zipfile.BadZipFile, RuntimeError) as error:
        raise _none(path, str(error)) from error
    if not isinstance(data, dict) or not {"network_data_format", "monai_version"} & set(data):
        raise _none(path, "it is no metadata of a MONAI bundle")
    return data


def bundle_lines(data: dict[str, Any]) -> list[str]:
    """The metadata for people, one line each."""
    lines = [f"{word.replace('_', ' ')}: {data[word]}" for word in _WORDS if data.get(word)]
    form = data.get("network_data_format")
    for side in ("inputs", "outputs"):
        ports = form.get(side) if isinstance(form, dict) else None
        for name, port in ports.items() if isinstance(ports, dict) else ():
            if not isinstance(port, dict):
                continue
            facts = [
                f"{key} {port[key]}"
                for key in ("modality", "num_channels", "spatial_shape")
                if port.get(key) is not None
            ]
            lines.append(f"{side[:-1]} {name}: {', '.join(facts)}")
            classes = port.get("channel_def")
            if isinstance(classes, dict):
                lines.append("  " + ", ".join(f"{key} {value}" for key, value in classes.items()))
    return lines


def _text(path: Path) -> str:
    if path.is_dir():
        for place in _PLACES:
            if (path / place).is_file():
                return _limited((path / place).read_bytes())
        raise ValueError("there is no metadata.json in it")
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return _limited(file.read(_LARGEST + 1))
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if any(f"/{member.filename}".endswith(f"/{place}") for place in _PLACES):
                with archive.open(member) as file:
                    return _limited(file.read(_LARGEST + 1))
    raise ValueError("there is no metadata.json in it")


def _limited(data: bytes) -> str:
    if len(data) > _LARGEST:
        raise ValueError("it is too large")
    return data.decode("utf-8")


def _none(path: Path, reason: str) -> MedviewError:
    return MedviewError(
        f"{path} is not read as a MONAI bundle: {reason}.",
        hint="Give a bundle's folder or zip, or its metadata.json.",
        code="no-bundle",
    )
