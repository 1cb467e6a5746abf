"""Yes/no findings of slices, read from the encoder's features and learned from tagged slices.

A finding is a ridge logistic regression on a slice's features, and attention over the slices of the
volume: every slice is judged together with the slices that are near or speak most clearly (Ilse et
al. 2018, "Attention-based deep multiple instance learning", with a fall by distance). A few hundred
numbers, learned in a second by numpy, asked without the model's thread.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError

FINDINGS = "findings.safetensors"  # beside a model's weights
UNKNOWN = -1  # a target that nobody gave
REACHES_MM = (2.0, 8.0, 25.0)  # how far attention may fall off, tried in turn
PULLS = (3.0, 30.0, 300.0)  # of the ridge toward nought, tried in turn where volumes allow
_FAR = 1e9

Floats = NDArray[np.float32]
ARRAYS = ("mean", "deviation", "weight", "bias", "mix", "reach_mm")


@dataclass(frozen=True, eq=False)
class TaggedVolume:
    """``features`` (slices, n), ``places_mm`` (slices,) along the body, ``targets`` (slices,) of
    0, 1 or `UNKNOWN`. Volumes of one ``patient`` are left out together; "": of nobody else."""

    features: Floats
    places_mm: Floats
    targets: NDArray[np.int8]
    patient: str = ""


@dataclass(frozen=True, eq=False)
class Finding:
    """``mean``, ``deviation``, ``weight`` (n,); ``bias``, ``reach_mm``; ``mix`` (3,): the shares of
    the slice itself and of its surroundings, and a constant."""

    name: str
    model: str  # whose features it reads, NAME@VERSION
    arrays: dict[str, Floats]

    def own_logits(self, features: Floats) -> Floats:
        """(slices,) from each slice alone."""
        a = self.arrays
        own = ((features - a["mean"]) / a["deviation"]) @ a["weight"] + a["bias"]
        found: Floats = own.astype(np.float32)
        return found

    def scores(self, features: Floats, places_mm: Floats) -> Floats:
        """Probabilities (slices,) of the slices of one volume."""
        own = self.own_logits(features)
        around = surroundings(own, places_mm, float(self.arrays["reach_mm"]))
        mix = self.arrays["mix"]
        found: Floats = _sigmoid(mix[0] * own + mix[1] * around + mix[2]).astype(np.float32)
        return found


def attention(own: NDArray[Any], places_mm: NDArray[Any], reach_mm: float) -> NDArray[Any]:
    """(slices, slices), rows sum to 1: near slices and those that say yes clearly count most."""
    apart = np.abs(places_mm[:, None] - places_mm[None, :])
    near = np.clip(own, -4.0, 4.0)[None, :] / 4.0 - apart / reach_mm
    share = np.exp(near - near.max(axis=1, keepdims=True))
    result: NDArray[Any] = share / share.sum(axis=1, keepdims=True)
    return result


def surroundings(own: NDArray[Any], places_mm: NDArray[Any], reach_mm: float) -> NDArray[Any]:
    """(slices,) what the attended slices say."""
    found: NDArray[Any] = attention(own, places_mm, reach_mm) @ own
    return found


def learn(
    volumes: Sequence[TaggedVolume], name: str, model: str, *, pull: float | None = None
) -> Finding:
    """A finding from tagged slices; yes and no count alike however many there are of each.

    With three volumes or more the ridge's strength and attention's reach are chosen on volumes left
    out, and what is said of those calibrates the scores (Platt 1999): they follow how often yes is
    true among slices like the tagged ones. With fewer the middle ones are taken. MedviewError
    "too-few-tags" without a yes or without a no.
    """
    targets = np.concatenate([one.targets for one in volumes])
    if not (targets == 1).any() or not (targets == 0).any():
        raise MedviewError(
            f"{name} needs at least one slice tagged yes and one tagged no.",
            hint="Tag some more slices.",
            code="too-few-tags",
        )
    pulls = (pull,) if pull is not None else PULLS
    folds = _folds(volumes)
    best, scale = (PULLS[1] if pull is None else pull, REACHES_MM[1]), (1.0, 0.0)
    if folds:
        trials = {}
        for strength in pulls:
            ridges = [_ridge(train, strength) for train, _ in folds]
            for reach in REACHES_MM:
                trials[strength, reach] = _left_out(folds, ridges, reach)
        best = min(trials, key=lambda key: _loss(*trials[key]))
        scale = _platt(*trials[best])
    arrays = _ridge(volumes, best[0])
    arrays["reach_mm"] = np.float32(best[1])
    arrays["mix"] = scale[0] * _mix(volumes, arrays) + np.array([0.0, 0.0, scale[1]])
    return Finding(name, model, {key: np.asarray(v, np.float32) for key, v in arrays.items()})


def _folds(
    volumes: Sequence[TaggedVolume],
) -> list[tuple[list[TaggedVolume], list[TaggedVolume]]]:
    """Up to four (train, test) splits by patient whose train sides hold both answers."""
    patients: dict[str, list[TaggedVolume]] = {}
    for number, one in enumerate(volumes):
        if (one.targets != UNKNOWN).any():
            patients.setdefault(one.patient or f"volume {number}", []).append(one)
    if len(patients) < 3:
        return []
    groups, count = list(patients.values()), min(4, len(patients))
    splits = []
    for fold in range(count):
        train = [one for n, group in enumerate(groups) if n % count != fold for one in group]
        known = np.concatenate([one.targets for one in train])
        if (known == 1).any() and (known == 0).any():
            splits.append((train, [one for group in groups[fold::count] for one in group]))
    return splits


def _left_out(
    folds: list[tuple[list[TaggedVolume], list[TaggedVolume]]],
    ridges: list[dict[str, Any]],
    reach: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Log odds and answers of all tagged slices, by findings that never saw their volume."""
    odds, answers = [], []
    for (train, test), ridge in zip(folds, ridges, strict=True):
        arrays = {**ridge, "reach_mm": np.float32(reach)}
        arrays["mix"] = _mix(train, arrays)
        finding = Finding("", "", arrays)
        for one in test:
            known = one.targets != UNKNOWN
            p = finding.scores(one.features, one.places_mm)[known].astype(np.float64)
            p = np.clip(p, 1e-4, 1.0 - 1e-4)
            odds.append(np.log(p / (1.0 - p)))
            answers.append(one.targets[known] == 1)
    return np.concatenate(odds), np.concatenate(answers)


