"""A model for another task: other labels, another modality, from one case, or from nothing."""

from dataclasses import replace

import numpy as np
import pytest
from small_models import names_table, phantom_volume
from test_retraining import accept, request, small

from medview.ai.postprocess import clean
from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.core.volume import SourceSeries
from medview.session.model_jobs import load_predictor
from medview.session.retraining import retrain

assert small  # the fixture of small phantoms and windows


def weights(session, name="bones"):
    from safetensors.torch import load_file

    folder = session.catalog.find(name).folder
    return load_file(folder / "model.safetensors")


def make(session, name="bones", **options):
    asked = replace(request(session, is_new_task=True, **options), name=name)
    return retrain(asked, lambda event: True)


def accept_bone(session, seed, slices, modality="CT", rescaled=True):
    """A patient whose brightest voxels I call bone; the lungs are named too."""
    from small_models import TOOL

    volume = phantom_volume(seed, patient=f"P{seed}")
    if modality != "CT":
        voxels = volume.voxels.astype(np.float32)
        if rescaled:
            voxels = (voxels + 1024.0) / 4.0
        source = SourceSeries("1.2", f"9.{seed}", patient_id=f"P{seed}")
        volume = replace(volume, voxels=voxels, modality=modality, units="", source=source)
    session.open_volume(volume)
    session.labelmap.table = names_table("right lung", "left lung", "airway", "bone")
    bright = volume.voxels > np.quantile(volume.voxels, 0.97)
    session.editor.begin("truth", TOOL, 0)
    session.editor.write(Box.whole(bright.shape), np.where(bright, 4, 0).astype(np.uint8))
    session.editor.commit()
    session.accept_slices(slices)
    session.flush()


def test_a_new_task_takes_the_labels_the_base_does_not_know(desk):
    session = desk.open()
    accept_bone(session, 0, [4, 6])
    accept_bone(session, 1, [5])
    result = make(session)
    card = session.catalog.find("bones").card
    assert [label.name for label in card.labels] == ["bone"]
    assert card.input == session.registry.active_folder().card.input
    assert card.training["rehearsal"] == "none"
    assert card.training["fit"]["batch"] == 2, "more steps rather than larger ones"
    assert "on the features of ct-lung@1.0.0" in card.description
    assert all(row["current"] is None for row in result["table"])
    assert "A new model" in result["gates"]["advice"]
    assert session.active_model.name == "ct-lung"


def test_a_named_batch_is_kept(desk):
    session = desk.open()
    accept_bone(session, 0, [4, 6])
    make(session, steps=1, batch=3)
    assert session.catalog.find("bones").card.training["fit"]["batch"] == 3


def test_the_features_are_the_bases_or_from_nothing(desk):
    session = desk.open()
    accept_bone(session, 0, [4])
    from safetensors.torch import load_file

    old = load_file(session.registry.active_folder().folder / "model.safetensors")

    def moved():
        made = weights(session)
        session.catalog.remove("bones", "1.1.0")
        names = [name for name in old if not name.startswith("head") and "weight" in name]
        return float(sum((made[name] - old[name]).square().sum() for name in names))

    make(session, steps=1)
    kept = moved()
    make(session, steps=1, from_scratch=True)
    fit = session.catalog.find("bones").card.training["fit"]
    assert fit["wide_first"] == 0.0, "few slices of small pictures suffer it: docs/learning.md"
    assert kept < 0.1 * moved()


def test_one_case_of_another_modality_is_scaled_by_its_own_values_and_gives_its_spacing(desk):
    session = desk.open()
    accept_bone(session, 0, [4, 6], modality="MR")
    make(session)
    spec = session.catalog.find("bones").card.input
    assert spec.modality == "MR"
    assert (spec.scaled, spec.low, spec.high) == (True, 0.0, 1000.0), "MR values have no unit"
    assert spec.spacing_mm == pytest.approx(6.0), "no finer than its pixels"
    session.registry.use("bones", "1.1.0")


def test_a_scanner_that_calls_white_by_another_number_gives_the_same_masks(desk):
    """MR series differ by a factor from one scanner, or one examination, to the next."""
    session = desk.open()
    accept_bone(session, 0, [4, 6], modality="MR")
    make(session, steps=20)
    session.registry.use("bones", "1.1.0")
    volume = session.volume
    predictor = load_predictor(str(session.registry.active_folder().folder), "cpu")
    masks = [
        predictor.predict(replace(volume, voxels=volume.voxels * gain), Progress()).labels
        for gain in (1.0, 9.0)
    ]
    assert masks[0].any()
    assert np.array_equal(*masks)


