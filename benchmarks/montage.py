"""What the model does on slices that nobody labelled: a picture to be looked at.

python benchmarks/montage.py [--model FOLDER] [--negatives]

Every slice of ../shared/data/chest_ct/hard_unlabelled and the kept-out negatives with the mask as
the window shows it, in docs/models/NAME-hard.jpg. Nothing is measured here; what was seen is
written in the card's limits.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from figures import MODEL, PROJECT
from PIL import Image, ImageDraw

from medview.ai.network.predictor import Predictor
from medview.core.job import Progress
from medview.session import opening
from medview.session.manifest import read_case, read_manifest

DATA = PROJECT.parent / "shared/data/chest_ct"
SIDE, ACROSS = 256, 6
COLORS = {1: (230, 80, 60), 2: (70, 140, 230), 3: (240, 200, 60)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    options = parser.parse_args()
    predictor = Predictor(options.model, "cpu")
    tiles = []
    for name, volume in [*hard(), *negatives()]:
        labels = predictor.predict(volume, Progress()).labels
        index = volume.geometry.shape[0] // 2
        tiles.append(tile(name, volume.voxels[index], labels[index]))
    rows = -(-len(tiles) // ACROSS)
    sheet = Image.new("RGB", (ACROSS * SIDE, rows * SIDE))
    for number, one in enumerate(tiles):
        sheet.paste(one, ((number % ACROSS) * SIDE, (number // ACROSS) * SIDE))
    target = PROJECT / "docs/models" / f"{predictor.card.name}-hard.jpg"
    sheet.save(target, quality=80)
    print(target, len(tiles))


def hard():
    report = opening.index([DATA / "hard_unlabelled"], Progress())
    for series in (one for one in report.series if one.kind == "image"):
        volume = opening.load(series, Progress(), 0)
        yield volume.source.files[0].stem if volume.source else series.description, volume


def negatives():
    manifest = read_manifest(DATA / "manifest.json")
    for row in manifest.rows:
        if row.split == "kept_out" and "slices" in row.image.parts:
            volume, truth = read_case(row)
            if not truth.any():
                yield f"{row.case} (no lung)", volume


def tile(name: str, values: np.ndarray, labels: np.ndarray) -> Image.Image:
    """The slice in a lung window with the labels' outlines, and its name."""
    grey = np.clip((values.astype(np.float32) + 1350.0) / 1500.0, 0.0, 1.0) * 255.0
    picture = np.stack([grey.astype(np.uint8)] * 3, axis=-1)
    for value, color in COLORS.items():
        mask = labels == value
        inner = mask.copy()
        for axis in (0, 1):
            for step in (1, -1):
                inner &= np.roll(mask, step, axis)
        picture[mask & ~inner] = color
        soft = mask & inner
        picture[soft] = (picture[soft] * 0.8 + np.array(color) * 0.2).astype(np.uint8)
    image = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    ImageDraw.Draw(image).text((4, 3), name[:40], fill=(255, 255, 255))
    return image


if __name__ == "__main__":
    main()
