"""What k corrected slices are worth, and what they cost of the old skill: recipes side by side.

python benchmarks/learning_curve.py [--quick] [--tasks NAME ...] [--recipes NAME ...] [--k N ...]
    [--seeds N] [--steps N] [--base-steps N] [--json FILE]

Tasks, split by patient; corrections have the known truth:
- shift: a base of our own on three chest CTs without noise, kernel and opacity augmentation. k
  slices of two other patients under "noise 100 HU", "sharp kernel" and "30 % of each lung filled"
  together; target: two more patients so treated; old skill: the same two as they are.
- bone: a fresh head on the bundled encoder; bone is what is above 200 HU in pieces of 1 ml and
  more, so contrast in the heart is in it; target: two patients that are not corrected.
- cord: the spinal cord in four MR series of ../shared/data/labelled/spine_mr (n = 4 series of four
  contrasts, of one or few people), each series in turn the target of the slices of the other
  three.
A new task has no old skill; its "before" is nothing.

Recipes: ours (AdamW 3e-4, one cycle, averaged weights, the old network teaches on phantoms, 75 %
new weights; for a new task 5e-3, no rehearsal, and batches of 2 with as many more steps),
no-replay (ours without rehearsal and blend), head-only, scratch (new tasks), and monai-label (all
layers, AdamW 1e-4, 50 epochs of single slices, DiceCE, no replay). Rows that the JSON file has
already are not run again.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # as the program does
import torch
from figures import machine
from stress import stressed
from torch import nn
from trial import MANIFEST, MODEL, slice_dice

from medview.ai.card import ModelCard, read_card
from medview.ai.input_spec import InputSpec
from medview.ai.network.predictor import Predictor, load_network
from medview.ai.network.unet import UNet
from medview.ai.training import make_model
from medview.ai.training.augment import FAMILIES, AugmentOptions
from medview.ai.training.batches import Batches
from medview.ai.training.blend import blend
from medview.ai.training.grow import fresh_head
from medview.ai.training.rehearsal import REHEARSAL_SEEDS, rehearsal_samples
from medview.ai.training.samples import Sample, samples_of, window_of
from medview.ai.training.teacher import Teacher
from medview.ai.training.trainer import FitOptions, fit
from medview.core.labels import Label, LabelTable, default_color, side_pairs
from medview.core.volume import Volume
from medview.formats import nifti
from medview.session.manifest import read_case, read_manifest
from medview.session.recipe import NEW_TASK_BATCH, gentle

SPINE = MANIFEST.parent.parent / "labelled/spine_mr"
BASE_PATIENTS = ("cmb_crc_01068", "lung_dx_a0001", "fourd_lung_113")
CORRECTED = ("nsclc_r01_001", "acrin_flt_013")
TARGETS = ("lung_dx_a0002", "cptac_c3l_00189")
STRESSES = ("noise 100 HU", "sharp kernel", "30 % of each lung filled")
SERIES = {
    "t1": ("t1/t1w.nii.gz", "t1/t1w_seg-manual.nii.gz"),
    "t2": ("t2/t2.nii.gz", "t2/t2_seg-manual.nii.gz"),
    "t2s": ("t2s/t2s.nii.gz", "t2s/t2s_seg.nii.gz"),
    "mt1": ("mt/mt1.nii.gz", "mt/mt1_seg.nii.gz"),
}
NOT_SEEN = {"noise": 0.0, "kernel": 0.0, "coarse": 0.0, "opacity": 0.0}
EPOCHS = 50  # of MONAI Label's recipe
LABELS = {"shift": ("right lung", "left lung"), "bone": ("bone",), "cord": ("spinal cord",)}
RECIPES = ("ours", "no-replay", "head-only", "scratch", "monai-label")

Case = tuple[Volume, np.ndarray]


@dataclass
class Task:
    """``slices`` may be corrected; Dice is measured on ``target``, forgetting on ``old``."""

    card: ModelCard
    network: UNet
    slices: list[Sample]
    target: list[Case]
    old: list[Case]
    is_new: bool
    size: tuple[int, int] = (208, 240)
    before: tuple[float | None, float | None] | None = None  # once it is measured

    def window(self, picked: list[Sample]) -> tuple[int, int]:
        """Of training: what a new network will see, or what the old one has learned in."""
        return window_of(picked, self.size) if self.is_new else self.size


def main() -> None:
    options = arguments()
    state: dict[str, Any] = {"machine": machine(), "rows": []}
    if options.json.exists():
        state = json.loads(options.json.read_text(encoding="utf-8"))
    known = {tuple(row[name] for name in ("task", "recipe", "k", "seed")) for row in state["rows"]}
    for name in options.tasks:
        build = None
        for seed in range(options.seeds):
            for k in options.k:
                for recipe in options.recipes:
                    if (name, recipe, k, seed) in known or not fits(name, recipe):
                        continue
                    build = build or TASKS[name](options)
                    row = {"task": name, "recipe": recipe, "k": k, "seed": seed}
                    if build[0].is_new:
                        row["features"] = read_card(options.model).id
                    row |= run(build, recipe, k, seed, options)
                    state["rows"].append(row)
                    options.json.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
                    print(row, flush=True)
    print_tables(state["rows"])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one seed, k = 8, few steps")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--recipes", nargs="+", choices=RECIPES, default=list(RECIPES))
    parser.add_argument("--k", nargs="+", type=int, default=[1, 4, 8, 16])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--base-steps", type=int, default=300, help="plain, then twice augmented")
    parser.add_argument("--base-width", type=int, default=8, help="of shift; the bundled has 16")
    parser.add_argument("--batch", type=int, default=8, help="slices in a step of ours, of shift")
    parser.add_argument("--new-batch", type=int, default=NEW_TASK_BATCH, help="and of a new task")
    parser.add_argument("--rate", type=float, default=3e-4, help="learning rate of ours")
    parser.add_argument("--new-rate", type=float, default=5e-3, help="and of ours for a new task")
    parser.add_argument("--wide-first", type=float, default=0.0, help="share of scratch's steps")
    parser.add_argument("--opacity", type=float, help="share of pasted ones, not the recipe's")
    parser.add_argument("--contrast", type=float, help="share of other contrasts, likewise")
    parser.add_argument("--new-share", type=float, default=0.75, help="of the new weights, ours")
    parser.add_argument("--every", type=int, default=3, help="slices between two measured ones")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--json", type=Path, default=Path("learning_curve.json"))
    options = parser.parse_args()
    options.epochs = EPOCHS
    if options.quick:
        options.k, options.seeds, options.steps, options.base_steps = [8], 1, 6, 24
        options.every, options.epochs = 16, 1
        options.json = options.json.with_name(f"quick_{options.json.name}")
    return options


def fits(task: str, recipe: str) -> bool:
    """Scratch and replay are no choice for every task."""
    return recipe != ("scratch" if task == "shift" else "no-replay")


def run(
    tasks: list[Task], recipe: str, k: int, seed: int, options: argparse.Namespace
) -> dict[str, Any]:
    """Means over the task's turns: target and old Dice before and after, seconds of training."""
    turns = []
    for task in tasks:
        picked = chosen(task.slices, k, seed)
        started = time.perf_counter()
        learn = monai_label if recipe == "monai-label" else our_loop
        network = learn(task, picked, recipe, seed, options)
        seconds = time.perf_counter() - started
        after = measure(task, network, options.every)
        if not task.is_new and task.before is None:
            task.before = measure(task, task.network, options.every)
        before = task.before or (None, None)
        turns.append((before[0], after[0], before[1], after[1], seconds))
    names = ("target_before", "target_after", "old_before", "old_after", "seconds")
    columns = zip(names, zip(*turns, strict=True), strict=True)
    return {
        name: None if None in values else round(float(np.mean(values)), 4)
        for name, values in columns
    }


