"""Convert label files (NIfTI, NRRD, MetaImage, DICOM SEG and RTSTRUCT, PNG) and images."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from medview.commands._common import Ticker, label_line, label_rows, need_path, open_image
from medview.commands._identity import add_identity_arguments, identity_of
from medview.commands._output import print_json
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.volume import Message, Volume
from medview.dicom.report import message_json
from medview.formats.dicom_source import LabelOrigin
from medview.formats.registry import Format, format_for, format_of_suffix, looks_like_labels


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="IN", help="image or label file, or a folder")
    parser.add_argument(
        "output",
        type=Path,
        metavar="OUT",
        help=".nii.gz, .nrrd, .mha, .dcm (DICOM SEG), .rtstruct.dcm (RT Structure Set), "
        "or a new folder for PNG",
    )
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="PATH",
        help="the image of the labels; SEG and RTSTRUCT need it",
    )
    parser.add_argument(
        "--kind", choices=["auto", "labels", "image"], default="auto", help="what IN holds"
    )
    parser.add_argument("--series", help="series UID of the DICOM image (default: the largest)")
    parser.add_argument("--volume", type=int, default=0, help="volume of the series, from 0")
    add_identity_arguments(parser)


def run(options: argparse.Namespace) -> int:
    source = need_path(options.input)
    target = _target_format(options.output)
    messages: list[Message] = []
    if _holds_labels(source, options.kind, target):
        result = _convert_labels(options, target, messages)
    else:
        result = _convert_image(options, target, messages)
    result["messages"] = [message_json(message) for message in messages]
    if options.json:
        print_json(result)
        return 0
    print(f"{result['output']}: {result['kind']}, {' x '.join(map(str, result['shape']))} voxels")
    for row in result.get("labels", ()):
        print(label_line(row))
    for message in messages:
        print(f"{message.severity}: {message.text}")
    return 0


def _target_format(path: Path) -> Format:
    """The format of OUT by its name; a name without a suffix is a folder of PNG slices."""
    known = format_of_suffix(path)
    if known is not None and known.name == "PNG":
        raise MedviewError(
            f"{path}: label slices go into a folder of PNG files.",
            hint="Give the name of a new folder.",
            code="unknown-format",
        )
    if known is None and not path.suffix:
        return format_for(path / "slice.png")
    return known if known is not None else format_for(path)


def _holds_labels(path: Path, kind: str, target: Format) -> bool:
    if kind != "auto":
        return kind == "labels"
    if target.write_volume is None:
        return True  # DICOM SEG, RTSTRUCT and PNG slices hold labels only
    if path.is_dir():
        return _is_png_folder(path)
    known = format_of_suffix(path)
    if known is None and path.suffix.lower() == ".zip":
        return False
    return looks_like_labels(path)


def _is_png_folder(path: Path) -> bool:
    files = [file for file in path.iterdir() if file.is_file()]
    return bool(files) and all(file.suffix.lower() == ".png" for file in files)


def _convert_labels(
    options: argparse.Namespace, target: Format, messages: list[Message]
) -> dict[str, Any]:
    """Read on the reference's grid, write, read back."""
    from medview.formats.verify import verify_written

    if target.needs_source and options.reference is None:
        raise MedviewError(
            f"A {target.name} describes a DICOM image.",
            hint="Name the image's folder with --reference.",
            code="no-reference",
        )
    reference: Volume | None = None
    if options.reference is not None:
        progress = Progress(Ticker(options.json))
        reference = open_image(options.reference, options.series, options.volume, progress)
    known = format_for(options.input / "slice.png" if options.input.is_dir() else options.input)
    labelmap = _read(options.input, known, reference, messages)
    if target.write_labels is None:
        raise MedviewError(f"{target.name} cannot hold labels.", code="no-labels")
    if target.needs_source:
        if reference is None or reference.source is None:
            raise MedviewError(
                f"{options.reference} is no DICOM image, and a {target.name} needs one.",
                hint="Write .nii.gz or .nrrd instead.",
                code="no-dicom-source",
            )
        origin = LabelOrigin("SEMIAUTOMATIC", "imported labels")
        origins = {label.id: origin for label in labelmap.table}
        identity = identity_of(options)
        target.write_labels(labelmap, reference, options.output, origins=origins, identity=identity)
        reference = identity.source(reference)
    else:
        target.write_labels(labelmap, options.output)
    on_same_grid = reference is not None and labelmap.geometry.is_close(reference.geometry)
    verify_written(options.output, labelmap, reference if on_same_grid else None)
    if reference is None and known.needs_source:
        text = f"{options.input.name} has no image here: the grid holds its own frames only."
        messages.append(Message("own-grid", text, "note", (str(options.input),)))
    return {
        "output": str(options.output),
        "kind": "labels",
        "shape": list(labelmap.geometry.shape),
        "labels": label_rows(labelmap, reference if on_same_grid else None),
    }


def _read(path: Path, known: Format, reference: Volume | None, messages: list[Message]) -> LabelMap:
    """The labels; with a reference they must lie on its grid."""
    if known.read_labels is None:
        raise MedviewError(f"{path} ({known.name}) holds no labels.", code="no-labels")
    labelmap: LabelMap = known.read_labels(path, reference, messages=messages)
    if reference is not None and not labelmap.geometry.is_close(reference.geometry):
        raise MedviewError(
            f"The labels of {path} lie on another grid than the image.",
            hint="Choose the image they were drawn on; --series chooses among several.",
            code="geometry-differs",
        )
    return labelmap


def _convert_image(
    options: argparse.Namespace, target: Format, messages: list[Message]
) -> dict[str, Any]:
    """An image of any format to one that holds images; read back and compared."""
    if target.write_volume is None or target.read_volume is None:
        raise MedviewError(
            f"{options.output}: an image can be written as .nii.gz, .nii, .nrrd or .mha.",
            code="unknown-format",
        )
    progress = Progress(Ticker(options.json))
    volume = open_image(options.input, options.series, options.volume, progress)
    messages.extend(volume.messages)
    target.write_volume(volume, options.output)
    written = target.read_volume(options.output)
    same_place = written.geometry.is_close(volume.geometry)
    if not same_place or not np.array_equal(
        written.voxels, volume.voxels, equal_nan=volume.voxels.dtype.kind == "f"
    ):
        raise MedviewError(
            f"{options.output} was written but is not the image that was read.",
            hint="Do not use this file; report this.",
            code="verify-failed",
        )
    return {
        "output": str(options.output),
        "kind": "image",
        "shape": list(volume.geometry.shape),
        "modality": volume.modality,
    }
