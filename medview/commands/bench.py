"""Measure a model on this machine: how faithful its heat maps are."""

from __future__ import annotations

import argparse
from pathlib import Path

from medview.ai.explain import LAYERS, METHODS
from medview.commands._common import Ticker, model_folder, open_image
from medview.commands._output import print_json
from medview.core.job import Progress

_FIGURES = ("heatmap", "mask", "random", "context", "randomised", "worst_slice")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", choices=["explain"], help="what is measured")
    parser.add_argument(
        "path", type=Path, nargs="?", help="an image (default: a generated thorax phantom)"
    )
    parser.add_argument("--model", help="NAME or NAME@VERSION (default: the model in use)")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=["seg_grad_cam"])
    parser.add_argument("--layers", nargs="+", choices=LAYERS, default=["default"])
    parser.add_argument("--slices", type=int, default=8, help="slices of each label (default 8)")


def run(options: argparse.Namespace) -> int:
    from medview.ai.network.attribution.check import MASK_MARGIN
    from medview.session.heatmap_check import GATE, check_heatmaps

    progress = Progress(Ticker(options.json))
    if options.path is not None:
        volume = open_image(options.path, None, 0, progress)
    else:
        from medview.ai.training.rehearsal import HELD_OUT_SEEDS, phantom_volume

        volume, _ = phantom_volume(HELD_OUT_SEEDS[0])
    folder = model_folder(options.model, options.workspace)
    table = check_heatmaps(
        folder, [volume], progress, options.methods, options.layers, max(1, options.slices)
    )
    if options.json:
        print_json({"gate": GATE, "mask_margin": MASK_MARGIN, "methods": table})
        return 0
    print(f"{'':44}" + "".join(f"{name:>12}" for name in _FIGURES) + "      passes")
    for method, by_layer in table.items():
        for layer, by_label in by_layer.items():
            for label, row in by_label.items():
                title = f"{METHODS[method].title}, {layer or 'no layer'}, {label}"
                figures = "".join(f"{row[name]:12.3f}" for name in _FIGURES)
                print(f"{title:44}{figures}      {'yes' if row['passes'] else 'no'}")
    print(f"heatmap, mask, random: insertion minus deletion. Gate: {GATE}.")
    return 0
