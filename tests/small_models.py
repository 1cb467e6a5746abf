"""Small phantoms, random networks and model folders that many rooms' tests share."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from medview.ai.card import ModelCard
from medview.ai.preprocess import InputSpec
from medview.core.box import Box
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable, default_color
from medview.core.phantom import Phantom, phantom_table, thorax_phantom
from medview.core.volume import SourceSeries, Volume
from medview.edit.edit import Origin
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor

SHAPE, SPACING = (12, 64, 64), (25.0, 6.0, 6.0)
COARSE = InputSpec(spacing_mm=4.0, neighbor_mm=25.0)  # about 96 x 96 network pixels
TOOL = Origin("tool", "brush")


@lru_cache(maxsize=8)
def phantom(seed: int = 0) -> Phantom:
    """A whole thorax in 12 slices of 64 x 64."""
    return thorax_phantom(SHAPE, SPACING, seed)


def phantom_volume(seed: int = 0, *, patient: str = "P0", series: str | None = None) -> Volume:
    """The phantom as a CT volume with an identity, so that it is a case."""
    made = phantom(seed)
    source = SourceSeries("1.2", series or f"1.2.3.{seed}", patient_id=patient)
    return Volume(made.voxels, made.geometry, "CT", "HU", "thorax", source)


def names_table(*names: str) -> LabelTable:
    return LabelTable.of(Label(n, name, default_color(n)) for n, name in enumerate(names, start=1))


def random_card(table: LabelTable | None = None, *, base: int = 4, version: str = "1.0.0"):
    labels = phantom_table() if table is None else table
    arguments = {"in_channels": 4, "classes": len(labels) + 1, "base": base}
    return ModelCard("ct-lung", version, "unet-2.5d", arguments, COARSE, labels)


def write_model(folder: Path, card: ModelCard | None = None, seed: int = 0) -> Path:
    """A model folder with random weights; the folder."""
    from medview.ai.training.make_model import new_network, save_weights

    card = card or random_card()
    network = new_network(card.architecture, card.arguments, seed)
    save_weights(network, folder, card)
    return folder


def stored(volume: Volume, permutation, flips) -> Volume:
    """The same patient stored in another voxel order, with the affine that says so."""
    flipping = tuple(slice(None, None, -1) if flip else slice(None) for flip in flips)
    voxels = np.ascontiguousarray(volume.voxels.transpose(permutation)[flipping])
    geometry = volume.geometry.reordered(permutation, flips)
    return Volume(voxels, geometry, volume.modality, volume.units)


def blank_editor(shape=(4, 12, 12), table: LabelTable | None = None, **limits) -> MaskEditor:
    """An editor of an empty label map."""
    labels = table if table is not None else names_table("one", "two", "three")
    return MaskEditor(LabelMap(Geometry.axial(shape), labels), History(**limits))


def paint_box(editor: MaskEditor, low, high, label_id: int, name: str = "paint"):
    """One gesture that fills a box; the Edit or None."""
    box = Box(low, high)
    editor.begin(name, TOOL, low[0])
    editor.paint(box, np.ones(box.shape, bool), label_id)
    return editor.commit()
