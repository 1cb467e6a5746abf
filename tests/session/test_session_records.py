"""Between the session's objects and the workspace's records nothing is lost, and no name kept."""

from dataclasses import replace

import numpy as np
import pytest
from small_models import names_table, phantom, phantom_volume, stored

from medview.core.box import Box
from medview.core.geometry import Geometry
from medview.core.volume import SourceSeries, Volume
from medview.edit.edit import Edit, Origin, Patch, utc_now
from medview.session.records import (
    AcceptedSlices,
    case_record,
    edit_of,
    edit_record,
    hashed_patient,
    neighbor_step,
    patient_hash,
    review_records,
    reviewed_slice,
)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_an_edit_survives_its_record(kind):
    before = np.random.default_rng(0).integers(0, 200, (2, 3, 4)).astype(kind)
    edit = Edit(
        "Paint ü",
        Box((1, 2, 3), (3, 5, 7)),
        Patch.of(before),
        Patch.of(before[::-1]),
        Origin("model", "ct-lung", "1.2.0", "reader"),
        utc_now(),
        2,
        names_table("a"),
        names_table("a", "b"),
    )
    again = edit_of(edit_record(edit, "case", 4), np.dtype(kind).str)
    for one, other in ((edit.before, again.before), (edit.after, again.after)):
        assert np.array_equal(one.array(), other.array())
        assert one.array().dtype == other.array().dtype
    plain = replace(edit, before=None, after=None)
    assert plain.__dict__ == replace(again, before=None, after=None).__dict__
    assert again.before.raw_bytes == 0, "a restored history stays compressed"


def test_patients_are_hashed(tmp_path):
    one = phantom_volume(patient="Smith^42")
    other = phantom_volume(1, patient="Smith^42", series="9.9")
    assert patient_hash(one) == patient_hash(other) == hashed_patient("Smith^42")
    assert patient_hash(phantom_volume(patient="Jones")) != patient_hash(one)
    assert "Smith" not in patient_hash(one)
    nobody = phantom_volume(patient="", series="1.1")
    assert patient_hash(nobody) != patient_hash(phantom_volume(patient="", series="1.2"))


def test_a_case_says_where_it_was_seen(tmp_path):
    source = SourceSeries(
        "1",
        "1.2",
        patient_id="Secret",
        patient_name="Secret^Name",
        series_description="Lung",
        study_date="20260102",
        files=(tmp_path / "a" / "1.dcm", tmp_path / "a" / "2.dcm"),
    )
    volume = Volume(phantom().voxels, phantom().geometry, "CT", source=source)
    record = case_record(volume, names_table("a"))
    assert record.paths == (str(tmp_path / "a"),)
    assert record.title == "Lung 2026-01-02"
    assert record.shape == (12, 64, 64)
    assert "Secret" not in repr(record)


@pytest.mark.parametrize("thickness", [0.6, 1.0, 3.0, 5.0])
def test_neighbours_are_about_three_millimetres_away(thickness):
    step = neighbor_step(Geometry.axial((9, 4, 4), (thickness, 1.0, 1.0)))
    assert step == max(1, round(3.0 / thickness))


@pytest.mark.parametrize("modality", ["CT", "MR"])
@pytest.mark.parametrize(
    ("permutation", "flips"),
    [((0, 1, 2), (False, False, False)), ((0, 1, 2), (True, True, False))],
)
def test_a_reviewed_slice_gives_the_same_network_input_as_its_volume(permutation, flips, modality):
    """What the model is trained on is what it will see."""
    from medview.ai.input_spec import InputSpec
    from medview.ai.preprocess import PreparedVolume

    made = phantom()
    thin = Geometry.axial(made.geometry.shape, (1.0, 6.0, 6.0))
    volume = stored(Volume(made.voxels, thin, modality), permutation, flips)
    labels = {5: np.zeros((64, 64), np.uint8), 0: np.zeros((64, 64), np.uint8)}
    accepted = AcceptedSlices(volume, names_table("a"), labels, None, "p", "r", "{}")
    spec = InputSpec(4.0, 3.0, 0.0, 1000.0, "MR", scaled=True) if modality == "MR" else InputSpec(4)
    whole = PreparedVolume(volume, spec)
    assert whole.neighbors(5) == (2, 5, 8)
    for record in review_records(accepted, "train"):
        one = reviewed_slice(record)
        alone = PreparedVolume(one.volume, spec)
        index = 11 - record.slice_index if flips[0] else record.slice_index
        for mine, wanted in zip(alone.neighbors(1), whole.neighbors(index), strict=True):
            assert np.array_equal(alone.canonical[mine], whole.canonical[wanted])
        if modality == "MR":  # no box around the body, so the whole input is the same
            assert np.array_equal(alone.network_input(1), whole.network_input(index))