def chosen(slices: list[Sample], k: int, seed: int) -> list[Sample]:
    """k slices with something in them, at weight 1; the same for every recipe."""
    filled = [one for one in slices if one.labels.any()]
    random = np.random.default_rng(1000 + seed)
    picked = random.choice(len(filled), min(k, len(filled)), replace=False)
    return [replace(filled[i], weight=1.0) for i in sorted(picked)]


def our_loop(
    task: Task, picked: list[Sample], recipe: str, seed: int, options: argparse.Namespace
) -> nn.Module:
    network = copy.deepcopy(task.network)
    if recipe == "scratch":
        network = make_model.new_network(task.card.architecture, task.card.arguments, seed)
    if recipe == "head-only":
        network.requires_grad_(False)
        network.head.requires_grad_(True)
    replays = recipe == "ours" and not task.is_new
    teachers = []
    if replays:
        old = copy.deepcopy(task.network).requires_grad_(False)
        phantoms = rehearsal_samples(task.card.input, task.card.classes, REHEARSAL_SEEDS)
        teachers = [Teacher(old, phantoms, 0.375)]
    batch = options.new_batch if task.is_new else options.batch
    asked = {name: getattr(options, name) for name in ("opacity", "contrast")}
    strengths = {
        **gentle(task.card),
        **{n: share for n, share in asked.items() if share is not None},
    }
    rate = options.new_rate if task.is_new else options.rate
    fitting = FitOptions(
        steps=options.steps * options.batch // batch,
        batch=batch,
        learning_rate=make_model.FROM_SCRATCH_RATE if recipe == "scratch" else rate,
        wide_first=options.wide_first if recipe == "scratch" else 0.0,
        balance=FitOptions.balance if task.is_new else 0.0,
        average=0.98,
        seed=seed,
        precision="fp32",
        size=task.window(picked),
        augment=augmentation(task.card, strengths),
    )
    new = fit(network, picked, task.card.classes, fitting, lambda _step: True, teachers)
    return blend(task.network, new, options.new_share) if replays else new


