"""The same mask on any storage of a volume, cancelling, and running out of memory."""

import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest
import torch
from small_models import phantom_volume, random_card, stored, write_model

from medview.ai.network.predictor import Predictor, canonical_index, choose_device, volume_place
from medview.ai.network.unet import build_network
from medview.ai.preprocess import PreparedVolume
from medview.ai.training.make_model import save_weights
from medview.core.errors import Cancelled, MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.volume import Volume

STORAGES = {
    "feet last": ((0, 1, 2), (True, False, False)),
    "turned": ((0, 1, 2), (False, True, True)),
    "rows are columns": ((0, 2, 1), (False, True, False)),
    "sagittal": ((2, 0, 1), (False, True, False)),
    "sagittal flipped": ((2, 1, 0), (True, True, True)),
    "coronal": ((1, 0, 2), (False, True, False)),
}


@pytest.fixture(scope="module")
def predictor(tmp_path_factory):
    """A random network biased so that every class appears somewhere."""
    return Predictor(write_model(tmp_path_factory.mktemp("model"), seed=5), "cpu")


@pytest.fixture(scope="module")
def plain(predictor):
    return predictor.predict(phantom_volume(), Progress())


def test_the_random_network_says_something(plain):
    assert len(np.unique(plain.labels)) > 1, "else the tests below prove nothing"


@pytest.mark.parametrize("storage", STORAGES)
def test_the_mask_is_the_same_however_the_volume_is_stored(predictor, plain, storage):
    permutation, flips = STORAGES[storage]
    volume = phantom_volume()
    other = predictor.predict(stored(volume, permutation, flips), Progress())
    flipping = tuple(slice(None, None, -1) if flip else slice(None) for flip in flips)
    assert np.array_equal(other.labels, plain.labels.transpose(permutation)[flipping])


@pytest.mark.parametrize("storage", STORAGES)
def test_streamed_slices_make_up_the_result(predictor, storage, monkeypatch):
    """Voxel for voxel, but for what cleaning changes at the end."""
    monkeypatch.setattr("medview.ai.network.predictor.clean", lambda labels, *_, **__: labels)
    volume = stored(phantom_volume(), *STORAGES[storage])
    items = []
    result = predictor.predict(volume, Progress(on_item=items.append), 3)
    assert len(items) == 12
    canonical = PreparedVolume(volume, predictor.card.input).canonical_view(result.labels)
    for item in items:
        axis, index = item.box_axis_index
        plane = np.take(result.labels, index, axis=axis)
        assert (plane != 0).sum() == (item.labels != 0).sum()
        assert np.array_equal(item.labels, canonical[item.canonical_index])


def test_the_visible_slice_comes_first(predictor):
    for flips, wanted in (((False, False, False), 3), ((True, False, False), 8)):
        volume = stored(phantom_volume(), (0, 1, 2), flips)
        items = []
        predictor.predict(volume, Progress(on_item=items.append), 3)
        assert items[0].box_axis_index == (0, 3)
        assert items[0].canonical_index == wanted
        prepared = PreparedVolume(volume, predictor.card.input)
        assert volume_place(prepared, canonical_index(prepared, 3)) == (0, 3)


def test_two_predictions_are_equal(predictor, plain):
    again = predictor.predict(phantom_volume(), Progress(), 0)
    assert np.array_equal(again.labels, plain.labels)
    assert (again.model, again.version) == ("ct-lung", "1.0.0")
    assert again.case_key == phantom_volume().case_key
    assert "CPU" in again.device


def test_cancel_stops_after_the_slice_at_hand(predictor):
    items = []
    progress = Progress(on_item=lambda item: (items.append(item), progress.cancel()))
    with pytest.raises(Cancelled):
        predictor.predict(phantom_volume(), progress, 5)
    assert len(items) == 1


def test_the_image_is_left_alone(predictor):
    volume = phantom_volume()
    before = volume.voxels.copy()
    predictor.predict(volume, Progress())
    assert np.array_equal(volume.voxels, before)


def test_entropy_is_a_map_between_nought_and_one(predictor):
    result = predictor.predict(phantom_volume(), Progress(), want_entropy=True)
    assert result.entropy.shape == result.labels.shape
    assert result.entropy.dtype == np.float32
    assert result.entropy.min() >= -1e-6
    assert 0 < result.entropy.max() <= 1 + 1e-6


