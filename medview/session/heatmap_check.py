"""Are the heat maps faithful? The figures of a model on given volumes, and its card's verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from medview.ai.explain import LAYERS, METHODS
from medview.ai.preprocess import PreparedVolume
from medview.core.job import Progress
from medview.core.volume import Volume
from medview.session.torch_room import predictor_module

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
    every: int = 12,
) -> Table:
    """Mean figures over every n-th axial slice, by method, layer ("" where there is none), label.

    Insertion and deletion of the map, of the mask itself and of random order; what the map knows
    outside the mask; the rank correlation with the randomised network's map; the worst slice.
    """
    network_room = predictor_module()
    from medview.ai.network.attribution.check import check_slice, randomised

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
        indices = range(every // 2, prepared.slice_count, every)
        for done, index in enumerate(indices):
            inputs = prepared.network_input(index)[None]
            for method, layer in kinds:
                progress.report(done / len(indices), f"{METHODS[method].title} {layer}")
                for label in card.labels:
                    result = check_slice(
                        network, twin, inputs, label.id, method, layer or "default", seed=index
                    )
                    if result is not None:
                        found[method, layer].setdefault(label.name, []).append(asdict(result))
    table: Table = {}
    for (method, layer), by_label in found.items():
        table.setdefault(method, {})[layer] = _summary(by_label)
    return table


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