def monai_label(
    task: Task, picked: list[Sample], _recipe: str, seed: int, options: argparse.Namespace
) -> nn.Module:
    """MONAI Label's radiology segmentation trainer: constant rate, single slices, DiceCE."""
    from monai.losses import DiceCELoss

    torch.manual_seed(seed)
    network = copy.deepcopy(task.network).train().requires_grad_(True)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4, weight_decay=1e-5)
    criterion = DiceCELoss(to_onehot_y=True, softmax=True)
    batches = Batches(picked, task.card.classes, seed)
    size = task.window(picked)
    for _ in range(options.epochs * len(picked)):
        images, labels, _ = batches.draw(1, size)
        images[:, :3] += 0.1 * (2.0 * torch.rand(1) - 1.0)  # its RandShiftIntensity
        optimizer.zero_grad(set_to_none=True)
        criterion(network(images), labels[:, None]).backward()
        optimizer.step()
    return network.eval()


def augmentation(card: ModelCard, changes: dict[str, float]) -> AugmentOptions:
    return AugmentOptions(
        swap=side_pairs(card.labels),
        fill=make_model.fill_labels(card.labels),
        unit=(card.input.high - card.input.low) / 2.0,
        **changes,
    )


def measure(task: Task, network: nn.Module, every: int) -> tuple[float | None, float | None]:
    """Mean Dice over the labels and cases of the target, and of the old skill."""
    with tempfile.TemporaryDirectory() as folder:
        make_model.save_weights(network, Path(folder), replace(task.card, sha256=""))
        predictor = Predictor(Path(folder), "cpu")
    names = [name for wanted in LABELS.values() for name in wanted]

    def mean(cases: list[Case]) -> float | None:
        found = [
            value
            for volume, truth in cases
            for name, value in slice_dice(
                predictor, volume, truth, min(every, *volume.geometry.shape)
            ).items()
            if name.lower() in names and value is not None
        ]
        return float(np.mean(found)) if found else None

    return mean(task.target), mean(task.old)


def chest(cases: tuple[str, ...]) -> list[Case]:
    manifest = read_manifest(MANIFEST)
    rows = {row.case: row for row in manifest.rows}
    return [read_case(rows[name]) for name in cases]


def samples(cases: list[Case], card: ModelCard) -> list[Sample]:
    found: list[Sample] = []
    for number, case in enumerate(cases):
        found += samples_of(*case, card.input, classes=card.classes, patient=str(number))
    return found


