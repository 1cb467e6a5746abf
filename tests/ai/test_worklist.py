"""Strategies rank, the list spreads over patients, the bandit finds what saves time."""

import numpy as np
import pytest

from medview.ai.worklist.bandit import Bandit
from medview.ai.worklist.pick import RANDOM_EVERY, worklist
from medview.ai.worklist.strategy import SliceFacts, strategies


def facts(patients=3, slices=10):
    draw = np.random.default_rng(0)
    return [
        SliceFacts(f"c{p}", f"p{p}", s, *draw.random(4).tolist())
        for p in range(patients)
        for s in range(slices)
    ]


def test_the_program_finds_five_strategies():
    assert list(strategies()) == [
        "entropy", "disagreement", "inconsistency", "rare_class", "random",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("entropy", "doubt"),
        ("disagreement", "disagreement"),
        ("inconsistency", "inconsistency"),
        ("rare_class", "rarity"),
    ],
)
def test_each_strategy_follows_its_own_figure(name, field):
    draw = np.random.default_rng(0)
    strategy = strategies()[name]
    assert strategy.name
    assert strategy.description
    for one in facts():
        assert strategy.score(one, draw) == getattr(one, field)


def test_one_slice_per_patient_and_round_the_most_doubtful_first():
    rows = facts(patients=3)
    proposals = worklist(rows, lambda: "entropy", np.random.default_rng(0), 4)
    assert len({one.facts.patient for one in proposals[:3]}) == 3
    assert [one.strategy for one in proposals] == ["entropy"] * 4
    top = max(rows, key=lambda one: one.doubt)
    assert proposals[0].facts == top
    for proposal in proposals[:3]:
        own = [one for one in rows if one.patient == proposal.facts.patient]
        assert proposal.facts == max(own, key=lambda one: one.doubt)


def test_every_fifth_is_random():
    proposals = worklist(facts(), lambda: "entropy", np.random.default_rng(0), 20)
    assert [n for n, one in enumerate(proposals) if one.strategy == "random"] == [4, 9, 14, 19]
    assert RANDOM_EVERY == 5
    firsts = {
        worklist(facts(), lambda: "entropy", np.random.default_rng(seed), 5)[4].facts.slice_index
        for seed in range(20)
    }
    assert len(firsts) > 3


def test_a_strategy_that_cannot_tell_leaves_it_to_chance():
    rows = [SliceFacts("c", "p", n, doubt=n / 10) for n in range(8)]  # no version before
    proposals = worklist(rows, lambda: "disagreement", np.random.default_rng(0), 8)
    assert {one.strategy for one in proposals} == {"random"}
    assert [one.facts.slice_index for one in proposals] != list(range(8))


def test_no_slice_comes_twice_and_a_small_patient_does_not_block():
    rows = [*facts(patients=2, slices=6), SliceFacts("c9", "p9", 0)]
    proposals = worklist(rows, lambda: "entropy", np.random.default_rng(0), 50)
    seen = [(one.facts.case_key, one.facts.slice_index) for one in proposals]
    assert len(seen) == len(set(seen)) == len(rows)


def test_the_bandit_learns_the_better_arm_and_follows_a_change():
    bandit, draw = Bandit(["good", "bad", "worse"]), np.random.default_rng(3)
    value = {"good": 30.0, "bad": 15.0, "worse": 5.0}
    chosen = []
    for _ in range(200):
        name = bandit.choose(draw)
        chosen.append(name)
        bandit.reward(name, max(draw.normal(value[name], 8.0), 0.0))
    assert chosen[100:].count("good") > 75
    value["good"], value["worse"] = 2.0, 40.0
    for _ in range(200):
        name = bandit.choose(draw)
        chosen.append(name)
        bandit.reward(name, max(draw.normal(value[name], 8.0), 0.0))
    assert chosen[300:].count("worse") > 75


def test_a_new_bandit_tries_all_and_odd_rewards_are_no_news():
    draw = np.random.default_rng(0)
    bandit = Bandit(["a", "b", "c"])
    assert {bandit.choose(draw) for _ in range(50)} == {"a", "b", "c"}
    bandit.reward("a", float("nan"))
    bandit.reward("unknown", 3.0)
    assert bandit.rewards == 0


def test_what_was_learned_is_kept_shown_and_reset():
    bandit = Bandit(["a", "b"])
    bandit.reward("a", 12.0)
    bandit.reward("a", 14.0)
    again = Bandit.from_text(["a", "b", "new"], bandit.to_text())
    assert again.arms["a"].mean == pytest.approx(bandit.arms["a"].mean)
    assert again.arms["new"].mean is None
    assert again.rewards == 2
    again.reset()
    assert again.arms["a"].mean is None
    assert Bandit.from_text(["a"], "{broken").rewards == 0
