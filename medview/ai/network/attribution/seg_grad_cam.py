"""Seg-Grad-CAM: which parts of the picture the network used for a region of one class.

Vinogradova, Dibrov, Myers 2020, "Towards interpretable semantic segmentation via
gradient-weighted class activation mapping" (AAAI): y is the sum of the class's logits over the
region, the weights of a layer's channels are the spatial means of dy/dA, and the map is the ReLU of
the weighted sum of channels.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from medview.ai.explain import ExplainOptions, pick_region, scale_to_one
from medview.ai.network.predictor import Predictor
from medview.ai.network.unet import UNet
from medview.ai.prediction import HeatMap
from medview.ai.preprocess import PreparedVolume
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.volume import Volume

METHOD = "Seg-Grad-CAM"


def layers_of(network: UNet, layer: str) -> list[nn.Module]:
    """The modules of a layer name of `medview.ai.explain.LAYERS`."""
    bottleneck, decoder = network.bottleneck, network.decoders[0]
    choice: dict[str, list[nn.Module]] = {
        "default": [bottleneck, decoder],
        "bottleneck": [bottleneck],
        "decoder 1": [decoder],
    }
    if layer not in choice:
        raise ValueError(f"unknown layer {layer!r}")
    return choice[layer]


def class_activation(
    network: UNet, inputs: Tensor, class_index: int, region: Tensor, layer: str = "default"
) -> NDArray[np.float32]:
    """The map (rows, columns) 0..1 at the network's resolution for one input (1, 4, rows, columns).

    ``region`` (rows, columns) bool. All zero when nothing speaks for the class.
    """
    kept: list[Tensor] = []
    hooks = [
        module.register_forward_hook(lambda _m, _i, output: kept.append(output))
        for module in layers_of(network, layer)
    ]
    try:
        with torch.enable_grad():
            logits = network(inputs.detach().requires_grad_(True))
    finally:
        for hook in hooks:
            hook.remove()
    total = (logits[0, class_index] * region.to(logits)).sum()
    gradients = torch.autograd.grad(total, kept)
    maps = []
    for activation, gradient in zip(kept, gradients, strict=True):
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        small = torch.relu((weights * activation.detach()).sum(dim=1, keepdim=True))
        full = nn.functional.interpolate(
            small, size=inputs.shape[2:], mode="bilinear", align_corners=False
        )
        maps.append(scale_to_one(full[0, 0].float().cpu().numpy()))
    return scale_to_one(np.mean(maps, axis=0).astype(np.float32))


def _canonical_map(
    predictor: Predictor,
    prepared: PreparedVolume,
    index: int,
    options: ExplainOptions,
    point: tuple[float, float] | None,
) -> NDArray[np.float32] | None:
    """The map of one canonical slice at image resolution; None where the class is not found."""
    inputs = torch.from_numpy(prepared.network_input(index)[None]).to(predictor.device)
    with torch.no_grad():
        found = (predictor.network(inputs)[0].argmax(0) == options.label_id).cpu().numpy()
    if not found.any():
        return None
    if options.region == "component":
        grid = prepared.grid
        where = None
        if point is not None:
            where = (
                (point[0] - grid.start[0]) / grid.step[0],
                (point[1] - grid.start[1]) / grid.step[1],
            )
        found = pick_region(found, where)
    region = torch.from_numpy(found).to(predictor.device)
    small = class_activation(predictor.network, inputs, options.label_id, region, options.layer)
    full = np.clip(prepared.upsample(small[None])[0], 0.0, 1.0)
    rows, columns = prepared.covered()
    result = np.zeros_like(full)
    result[rows, columns] = full[rows, columns]
    return result


def explain_slice(
    predictor: Predictor,
    volume: Volume,
    slice_index: int,
    options: ExplainOptions,
    progress: Progress,
) -> HeatMap:
    """The heat map of one stored slice of the volume, on its pixels.

    A volume that is not stored axially needs the maps of all its axial slices, of which the shown
    plane is cut. MedviewError "label-not-found" where the model finds none of the class.
    """
    prepared = PreparedVolume(volume, predictor.card.input)
    if prepared.permutation[0] == 0:
        index = volume.geometry.shape[0] - 1 - slice_index if prepared.flips[0] else slice_index
        point = _canonical_point(prepared, volume, slice_index, options.point)
        found = _canonical_map(predictor, prepared, index, options, point)
        if found is None:
            raise _not_found(predictor, options, "on this slice")
        values = np.zeros(volume.geometry.shape[1:], np.float32)
        _plane_view(prepared, values)[...] = found
    else:
        values = explain_volume(predictor, volume, options, progress)[slice_index]
        if not values.any():
            raise _not_found(predictor, options, "on this slice")
    return HeatMap(
        volume.case_key,
        slice_index,
        values,
        options.label_id,
        METHOD,
        options.layer,
        predictor.card.id,
        predictor.card.heatmap_is_reliable,
    )


def explain_volume(
    predictor: Predictor, volume: Volume, options: ExplainOptions, progress: Progress
) -> NDArray[np.float32]:
    """Heat maps of all axial slices, each scaled to its own maximum, on the volume's grid."""
    prepared = PreparedVolume(volume, predictor.card.input)
    result = np.zeros(volume.geometry.shape, np.float32)
    target = prepared.canonical_view(result)
    for index in range(prepared.slice_count):
        progress.report(index / prepared.slice_count, "Heat map")
        found = _canonical_map(predictor, prepared, index, options, None)
        if found is not None:
            target[index] = found
    return result


def _plane_view(prepared: PreparedVolume, plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """A stored axial slice in canonical row and column order (a view)."""
    rows_first = prepared.permutation[1] < prepared.permutation[2]
    view = plane if rows_first else plane.T
    return view[:: -1 if prepared.flips[1] else 1, :: -1 if prepared.flips[2] else 1]


def _canonical_point(
    prepared: PreparedVolume, volume: Volume, slice_index: int, point: tuple[float, float] | None
) -> tuple[float, float] | None:
    if point is None:
        return None
    position = volume.geometry.to_patient((slice_index, point[0], point[1]))
    canonical = prepared.geometry.to_voxel(position)
    return float(canonical[1]), float(canonical[2])


def _not_found(predictor: Predictor, options: ExplainOptions, where: str) -> MedviewError:
    name = predictor.card.labels[options.label_id].name
    return MedviewError(
        f"{predictor.card.id} finds no {name} {where}, so there is nothing to explain.",
        hint="Choose another label or slice.",
        code="label-not-found",
    )
