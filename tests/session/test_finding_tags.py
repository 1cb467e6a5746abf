"""Tags and features of findings are kept, and belong to the version that saw the slices."""

import numpy as np
import pytest

from medview.core.errors import MedviewError
from medview.core.job import Progress


def looked(session):
    seen = session.findings.look_job(session.volume).function(Progress())
    session.findings.take(seen)
    return seen


def test_features_are_read_back_not_made_again(session, monkeypatch):
    first = looked(session)
    monkeypatch.setattr(session._jobs, "loaded", lambda *_of: pytest.fail("looked again"))
    again = looked(session)
    assert np.array_equal(first.features, again.features)
    assert np.array_equal(first.places_mm, again.places_mm)
    assert len(first.features) == session.volume.geometry.shape[0]


def test_an_answer_is_the_newest_one(session):
    key, findings = session.volume.case_key, session.findings
    findings.tag(key, 3, "nodule", "reader", answer=True)
    findings.tag(key, 3, "nodule", "reader", answer=False)
    findings.tag(key, 4, "nodule", "reader", answer=True)
    assert findings.answers(key, "nodule") == {3: False, 4: True}
    session.flush()
    kept = {(t.slice_index, t.answer) for t in session.workspace.tags()}
    assert kept == {(3, False), (4, True)}
    findings.tag(key, 3, "nodule", "reader", answer=None)
    session.flush()
    assert [t.slice_index for t in session.workspace.tags()] == [4]
    with pytest.raises(MedviewError, match="needs a name"):
        findings.tag(key, 3, "  ", "reader", answer=True)


def test_a_finding_is_learned_and_asked(session):
    seen = looked(session)
    key, count = session.volume.case_key, len(seen.features)
    for index in range(count):
        session.findings.tag(key, index, "upper half", "reader", answer=index >= count // 2)
    session.flush()
    result = session.findings.learn_job("upper half").function(Progress())
    session.findings.learned(result)
    assert (result.cases, result.auroc) == (1, None)
    scores = session.findings.scores("upper half")
    assert scores[count // 2 :].mean() > scores[: count // 2].mean() + 0.2
    heat = session.findings.heatmap_job(session.volume, 2, "upper half").function(Progress())
    assert heat.values.shape == session.volume.geometry.shape[1:]
    assert (heat.method, heat.label_id) == ("upper half", 0)
    with pytest.raises(MedviewError, match="has not been learned"):
        session.findings.heatmap_job(session.volume, 2, "unheard of")


def test_learning_without_a_look_says_what_to_do(session):
    session.findings.tag(session.volume.case_key, 1, "x", "reader", answer=True)
    with pytest.raises(MedviewError) as trouble:
        session.findings.learn_job("x").function(Progress())
    assert "score their slices" in trouble.value.hint


def test_turning_slices_reads_no_file_and_scores_once(session, monkeypatch):
    seen = looked(session)
    key, count = session.volume.case_key, len(seen.features)
    for index in range(count):
        session.findings.tag(key, index, "half", "reader", answer=index >= count // 2)
    session.flush()
    session.findings.learned(session.findings.learn_job("half").function(Progress()))
    first = session.findings.scores("half")
    monkeypatch.setattr(session.registry, "active_folder", lambda: pytest.fail("read the models"))
    assert session.findings.scores("half") is first
    assert "half" in session.findings.names()