def test_another_modality_is_refused(predictor):
    volume = phantom_volume()
    other = Volume(volume.voxels, volume.geometry, "MR")
    with pytest.raises(MedviewError) as trouble:
        predictor.predict(other, Progress())
    assert trouble.value.code == "wrong-modality"


def test_a_volume_that_still_streams_in_is_refused(predictor):
    volume = phantom_volume()
    half = np.ones(12, bool)
    half[4] = False
    with pytest.raises(MedviewError) as trouble:
        predictor.predict(Volume(volume.voxels, volume.geometry, "CT", ready=half), Progress())
    assert trouble.value.code == "not-ready"


@pytest.mark.parametrize("value", [-1024, 3071])
def test_an_empty_picture_is_segmented_without_trouble(predictor, value):
    voxels = np.full((3, 40, 30), value, np.int16)
    volume = Volume(voxels, Geometry.axial((3, 40, 30), (5.0, 2.0, 2.0)), "CT", "HU")
    assert predictor.predict(volume, Progress()).labels.shape == (3, 40, 30)


# ---- time and memory


def large_volume(slices=160):
    """512 x 512 pixels: the phantom enlarged."""
    made = phantom_volume()
    picks = np.linspace(0, 11, slices).round().astype(int)
    voxels = made.voxels[picks].repeat(8, 1).repeat(8, 2)
    geometry = Geometry.axial(voxels.shape, (300.0 / slices, 0.75, 0.75))
    return Volume(voxels, geometry, "CT", "HU")


def test_no_float_copy_of_the_whole_volume_is_made(tmp_path):
    """While slices are done: the labels and little else. A float volume is four bytes a voxel.

    Weights near nought outline areas, as a trained network does, and no crumbs.
    """
    card = random_card()
    torch.manual_seed(5)
    save_weights(build_network(card.architecture, card.arguments), tmp_path, card)
    predictor = Predictor(tmp_path, "cpu")
    volume = large_volume()
    peaks = {}

    def note(fraction, text):
        peaks[text.split(",")[0]] = tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        result = predictor.predict(volume, Progress(note))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result.labels.any(axis=(1, 2)).all()
    assert peaks["Cleaning"] < 2.0 * volume.voxels.size
    assert peak < 8.0 * volume.voxels.size, "cleaning counts parts in whole numbers"


@pytest.mark.parametrize("after", [1, 5])
def test_cancel_ends_it_at_once(predictor, after):
    """The target is 200 ms; the assertion only finds a hang."""
    volume, progress, started = large_volume(), Progress(), []

    def take(item):
        started.append(time.monotonic())
        if len(started) == after:
            progress.cancel()

    progress._on_item = take
    with pytest.raises(Cancelled):
        predictor.predict(volume, progress)
    assert len(started) == after
    assert time.monotonic() - started[-1] < 2.0


# ---- devices


def test_a_missing_gpu_is_said_in_words(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto").type == "cpu"
    with pytest.raises(MedviewError) as trouble:
        choose_device("cuda")
    assert trouble.value.code == "no-cuda"


PROGRAM = """
import sys
import numpy as np
from pathlib import Path
import medview.ai.network.predictor as predictor
import medview.ai.network.attribution.seg_grad_cam
import medview.ai.training.trainer, medview.ai.training.make_model, medview.ai.training.rehearsal
import medview.session.retraining, medview.session.training, medview.session.session
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.volume import Volume
volume = Volume(np.zeros((2, 64, 64), np.int16), Geometry.axial((2, 64, 64), (5., 4., 4.)), "CT")
predictor.Predictor(Path(sys.argv[1])).predict(volume, Progress())
assert "torchvision" not in sys.modules
assert "monai" not in sys.modules
"""


def test_torchvision_and_monai_are_never_imported(tmp_path):
    folder = write_model(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_image_of_unknown_modality_without_air_is_refused(predictor):
    """A brain MR as NIfTI says nothing about itself: no lung must be found in it."""
    volume = phantom_volume()
    magnetic = Volume(np.maximum(volume.voxels, 0), volume.geometry)
    with pytest.raises(MedviewError, match="no air"):
        predictor.predict(magnetic, Progress())
