"""Are the heat maps faithful? The figures of a model on given volumes, and its card's verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from medview.ai.explain import LAYERS, METHODS
from medview.ai.preprocess import PreparedVolume
from medview.core.job import Progress
from medview.core.volume import Volume
from medview.session.torch_room import predictor_module

if TYPE_CHECKING:
    from medview.ai.network.unet import UNet

FEWEST_SLICES = 8  # of a verdict; fewer are figures without one
GATE = (
    "insertion - deletion >= mask + 0.15 and rank correlation with the randomised network <= 0.5, "
    "on 8 slices or more"
)
Table = dict[str, dict[str, dict[str, dict[str, Any]]]]  # method, layer, label, figure


def check_heatmaps(
    model: Path,
    volumes: Iterable[Volume],
    progress: Progress,
    methods: Sequence[str] = tuple(METHODS),
    layers: Sequence[str] = LAYERS,
    slices: int = FEWEST_SLICES,
) -> Table:
    """Mean figures by method, layer ("" where there is none) and label.

    Each label has its own ``slices`` axial slices of each volume, evenly among those where the
    model finds it. Insertion and deletion of the map, of the mask itself, of random order and of
    the picture's edges; what the map knows outside the mask; the rank correlation with the
    randomised network's map; the worst slice.
    """
    network_room = predictor_module()
    from medview.ai.network.attribution.check import check_map, ground_of, randomised

    card, network = network_room.load_network(model)
    twin = randomised(network, seed=7)
    kinds = [
        (method, layer)
        for method in methods
        for layer in (layers if METHODS[method].has_layers else ("",))
    ]
    found: dict[tuple[str, str], dict[str, list[dict[str, float]]]] = {kind: {} for kind in kinds}
    for volume in volumes:
        prepared = PreparedVolume(volume, card.input)
        asked = _asked(network, prepared, [label.id for label in card.labels], slices, progress)
        for done, (index, class_index) in enumerate(asked):
            inputs = prepared.network_input(index)[None]
            ground = ground_of(network, inputs, class_index, seed=index)
            if ground is None:
                continue
            name = card.labels[class_index].name
            for method, layer in kinds:
                progress.report(done / len(asked), f"{METHODS[method].title} {layer}, {name}")
                result = check_map(network, twin, ground, method, layer or "default")
                found[method, layer].setdefault(name, []).append(asdict(result))
    table: Table = {}
    for (method, layer), by_label in found.items():
        table.setdefault(method, {})[layer] = _summary(by_label)
    return table


def _asked(
    network: UNet,
    prepared: PreparedVolume,
    classes: Sequence[int],
    slices: int,
    progress: Progress,
) -> list[tuple[int, int]]:
    """(canonical slice, class): up to ``slices`` of each class where the network finds it."""
    from medview.ai.network.attribution.check import FEWEST_PIXELS, pixels_of

    where: dict[int, list[int]] = {one: [] for one in classes}
    for index in range(prepared.slice_count):
        progress.report(index / prepared.slice_count, "Looking for slices")
        counts = pixels_of(network, prepared.network_input(index)[None])
        for one in classes:
            if counts[one] >= FEWEST_PIXELS:
                where[one].append(index)
    asked = []
    for one, indices in where.items():
        count = min(slices, len(indices))
        places = (np.arange(count) + 0.5) * len(indices) / max(1, count)
        asked += [(indices[int(place)], one) for place in places]
    return sorted(asked)


def verdict(table: Table, cases: Sequence[str]) -> dict[str, Any]:
    """What the card keeps: all figures, and the method and layer that do best by the gate."""
    best, highest = {"method": "seg_grad_cam", "layer": "default"}, (-1, -np.inf)
    for method, by_layer in table.items():
        for layer, by_label in by_layer.items():
            rows = list(by_label.values())
            if not rows or METHODS[method].extra:
                continue  # what needs an optional package is no default
            margin = float(np.mean([row["heatmap"] - row["mask"] for row in rows]))
            rank = (sum(row["passes"] for row in rows), margin)
            if rank > highest:
                highest, best = rank, {"method": method, "layer": layer}
    return {"gate": GATE, "cases": list(cases), "best": best, "methods": table}


def _summary(by_label: dict[str, list[dict[str, float]]]) -> dict[str, dict[str, Any]]:
    from medview.ai.network.attribution.check import passes

    rows = {}
    for name, checks in by_label.items():
        mean = {key: float(np.mean([c[key] for c in checks])) for key in checks[0]}
        rows[name] = {
            **{key: round(value, 3) for key, value in mean.items()},
            "worst_slice": round(min(c["heatmap"] for c in checks), 3),
            "slices": len(checks),
            "passes": len(checks) >= FEWEST_SLICES
            and passes(mean["heatmap"], mean["mask"], mean["randomised"]),
        }
    return rows
