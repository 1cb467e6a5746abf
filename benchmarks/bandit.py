"""Learning what to correct next against each fixed strategy: corrected pixels per second.

python benchmarks/bandit.py [--seeds N] [--json FILE]

Two kinds of pools. "phantoms": slices of generated patients of several scanners with the bundled
model's own facts and its true mistakes; the version before is the model with disturbed weights.
"one is right": made-up slices on which one figure tells the mistakes and the others are noise, for
each figure in turn, and one pool in which the telling figure changes halfway. A simulated person
needs 4 s to look at a slice and a second per 60 wrong pixels, give or take a fifth.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does

from figures import PROJECT, machine

from medview.ai.worklist.bandit import Bandit
from medview.ai.worklist.pick import worklist
from medview.ai.worklist.strategy import SliceFacts, strategies

LOOK_SECONDS, PIXELS_PER_SECOND, UNSTEADY = 4.0, 60.0, 0.2
PICKS = 120
FIGURES = {
    "entropy": "doubt", "disagreement": "disagreement",
    "inconsistency": "inconsistency", "rare_class": "rarity",
}  # fmt: skip
SHIFTS = (None, (0.6, 250.0, 60.0), (0.75, 120.0, 30.0), (0.5, 300.0, 10.0))


@dataclass(frozen=True)
class Pool:
    """Slices with their facts, and the pixels that a person would have to change."""

    name: str
    facts: list[SliceFacts]
    wrong: dict[tuple[str, int], int]


def phantoms(model: Path) -> Pool:
    """Eight generated patients, two per scanner."""
    import torch

    from medview.ai.network.predictor import Predictor
    from medview.ai.preprocess import PreparedVolume
    from medview.core.job import Progress
    from medview.core.phantom import PhantomShift, thorax_phantom
    from medview.core.volume import Volume
    from medview.session.records import case_record
    from medview.session.slice_facts import case_facts

    active, before = Predictor(model, "cpu"), Predictor(model, "cpu")
    torch.manual_seed(0)
    with torch.no_grad():
        for weight in before.network.parameters():
            weight.add_(torch.randn_like(weight) * weight.std(correction=0) * 0.05)
    facts: list[SliceFacts] = []
    wrong: dict[tuple[str, int], int] = {}
    for number in range(8):
        values = SHIFTS[number % len(SHIFTS)]
        shift = None
        if values is not None:
            gain, offset, noise = values
            shift = PhantomShift("s", hu_gain=gain, hu_offset=offset, noise_hu=noise)
        made = thorax_phantom((60, 160, 160), (5.0, 2.4, 2.4), 40 + number, shift)
        volume = Volume(made.voxels, made.geometry, modality="CT", units="HU", name=str(number))
        record = case_record(volume, active.card.labels)
        prepared = PreparedVolume(volume, active.card.input)
        for one in case_facts(record, volume, [active, before], Progress()):
            key = (f"case {number}", one.slice_index)
            place = one.slice_index
            if prepared.flips[0]:
                place = prepared.slice_count - 1 - place
            plane = active.slice_labels(prepared, [place])[0][0]
            truth = prepared.canonical_view(made.labels)[place]
            wrong[key] = int((plane != truth).sum())
            rarity = 1.0 if "airway" in one.labels else 0.0
            facts.append(
                SliceFacts(
                    key[0], f"p{number}", one.slice_index, one.doubt, one.disagreement,
                    one.inconsistency, rarity,
                )
            )  # fmt: skip
    return Pool("phantoms", facts, wrong)


def one_is_right(telling: str, seed: int, turn: str = "") -> Pool:
    """Twelve patients of 60 slices; ``turn`` tells in the second half of the patients instead."""
    draw = np.random.default_rng(seed)
    facts, wrong = [], {}
    for patient in range(12):
        name = turn if turn and patient >= 6 else telling
        for index in range(60):
            amount = float(draw.gamma(0.6))  # most slices are nearly right, a few are bad
            values = dict.fromkeys(FIGURES.values(), 0.0)
            for figure in values:
                values[figure] = float(draw.random())
            values[FIGURES[name]] = float(np.clip(amount / 3 + draw.normal(0, 0.1), 0, 1))
            key = (f"case {patient}", index)
            facts.append(SliceFacts(key[0], f"p{patient}", index, **values))
            wrong[key] = round(400 * amount)
    label = f"{telling}, then {turn}" if turn else telling
    return Pool(f"one is right: {label}", facts, wrong)


def work(pool: Pool, choice: str, seed: int, halves: bool) -> float:
    """Corrected pixels per second over `PICKS` slices, asking for a new list every ten."""
    draw = np.random.default_rng(seed)
    bandit = Bandit(strategies())
    done: set[tuple[str, int]] = set()
    pixels = seconds = 0.0
    while len(done) < PICKS:
        left = [one for one in pool.facts if (one.case_key, one.slice_index) not in done]
        if halves:  # the second half of the patients comes later, as from a new scanner
            first = [one for one in left if int(one.patient[1:]) < 6]
            left = first if len(done) < PICKS // 2 else [o for o in left if o not in first]

        def choose() -> str:
            return bandit.choose(draw) if choice == "learned" else choice

        for proposal in worklist(left, choose, draw, 10):
            key = (proposal.facts.case_key, proposal.facts.slice_index)
            amount = pool.wrong[key]
            took = LOOK_SECONDS + amount / PIXELS_PER_SECOND
            took *= float(np.exp(draw.normal(0.0, UNSTEADY)))
            bandit.reward(proposal.strategy, amount / took)
            pixels, seconds = pixels + amount, seconds + took
            done.add(key)
    return pixels / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=PROJECT / "resources/models/ct-lung/1.0.0")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    facts = machine()
    choices = ["learned", *strategies()]
    makers = [lambda seed, name=name: one_is_right(name, seed) for name in FIGURES]
    makers.append(lambda seed: one_is_right("entropy", seed, "inconsistency"))
    real = phantoms(options.model)
    makers.append(lambda seed: real)
    rows = []
    for make in makers:
        found: dict[str, list[float]] = {choice: [] for choice in choices}
        for seed in range(options.seeds):
            pool = make(seed)
            for choice in choices:
                found[choice].append(work(pool, choice, seed, "then" in pool.name))
        row = {"pool": pool.name, **{name: float(np.mean(v)) for name, v in found.items()}}
        row["spread"] = {name: float(np.std(v)) for name, v in found.items()}
        rows.append(row)
    print("| pool | " + " | ".join(choices) + " |")
    print("|---" * (1 + len(choices)) + "|")
    for row in rows:
        cells = (f"{row[name]:.1f} ± {row['spread'][name]:.1f}" for name in choices)
        print(f"| {row['pool']} | " + " | ".join(cells) + " |")
    means = {name: float(np.mean([row[name] for row in rows])) for name in choices}
    worst = {
        name: min(row[name] / max(row[one] for one in choices) for row in rows) for name in choices
    }
    print("| mean | " + " | ".join(f"{means[name]:.1f}" for name in choices) + " |")
    print("| worst share of the best | " + " | ".join(f"{worst[n]:.2f}" for n in choices) + " |")
    if options.json:
        data = {"machine": facts, "seeds": options.seeds, "rows": rows, "mean": means}
        data["worst_share_of_best"] = worst
        options.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