def _loss(odds: NDArray[np.float64], yes: NDArray[np.bool_]) -> float:
    return float(np.logaddexp(0.0, np.where(yes, -odds, odds)).mean())


def _platt(odds: NDArray[np.float64], yes: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and shift of the log odds that make left-out scores true; (1, 0) without both answers.

    A weak pull toward (1, 0): a handful of slices says little.
    """
    if yes.all() or not yes.any():
        return 1.0, 0.0
    toward = np.array([1.0, 0.0])
    slope, shift = _logistic(odds[:, None], yes, 1.0, toward=toward, balanced=False)
    return max(float(slope), 0.1), float(shift)


def _ridge(volumes: Sequence[TaggedVolume], pull: float) -> dict[str, Any]:
    """Standardisation, weight and bias of the slices alone."""
    features = np.concatenate([one.features for one in volumes]).astype(np.float64)
    targets = np.concatenate([one.targets for one in volumes])
    mean, deviation = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-3)
    known = targets != UNKNOWN
    x = (features[known] - mean) / deviation
    solved = _logistic(x, targets[known] == 1, pull)
    return {"mean": mean, "deviation": deviation, "weight": solved[:-1], "bias": solved[-1]}


def _mix(volumes: Sequence[TaggedVolume], arrays: dict[str, Any]) -> NDArray[np.float64]:
    """How much the slice and its surroundings count; a weak pull toward the slice alone."""
    finding = Finding("", "", {**arrays, "mix": np.array([1.0, 0.0, 0.0])})
    rows, answers = [], []
    for one in volumes:
        own = finding.own_logits(one.features)
        around = surroundings(own, one.places_mm, float(arrays["reach_mm"]))
        known = one.targets != UNKNOWN
        rows.append(np.stack([own, around], axis=1)[known])
        answers.append(one.targets[known] == 1)
    solved: NDArray[np.float64] = _logistic(
        np.concatenate(rows), np.concatenate(answers), 1.0, toward=np.array([1.0, 0.0, 0.0])
    )
    return solved


def _logistic(
    x: NDArray[np.float64],
    yes: NDArray[np.bool_],
    pull: float,
    toward: Any = 0.0,
    *,
    balanced: bool = True,
) -> NDArray[np.float64]:
    """Weights and bias (n + 1,) of a logistic regression with a ridge ``toward``; ``balanced``: yes
    and no count alike."""
    from scipy.optimize import minimize

    share = np.ones(len(yes))
    if balanced:
        share = np.where(yes, 0.5 / max(1, yes.sum()), 0.5 / max(1, (~yes).sum())) * len(yes)
    ridge = np.full(x.shape[1] + 1, pull)
    ridge[-1] = 1e-3
    wide = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    start = np.zeros(wide.shape[1]) + toward

    def loss(solution: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = wide @ solution
        away = solution - toward
        value = (share * np.logaddexp(0.0, np.where(yes, -z, z))).sum()
        slope = wide.T @ (share * (_sigmoid(z) - yes)) + ridge * away
        return float(value + 0.5 * (ridge * away**2).sum()), slope

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    solved: NDArray[np.float64] = found.x
    return solved


def _sigmoid(z: NDArray[Any]) -> NDArray[Any]:
    result: NDArray[Any] = 1.0 / (1.0 + np.exp(-np.clip(z, -40.0, 40.0)))
    return result


# ---- files


def write_findings(findings: Sequence[Finding], path: Path) -> None:
    """One safetensors file, atomically; names and models are its metadata."""
    from safetensors.numpy import save_file

    facts = {"findings": json.dumps([[one.name, one.model] for one in findings])}
    arrays = {
        f"{number}.{key}": np.array(one.arrays[key], np.float32, order="C")
        for number, one in enumerate(findings)
        for key in ARRAYS
    }
    with atomic_path(path) as temporary:
        save_file(arrays, temporary, metadata=facts)
        Path(temporary).chmod(0o644)


def read_findings(path: Path) -> list[Finding]:
    """MedviewError "bad-findings" for a file that holds none: other names, shapes, not finite."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            named = json.loads((file.metadata() or {})["findings"])
            found = []
            for number, (name, model) in enumerate(named):
                arrays = {key: file.get_tensor(f"{number}.{key}") for key in ARRAYS}
                _check(arrays)
                found.append(Finding(str(name), str(model), arrays))
        return found
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise MedviewError(f"{path} holds no findings: {error}.", code="bad-findings") from error


def _check(arrays: dict[str, Floats]) -> None:
    wanted = {"weight": arrays["mean"].shape, "deviation": arrays["mean"].shape, "mix": (3,)}
    wanted |= {"bias": (), "reach_mm": ()}
    for name, shape in wanted.items():
        if arrays[name].shape != shape:
            raise ValueError(f"{name} is {arrays[name].shape}, not {shape}")
    if not all(np.isfinite(one).all() for one in arrays.values()):
        raise ValueError("numbers that are not finite")
    if (arrays["deviation"] <= 0).any() or not 0 < float(arrays["reach_mm"]) < _FAR:
        raise ValueError("a deviation or reach that is no length")


def auroc(scores: NDArray[Any], truth: NDArray[np.bool_]) -> float | None:
    """Area under the ROC curve (ties count half); None where only one answer occurs."""
    from scipy.stats import rankdata

    positive = int(truth.sum())
    negative = truth.size - positive
    if not positive or not negative:
        return None
    ranks = rankdata(scores)
    area = (ranks[truth].sum() - positive * (positive + 1) / 2.0) / (positive * negative)
    return float(area)
