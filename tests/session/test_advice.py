"""The advice under a comparison is what the figures say, and says when they say too little."""

import pytest

from medview.session.advice import PHANTOM_CASE, add_advice, forgotten, gates, summary


def row(case, values, label="right lung", *, seen=False):
    return {
        "case": case, "label": label, "current": values[0], "candidate": values[1], "seen": seen,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("held_out", "phantoms", "passed", "word"),
    [
        ((0.80, 0.85), (0.97, 0.96), [True, True], "better on held-out cases and keeps"),
        ((0.80, 0.85), (0.97, 0.90), [True, False], "forgets the right lung"),
        ((0.80, 0.801), (0.97, 0.97), [False, True], "no clear difference"),
        ((0.80, 0.70), (0.97, 0.90), [False, False], "Discard"),
        (None, (0.97, 0.97), [True], "not known"),
    ],
)
def test_the_gate_advises_in_words(held_out, phantoms, passed, word):
    table = [row(PHANTOM_CASE, phantoms)] + ([row("case 1", held_out)] if held_out else [])
    result = gates(table)
    assert [check["passed"] for check in result["checks"]] == passed
    assert word in result["advice"]


def test_few_patients_are_said_and_many_give_an_interval():
    few = [row(f"case {n}", (0.8, 0.9)) for n in range(2)]
    assert "2 patients: too few for an interval" in gates(few)["checks"][0]["text"]
    mixed = [row(f"case {n}", (0.8, 0.8 + change)) for n, change in enumerate(
        (0.2, -0.1, 0.15, -0.12, 0.1, -0.15)
    )]  # fmt: skip
    result = gates(mixed)
    assert result["checks"][0]["value"] > 0.005
    assert not result["checks"][0]["passed"], "the interval holds 0"
    assert "no clear difference" in result["advice"]
    sure = [row(f"case {n}", (0.8, 0.85 + n / 100)) for n in range(6)]
    low, high = summary(sure, {})["interval"]
    assert 0.05 <= low < high <= 0.10
    assert "is better" in gates(sure)["advice"]


def test_two_cases_of_one_patient_count_once():
    table = [row("case 1", (0.8, 0.9)), row("case 2", (0.8, 0.9)), row("case 3", (0.8, 0.7))]
    found = summary(table, {"case 1": "p1", "case 2": "p1", "case 3": "p2"})
    assert found["patients"] == 2
    assert found["difference"] == pytest.approx(0.0)


def test_what_the_base_has_seen_is_not_counted():
    table = [row("case 1", (0.8, 0.9), seen=True), row("case 2", (0.8, 0.7))]
    assert summary(table, {})["difference"] == pytest.approx(-0.1)
    assert "own training patients" in gates(table[:1])["advice"]


def test_the_label_that_is_forgotten_is_named():
    table = [row("case 1", (0.8, 0.9)), row("case 1", (0.9, 0.85), "airway")]
    assert forgotten(table) == ["airway"]
    assert "forgets the airway" in gates(table)["advice"]


def test_every_sentence_can_be_said_again_from_its_parts():
    """The window translates the words and fills them anew: nothing is said that has no parts."""
    table = [row(PHANTOM_CASE, (0.97, 0.9)), row("case 1", (0.8, 0.7)), row("case 2", (0.9, 0.8))]
    result = gates(table)
    for told, text in [(result["sentences"], result["advice"])] + [
        (check["sentences"], check["text"]) for check in result["checks"]
    ]:
        assert " ".join(words.format(**fields) for words, fields in told) == text
    add_advice(result, "only_one_patient")
    assert result["sentences"][-1][0] in result["advice"]
