"""Both models are measured on the same accepted slices; training patients do not count."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from small_models import TOOL, phantom, phantom_volume, random_card, write_model

from medview.ai.training import rehearsal
from medview.ai.training.samples import UNSURE as TRAINING_UNSURE
from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.metrics import SliceSums, compare_masks
from medview.session.blending import blend_versions
from medview.session.comparing import held_out_cases, measure, wrong_pixels
from medview.session.lineage import PATIENTS, seen_patients
from medview.session.retraining import read_reviews
from medview.session.reviewed_labels import UNSURE
from medview.session.versions_compared import compare_versions


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(rehearsal, "_SHAPE", (12, 64, 64))
    monkeypatch.setattr(rehearsal, "_SPACING", (25.0, 6.0, 6.0))


def accept(session, seed, slices):
    session.open_volume(phantom_volume(seed, patient=f"P{seed}"))
    session.editor.begin("truth", TOOL, 0)
    session.editor.write(Box.whole((12, 64, 64)), phantom(seed).labels)
    session.editor.commit()
    session.accept_slices(slices)
    session.flush()


@pytest.fixture
def reviewed(desk):
    """Two patients; the second is held out."""
    session = desk.open()
    accept(session, 0, [4, 6])
    accept(session, 1, [5, 7])
    return session


class Oracle:
    """A predictor that answers with the truth, or with nothing."""

    def __init__(self, card, truths):
        self.card, self._truths = card, list(truths)

    def slice_labels(self, prepared, indices):
        return [self._truths.pop(0)], [], [0.0]


def test_the_class_of_unsure_pixels_is_training_s():
    assert UNSURE == TRAINING_UNSURE


def test_a_perfect_and_an_empty_model(reviewed, desk):
    reviews = [one for one in read_reviews(desk.folder) if one.record.split == "held-out"]
    cases = held_out_cases(reviews)
    card = random_card()
    perfect = Oracle(card, [one.labels for one in reviews])
    figures, wrong = measure(perfect, cases, _Quiet())
    assert list(wrong.values()) == [0]
    name = cases[0].name
    right = figures[name, "right lung"]
    assert (right["dice"], right["hd95_mm"], right["surface_dice_2mm"]) == (1.0, 0.0, 1.0)
    assert right["volume_error_ml"] == 0.0
    empty = Oracle(card, [np.zeros_like(one.labels) for one in reviews])
    figures, wrong = measure(empty, cases, _Quiet())
    assert figures[name, "right lung"]["dice"] == 0.0
    assert wrong[name] == sum(int((one.labels > 0).sum()) for one in reviews)


class _Quiet:
    def check(self):
        pass


def test_one_slice_measures_as_a_volume_of_one_slice():
    plane = Geometry.axial((1, 40, 40), (5.0, 2.0, 2.0))
    rows, columns = np.mgrid[:40, :40]
    truth = (rows - 20) ** 2 + (columns - 20) ** 2 < 100
    guess = (rows - 22) ** 2 + (columns - 19) ** 2 < 90
    sums = SliceSums(plane)
    sums.add(truth, guess)
    assert sums.result() == compare_masks(truth[None], guess[None], plane)


def test_unsure_and_unlabelled_pixels_are_no_work():
    truth = np.array([[0, 1, UNSURE, 2]])
    assert wrong_pixels(truth, np.array([[0, 1, 3, 2]]), [0, 1, 2, 3]) == 0
    assert wrong_pixels(truth, np.array([[3, 1, 0, 0]]), [0, 1, 2]) == 1


def test_a_held_out_case_that_the_base_was_made_from_is_marked(reviewed, desk):
    mine = hashlib.sha256(b"P1").hexdigest()
    base = reviewed.registry.active_folder()
    card_path = base.folder / "card.json"
    before = card_path.read_text()
    card = json.loads(before)
    card["training"][PATIENTS] = [mine]
    write_model(
        desk.folder / "models/ct-lung/1.1.0",
        replace(random_card(version="1.1.0"), parent="ct-lung@1.0.0"),
        seed=2,
    )
    card_path.write_text(json.dumps(card))
    try:
        child = reviewed.catalog.find("ct-lung", "1.1.0")
        assert seen_patients(reviewed.catalog, child.card) == (mine,)
        reviews = [one for one in read_reviews(desk.folder) if one.record.split == "held-out"]
        assert [case.is_seen for case in held_out_cases(reviews, (mine,))] == [True]
        assert not held_out_cases(reviews, (hashlib.sha256(b"P2").hexdigest(),))[0].is_seen
    finally:
        card_path.write_text(before)


def test_half_way_is_a_version_of_its_own_and_is_compared(reviewed, desk, monkeypatch, shipped):
    from safetensors.numpy import load_file

    from medview.ai import catalog as catalog_module

    monkeypatch.setattr(catalog_module, "resources_path", lambda: shipped.parent)
    shipped.parent.joinpath("models").unlink(missing_ok=True)
    shipped.parent.joinpath("models").symlink_to(shipped)
    card = replace(random_card(version="1.1.0"), parent="ct-lung@1.0.0")
    write_model(desk.folder / "models/ct-lung/1.1.0", card, seed=2)
    result = compare_versions(desk.folder, None, "ct-lung@1.1.0", 0.5, "cpu")
    assert (result["base"], result["candidate"]) == ("ct-lung@1.0.0", "ct-lung@1.2.0")
    held_out = [row for row in result["table"] if row["case"].startswith("case 1")]
    assert {row["label"] for row in held_out} == {"right lung", "left lung", "airway"}
    assert set(held_out[0]["figures"]["candidate"]) >= {"hd95_mm", "precision", "recall"}
    assert set(result["summary"]["wrong_pixels_per_slice"]) == {"current", "candidate"}
    parts = [
        load_file(folder / "model.safetensors")
        for folder in (
            shipped / "ct-lung/1.0.0",
            desk.folder / "models/ct-lung/1.1.0",
            desk.folder / "models/ct-lung/1.2.0",
        )
    ]
    for name, middle in parts[2].items():
        assert np.allclose(middle, (parts[0][name] + parts[1][name]) / 2, atol=1e-6)
    assert reviewed.active_model.version == "1.0.0"


def test_models_of_another_kind_have_no_middle(reviewed, desk):
    card = random_card(base=8, version="1.1.0")
    write_model(desk.folder / "models/ct-lung/1.1.0", card)
    catalog = reviewed.catalog
    with pytest.raises(MedviewError) as trouble:
        blend_versions(catalog, catalog.find("ct-lung"), catalog.find("ct-lung", "1.1.0"))
    assert trouble.value.code == "cannot-blend"


def test_excluded_and_damaged_slices_are_left_out(reviewed, desk):
    (first, *_) = read_reviews(desk.folder)
    key = first.record.case_key
    reviewed.workspace.exclude([(key, first.record.slice_index)], "motion", "me").result()
    assert len(read_reviews(desk.folder)) == 3
    reviewed.workspace.include([(key, first.record.slice_index)]).result()
    assert len(read_reviews(desk.folder)) == 4
    broken = replace(first.record, labels=b"not deflated")
    reviewed.workspace.put_reviews([broken]).result()
    assert len(read_reviews(desk.folder)) == 3