def shift(options: argparse.Namespace) -> list[Task]:
    card = read_card(options.model)
    folder = options.json.with_name(f"{options.json.stem}_base_{options.base_steps}")
    if not (folder / "card.json").exists():
        card = replace(
            card,
            arguments={**card.arguments, "base": options.base_width},
            calibration={},
            familiarity={},
        )
        network = make_model.new_network(card.architecture, card.arguments, 0)
        cases = samples(chest(BASE_PATIENTS), card)
        plain = {name: 0.0 for names in FAMILIES.values() for name in names}
        highest = make_model.FROM_SCRATCH_RATE
        for steps, rate, off in (
            (options.base_steps, highest, plain),
            (2 * options.base_steps, highest / 2, NOT_SEEN),
        ):
            fitting = FitOptions(
                steps=steps,
                batch=4,
                learning_rate=rate,
                average=0.99,
                precision="fp32",
                augment=augmentation(card, off),
            )
            network = fit(network, cases, card.classes, fitting, lambda _step: True)
            network.requires_grad_(True)
        make_model.save_weights(network, folder, card)
    card, network = load_network(folder)
    hard = [
        (stressed(volume, truth, STRESSES, seed), truth)
        for seed, (volume, truth) in enumerate(chest((*CORRECTED, *TARGETS)))
    ]
    slices = samples(hard[: len(CORRECTED)], card)
    return [Task(card, network, slices, hard[len(CORRECTED) :], chest(TARGETS), False)]


def bone(options: argparse.Namespace) -> list[Task]:
    card, network = new_task(options.model, "bone", None)
    found = [(volume, bones(volume)) for volume, _ in chest((*CORRECTED, *TARGETS))]
    slices = samples(found[: len(CORRECTED)], card)
    return [Task(card, network, slices, found[len(CORRECTED) :], [], True)]


def bones(volume: Volume) -> np.ndarray:
    pieces, _ = ndimage.label(volume.voxels > 200)
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    ml = sizes * float(np.prod(volume.geometry.spacing_mm)) / 1000.0
    return (ml >= 1.0)[pieces].astype(np.uint8)


def cord(options: argparse.Namespace) -> list[Task]:
    spec = InputSpec(0.5, 3.0, 0.0, InputSpec.SCALE, "MR", scaled=True)
    card, network = new_task(options.model, "spinal cord", spec)
    cases = {name: spine(*paths) for name, paths in SERIES.items()}
    by_series = {name: samples([case], card) for name, case in cases.items()}
    return [
        Task(
            card,
            network,
            [one for other, found in by_series.items() if other != name for one in found],
            [case],
            [],
            True,
            (128, 128),
        )
        for name, case in cases.items()
    ]


def spine(image: str, labels: str) -> Case:
    """A series and its cord."""
    truth = nifti.read_volume(SPINE / labels).voxels > 0
    return replace(nifti.read_volume(SPINE / image), modality="MR"), truth.astype(np.uint8)


def new_task(model: Path, label: str, spec: InputSpec | None) -> tuple[ModelCard, UNet]:
    """A card with one label, and the bundled features under a fresh head."""
    card, network = load_network(model)
    table = LabelTable.of([Label(1, label, default_color(1))])
    arguments = {**card.arguments, "classes": 2}
    card = replace(
        card,
        labels=table,
        arguments=arguments,
        input=spec or card.input,
        calibration={},
        familiarity={},
    )
    return card, fresh_head(network, 2, 0)


TASKS: dict[str, Callable[[argparse.Namespace], list[Task]]] = {
    "shift": shift,
    "bone": bone,
    "cord": cord,
}


def print_tables(rows: list[dict[str, Any]]) -> None:
    """Means over the seeds, a table a task."""
    columns = ("target_before", "target_after", "old_before", "old_after", "seconds")
    for task in dict.fromkeys(row["task"] for row in rows):
        print(f"\n| {task}: k | recipe | seeds | {' | '.join(columns)} |")
        print("|---" * (3 + len(columns)) + "|")
        mine = [row for row in rows if row["task"] == task]
        for k, recipe in sorted({(row["k"], row["recipe"]) for row in mine}):
            found = [row for row in mine if (row["k"], row["recipe"]) == (k, recipe)]
            means = [mean_of([row[name] for row in found]) for name in columns]
            print(f"| {k} | {recipe} | {len(found)} | {' | '.join(means)} |")


def mean_of(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{np.mean(known):.3f}" if known else "-"


if __name__ == "__main__":
    main()
