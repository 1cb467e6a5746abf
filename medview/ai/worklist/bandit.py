"""Learning from the doctor: Thompson sampling over strategies (Thompson 1933, Russo et al. 2018).

The reward of a proposal is how many pixels were corrected per second of editing. Each strategy's
mean reward has a normal-inverse-gamma posterior; what was long ago counts less, because models and
cases change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

KEPT = 0.97  # weight of everything known, per reward
_PRIOR_WEIGHT = 1.0  # rewards that the prior is worth


@dataclass
class Arm:
    """Discounted sums of one strategy's rewards: weight, sum, sum of squares."""

    weight: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float | None:
        return self.total / self.weight if self.weight > 1e-9 else None


class Bandit:
    """Chooses strategies by their ids; ``arms`` may be shown, `to_text` kept, `reset` clears."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.arms: dict[str, Arm] = {one: Arm() for one in ids}
        self.rewards = 0

    def choose(self, draw: np.random.Generator) -> str:
        """The strategy whose drawn mean reward is the highest."""
        drawn = {name: self._draw_mean(arm, draw) for name, arm in self.arms.items()}
        return max(drawn, key=lambda name: drawn[name])

    def reward(self, name: str, value: float) -> None:
        """A proposal of ``name`` was worked on; unknown names and numbers that are none are not."""
        if name not in self.arms or not np.isfinite(value):
            return
        for arm in self.arms.values():
            arm.weight, arm.total, arm.squares = (
                KEPT * arm.weight, KEPT * arm.total, KEPT * arm.squares,
            )  # fmt: skip
        arm = self.arms[name]
        arm.weight, arm.total, arm.squares = (
            arm.weight + 1.0, arm.total + value, arm.squares + value * value,
        )  # fmt: skip
        self.rewards += 1

    def reset(self) -> None:
        """Forget everything."""
        self.arms = {name: Arm() for name in self.arms}
        self.rewards = 0

    def _draw_mean(self, arm: Arm, draw: np.random.Generator) -> float:
        """A mean reward from the posterior; the prior is centred on what all arms gave."""
        weight = sum(one.weight for one in self.arms.values())
        if weight < 1e-9:
            return float(draw.normal())
        centre = sum(one.total for one in self.arms.values()) / weight
        spread = max(sum(o.squares for o in self.arms.values()) / weight - centre**2, 1e-12)
        known = _PRIOR_WEIGHT + arm.weight
        mean = (_PRIOR_WEIGHT * centre + arm.total) / known
        own = arm.squares - arm.total**2 / arm.weight if arm.weight > 1e-9 else 0.0
        shift = 0.0 if arm.mean is None else arm.mean - centre
        scale = spread + max(own, 0.0) / 2.0
        scale += arm.weight * _PRIOR_WEIGHT / known * shift**2 / 2.0
        variance = scale / draw.gamma(1.0 + arm.weight / 2.0)
        return float(draw.normal(mean, np.sqrt(variance / known)))

    def to_text(self) -> str:
        arms = {name: [a.weight, a.total, a.squares] for name, a in self.arms.items()}
        return json.dumps({"rewards": self.rewards, "arms": arms})

    @classmethod
    def from_text(cls, ids: Iterable[str], text: str | None) -> Bandit:
        """As it was kept; strategies that are new begin without knowledge."""
        bandit = cls(ids)
        try:
            data = json.loads(text) if text else {}
            bandit.rewards = int(data.get("rewards", 0))
            for name, (weight, total, squares) in data.get("arms", {}).items():
                if name in bandit.arms:
                    bandit.arms[name] = Arm(float(weight), float(total), float(squares))
        except (ValueError, TypeError, AttributeError):
            bandit.reset()
        return bandit
