"""Mirror of `medview.ai.prediction_cache`: predicting again is instant, and never stale."""

from dataclasses import replace

import numpy as np
import pytest
from small_models import phantom_volume, random_card, write_model

from medview.ai.network import predictor as predictor_room
from medview.ai.network.predictor import Predictor
from medview.ai.prediction import Prediction
from medview.ai.prediction_cache import PredictionCache
from medview.core.errors import Cancelled
from medview.core.job import Progress


@pytest.fixture(scope="module")
def predictor(tmp_path_factory):
    return Predictor(write_model(tmp_path_factory.mktemp("model"), seed=5), "cpu")


def asked(predictor, volume, cache, first=None):
    items = []
    result = predictor.predict(volume, Progress(None, items.append), first, cache=cache)
    return result, items


def test_the_second_time_gives_the_same_slices_without_the_network(predictor, monkeypatch):
    cache, volume = PredictionCache(), phantom_volume()
    first, items = asked(predictor, volume, cache, 6)
    monkeypatch.setattr(predictor, "logits", None)  # calling it would fail
    again, items_again = asked(predictor, volume, cache, 6)
    assert again.is_kept
    assert not first.is_kept
    assert np.array_equal(again.labels, first.labels)
    assert [one.canonical_index for one in items_again] == [one.canonical_index for one in items]
    assert [one.doubt for one in items_again] == [one.doubt for one in items]
    assert [one.box_axis_index for one in items_again] == [one.box_axis_index for one in items]


def test_what_is_handed_out_is_not_what_is_kept(predictor):
    cache, volume = PredictionCache(), phantom_volume()
    first, _ = asked(predictor, volume, cache)
    wanted = first.labels.copy()
    first.labels[:] = 9
    again, _ = asked(predictor, volume, cache)
    again.labels[:] = 9
    assert np.array_equal(asked(predictor, volume, cache)[0].labels, wanted)


@pytest.mark.parametrize("what", ["a voxel", "the model", "the backend", "an unread slice"])
def test_anything_that_changes_means_a_new_prediction(predictor, tmp_path, what):
    cache, volume = PredictionCache(), phantom_volume()
    asked(predictor, volume, cache)
    other = Predictor(write_model(tmp_path, random_card(), seed=5), "cpu")
    if what == "a voxel":
        voxels = volume.voxels.copy()
        voxels[3, 4, 5] += 1
        volume = replace(volume, voxels=voxels)
    elif what == "the model":
        other = Predictor(write_model(tmp_path, random_card(), seed=6), "cpu")
    elif what == "the backend":
        other.use_backend("torch-half")
    else:
        volume = replace(volume, unreadable=frozenset({2}))
    assert not asked(other, volume, cache)[0].is_kept


def test_a_cancelled_run_keeps_nothing(predictor):
    cache, progress = PredictionCache(), Progress()
    progress._on_item = lambda item: progress.cancel()
    with pytest.raises(Cancelled):
        predictor.predict(phantom_volume(), progress, cache=cache)
    assert len(cache) == 0


def test_a_map_is_computed_each_time(predictor):
    cache = PredictionCache()
    for _ in range(2):
        result = predictor.predict(phantom_volume(), Progress(), want_entropy=True, cache=cache)
        assert result.entropy is not None
    assert len(cache) == 0


def test_the_least_used_leaves_when_it_is_full():
    labels = np.random.default_rng(0).integers(0, 4, (4, 64, 64)).astype(np.uint8)
    one = Prediction(labels, "case", "m", "1", "CPU", 1.0)
    cache = PredictionCache(12_000)
    for name in "abc":
        cache.keep((name,), one, {})
    size = cache.bytes
    assert 0 < size <= 12_000
    kept = [name for name in "abc" if cache.find((name,)) is not None]
    assert kept
    assert kept == list("abc")[-len(kept) :]
    assert len(kept) < 3
    cache.find((kept[0],))  # used again: another one leaves
    cache.keep(("d",), one, {})
    assert cache.bytes <= 12_000
    assert cache.find(("d",)) is not None
    tiny = PredictionCache(10)
    tiny.keep(("a",), one, {})
    assert len(tiny) == 0


def test_cleaned_and_as_the_network_said_are_kept_apart(predictor, monkeypatch):
    cache, volume = PredictionCache(), phantom_volume()
    monkeypatch.setattr(predictor_room, "clean", lambda labels, *_, **__: np.zeros_like(labels))

    def labels(cleaned):
        found = predictor.predict(volume, Progress(), cache=cache, cleaned=cleaned)
        return found.labels.any(), found.is_kept

    assert labels(True) == (False, False)
    assert labels(False) == (True, False)
    assert labels(True) == (False, True)
    assert labels(False) == (True, True)
