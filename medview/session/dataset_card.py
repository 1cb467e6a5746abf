"""The dataset card: what an exported training set holds, in words that travel with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from medview import __version__
from medview.session.training_cases import TrainingCase

CARD = "README.md"
_MADE_AS = {
    "nnunet": "nnU-Net v2 raw dataset. `splits_final.json` holds the split for its preprocessed "
    "folder: held-out patients are the validation part.",
    "monai": "NIfTI images and labels, and `datalist.json` in the form of the Medical Segmentation "
    "Decathlon that MONAI reads; \"validation\" are the held-out patients.",
    "coco": "8 bit pictures and COCO annotations with run-length coded masks; the window of each "
    "picture is in its row. `annotations_val.json` are the held-out patients.",
    "nifti": "NIfTI images and labels; `manifest.json` is what `medview train` and "
    "`medview accept` read.",
    "png": "16 bit image slices and label slices; value = slope * pixel + intercept.",
    "dicom-seg": "One DICOM SEG object per case, to be kept with its images.",
    "rtstruct": "One DICOM RT Structure Set per case, to be kept with its images.",
}  # fmt: skip


def card_text(
    kind: str,
    cases: Iterable[TrainingCase],
    readers: int,
    left_out: Iterable[str] = (),
    *,
    identity_kept: bool = False,
) -> str:
    """Markdown: counts, labels, splits, sources, how it was made. No name of anybody."""
    rows = list(cases)
    today = datetime.now(UTC).date().isoformat()
    lines = [
        "# Training set",
        "",
        f"Written by medview {__version__} on {today}. {_MADE_AS[kind]}",
        "",
        "| split | patients | cases | slices |",
        "|---|---|---|---|",
        *(_split_line(split, rows) for split in ("train", "held-out")),
        "",
        "| label | SNOMED CT | voxels | cases without it being looked for |",
        "|---|---|---|---|",
        *_label_lines(rows),
        "",
        "## Sources",
        "",
        *_sources(rows),
        "",
        "## How it was made",
        "",
        "A model's or a person's labels were corrected where needed and accepted slice by slice by "
        f"{readers} {'reader' if readers == 1 else 'readers'}. A case is a run of neighbouring "
        "accepted slices. Whether a patient trains or proves was decided once, when the patient "
        "entered. Slices that a person left out are not here.",
        "",
        _identity(kind, kept=identity_kept),
    ]
    missing = list(left_out)
    if missing:
        lines += ["", "Not written:", "", *(f"- {line}" for line in missing)]
    return "\n".join(lines) + "\n"


def _split_line(split: str, rows: list[TrainingCase]) -> str:
    mine = [one for one in rows if one.split == split]
    slices = sum(one.volume.geometry.shape[0] for one in mine)
    return f"| {split} | {len({one.patient for one in mine})} | {len(mine)} | {slices} |"


def _label_lines(rows: list[TrainingCase]) -> list[str]:
    lines = []
    for label in rows[0].labelmap.table if rows else ():
        voxels = sum(int((one.labelmap.voxels == label.id).sum()) for one in rows)
        unknown = sum(label.id in one.ignore_labels for one in rows)
        code = label.code.value if label.code is not None else ""
        name = label.name.replace("|", "/")
        lines.append(f"| {label.id} {name} | {code} | {voxels} | {unknown} |")
    return lines


def _sources(rows: list[TrainingCase]) -> list[str]:
    groups: Mapping[str, list[TrainingCase]] = _by_modality(rows)
    lines = []
    for modality, cases in groups.items():
        lows, highs = [], []
        for axis in range(3):
            values = [one.volume.geometry.spacing_mm[axis] for one in cases]
            lows.append(f"{min(values):.2f}")
            highs.append(f"{max(values):.2f}")
        spacing = " x ".join(
            low if low == high else f"{low} to {high}"
            for low, high in zip(lows, highs, strict=True)
        )
        name = modality or "unknown modality"
        lines.append(f"- {name}: {len(cases)} cases, spacing (slice, row, column) {spacing} mm")
    return lines


def _by_modality(rows: list[TrainingCase]) -> dict[str, list[TrainingCase]]:
    groups: dict[str, list[TrainingCase]] = {}
    for one in rows:
        groups.setdefault(one.volume.modality, []).append(one)
    return groups


def _identity(kind: str, *, kept: bool) -> str:
    if kind in ("dicom-seg", "rtstruct"):
        if kept:
            return "The objects carry patient and study as their images do: keep them as those."
        return "The objects name no patient; UIDs link them to their images."
    return (
        "Files name patients by a hash only. Pixels are as they were acquired: look for text "
        "burned into them before you pass the set on."
    )