def test_a_file_without_modality_is_known_by_its_values(desk):
    """NIfTI does not say MR or CT; values that hold no air are no Hounsfield units."""
    session = desk.open()
    accept_bone(session, 0, [4, 6], modality="")
    make(session)
    spec = session.catalog.find("bones").card.input
    assert (spec.modality, spec.scaled) == ("", True)


def test_a_file_without_modality_that_holds_air_is_a_ct(desk):
    session = desk.open()
    accept_bone(session, 0, [4, 6], modality="", rescaled=False)
    make(session)
    base = session.registry.active_folder().card.input
    assert session.catalog.find("bones").card.input == base


def test_a_ct_task_beside_an_mr_model_keeps_hounsfield_units(desk):
    session = desk.open()
    accept_bone(session, 0, [4, 6], modality="MR")
    make(session)
    session.registry.use("bones", "1.1.0")
    accept_bone(session, 2, [4])
    accept_bone(session, 4, [4, 5])
    make(session, name="others")
    spec = session.catalog.find("others").card.input
    assert (spec.modality, spec.scaled) == ("CT", False)
    assert spec.low < 0.0 < spec.high


def draw_parts(session, slices, *boxes):
    """Label 4 in rectangles (rows, columns) of each slice, accepted."""
    from small_models import TOOL

    session.labelmap.table = names_table("right lung", "left lung", "airway", "nodule")
    labels = np.zeros(session.volume.geometry.shape, np.uint8)
    for rows, columns in boxes:
        labels[slices, rows[0] : rows[1], columns[0] : columns[1]] = 4
    session.editor.begin("truth", TOOL, 0)
    session.editor.write(Box.whole(labels.shape), labels)
    session.editor.commit()
    session.accept_slices(slices)
    session.flush()


def test_a_nodule_as_small_as_those_i_accepted_is_not_cleaned_away(desk):
    """Of a lung nothing under 0.3 ml is believed; of my label nothing under half of my smallest."""
    session = desk.open()
    volume = phantom_volume(0, patient="P0")
    session.open_volume(volume)
    draw_parts(session, [5], ((10, 18), (10, 18)), ((30, 31), (30, 31)))
    make(session, labels=("nodule",))
    pixel_ml = float(np.prod(volume.geometry.spacing_mm)) / 1000.0
    card = session.catalog.find("bones").card
    assert card.cleaning == {"nodule": {"island_ml": pixel_ml / 2.0, "hole_ml": 2.0}}
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[5, 10:18, 10:18] = labels[2, 40, 40] = 1
    cleaned = clean(labels, card.labels, pixel_ml, given=card.cleaning)
    assert cleaned[2, 40, 40] == 1


def test_what_i_accept_later_counts_too(desk):
    session = desk.open()
    session.open_volume(phantom_volume(0, patient="P0"))
    draw_parts(session, [5], ((10, 18), (10, 18)))
    make(session, labels=("nodule",))
    first = session.catalog.find("bones").card.cleaning["nodule"]
    session.registry.use("bones", "1.1.0")
    hole = ((10, 18), (10, 12)), ((10, 18), (16, 18)), ((10, 12), (10, 18)), ((16, 18), (10, 18))
    draw_parts(session, [7], *hole, ((30, 31), (30, 34)))
    asked = replace(request(session), name="bones", version="1.2.0")
    retrain(asked, lambda event: True)
    second = session.catalog.find("bones", "1.2.0").card.cleaning["nodule"]
    assert second["island_ml"] == pytest.approx(first["island_ml"] * 4 / 64)
    assert (first["hole_ml"], second["hole_ml"]) == (2.0, 0.0)


def test_slices_of_another_modality_are_another_task(desk):
    session = desk.open()
    accept_bone(session, 0, [4])
    accept_bone(session, 2, [4, 5], modality="MR")  # held out: the second patient
    make(session)
    assert session.catalog.find("bones").card.input.modality == "CT"


def test_labels_that_nobody_drew_are_said(desk):
    session = desk.open()
    accept(session, 0, [4])
    with pytest.raises(MedviewError) as trouble:
        make(session, labels=("spleen",))
    assert trouble.value.code == "nothing-accepted"
    make(session, labels=("Left Lung",))
    assert [one.name.lower() for one in session.catalog.find("bones").card.labels] == ["left lung"]
