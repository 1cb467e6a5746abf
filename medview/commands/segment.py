"""Segment an image with a model; writes the mask as DICOM SEG (.dcm) or NIfTI (.nii.gz)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.commands._common import Ticker, label_line, label_rows, model_folder, open_image
from medview.commands._identity import add_identity_arguments, identity_of
from medview.commands._output import print_json
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.labels import LabelTable
from medview.core.volume import Volume
from medview.formats.dicom_source import Identity, LabelOrigin


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="DICOM folder or file, zip, NIfTI or NRRD")
    parser.add_argument("-o", "--output", type=Path, required=True, help="mask: .dcm or .nii.gz")
    parser.add_argument("--series", help="series UID (default: the largest image)")
    parser.add_argument("--volume", type=int, default=0, help="volume of the series, from 0")
    parser.add_argument("--model", help="NAME or NAME@VERSION (default: the model in use)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument(
        "--backend",
        default="auto",
        help="auto (measured once per machine and model, the fastest that agrees with float32), "
        "torch, torch-half, onnxruntime, openvino, openvino-bf16; not chosen by auto: "
        "onnxruntime-int8, openvino-int8",
    )
    parser.add_argument(
        "--no-cleaning", action="store_true", help="what the network said, with islands and holes"
    )
    parser.add_argument("--heatmap", type=Path, help="also write a heat map, float32 NIfTI 0..1")
    parser.add_argument("--label", help="label id or name of the heat map")
    parser.add_argument("--uncertainty", type=Path, help="also write the entropy, float32 NIfTI")
    add_identity_arguments(parser)


def run(options: argparse.Namespace) -> int:
    from medview.ai.backend_choice import BackendChoices
    from medview.session.backends import check_backend, measure, settle
    from medview.session.model_jobs import load_predictor, reasons_of
    from medview.store.workspace import workspace_folder

    check_backend(options.backend)
    _check(options)
    progress = Progress(Ticker(options.json))
    volume = open_image(options.path, options.series, options.volume, progress)
    if options.output.suffix == ".dcm" and volume.source is None:
        raise MedviewError(
            f"{options.path} is no DICOM, so its mask cannot be a DICOM segmentation.",
            hint="Write .nii.gz instead.",
            code="no-dicom-source",
        )
    predictor = load_predictor(str(model_folder(options.model, options.workspace)), options.device)
    choices = BackendChoices(workspace_folder(options.workspace))
    if settle(predictor, options.backend, choices):
        measure(predictor, choices, progress, volume)
        settle(predictor, options.backend, choices)
    label = _wanted_label(options, predictor.card.labels)
    reasons = reasons_of(predictor, volume, progress.quiet())
    prediction = predictor.predict(
        volume,
        progress,
        want_entropy=options.uncertainty is not None,
        cleaned=not options.no_cleaning,
    )
    labelmap = LabelMap(volume.geometry, predictor.card.labels, prediction.labels)
    origin = LabelOrigin("AUTOMATIC", prediction.model, prediction.version)
    _write_mask(labelmap, volume, options.output, origin, identity_of(options))
    if options.heatmap is not None and label is not None:
        from medview.ai.explain import ExplainOptions
        from medview.ai.network.attribution.explainer import explain_volume

        asked = ExplainOptions(label, region="slice")
        _write_map(explain_volume(predictor, volume, asked, progress), volume, options.heatmap)
    if options.uncertainty is not None and prediction.entropy is not None:
        _write_map(prediction.entropy, volume, options.uncertainty)
    rows = label_rows(labelmap, volume)
    result: dict[str, Any] = {
        "output": str(options.output),
        "model": prediction.model,
        "version": prediction.version,
        "device": prediction.device,
        "backend": prediction.backend,
        "backend_notes": list(prediction.notes),
        "seconds": round(prediction.seconds, 3),
        "labels": rows,
        "not_measurable": volume.not_measurable or None,
        "left_out_slices": sorted(volume.unreadable),
        "warnings": [{"code": reason.code, "text": reason.text} for reason in reasons],
    }
    if options.json:
        print_json(result)
    else:
        model = f"{prediction.model}@{prediction.version}"
        print(f"{options.output}: {model} on {prediction.device}, {prediction.seconds:.1f} s")
        for note in prediction.notes:
            print(note)
        for row in rows:
            print(label_line(row))
        for reason in reasons:
            print(f"Unlike the training cases: {reason.text}")
        if volume.not_measurable:
            print(f"No volumes in ml: {volume.not_measurable}.")
        if volume.unreadable:
            print(f"{len(volume.unreadable)} slices could not be read and were left out.")
        print("Research use, not a medical device.")
    return 0


def _check(options: argparse.Namespace) -> None:
    name = options.output.name.lower()
    if not name.endswith((".dcm", ".nii.gz", ".nii")):
        raise MedviewError(
            f"{options.output} must end in .dcm, .nii.gz or .nii.", code="unknown-format"
        )
    if options.heatmap is not None and options.label is None:
        raise MedviewError(
            "A heat map needs --label.", hint="Name the label to explain.", code="no-label"
        )


def _wanted_label(options: argparse.Namespace, labels: LabelTable) -> int | None:
    if options.label is None:
        return None
    found = labels.find(options.label)
    if found is None:
        known = ", ".join(f"{label.id} {label.name}" for label in labels)
        raise MedviewError(
            f"The model has no label {options.label}.",
            hint=f"Known: {known}.",
            code="unknown-label",
        )
    return found.id


def _write_mask(
    labelmap: LabelMap, volume: Volume, path: Path, origin: LabelOrigin, identity: Identity
) -> None:
    if path.suffix == ".dcm":
        from medview.formats import dicom_seg

        origins = {label.id: origin for label in labelmap.table}
        dicom_seg.write_labels(labelmap, volume, path, origins=origins, identity=identity)
    else:
        from medview.formats import nifti

        nifti.write_labels(labelmap, path)


def _write_map(values: NDArray[np.float32], volume: Volume, path: Path) -> None:
    from medview.formats import nifti

    nifti.write_map(values, volume.geometry, path)
