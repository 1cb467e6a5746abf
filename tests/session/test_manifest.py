"""A manifest says which cases there are, which patients are kept out, and what is wrong with it."""

import json

import numpy as np
import pytest
from small_models import names_table, phantom, random_card

from medview.core.errors import MedviewError
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.formats import nifti
from medview.session.manifest import read_case, read_manifest
from medview.session.training import as_classes


def write(tmp_path, data):
    path = tmp_path / "manifest.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def row(name="a", patient="P1", **more):
    return {"image": f"{name}/image.nii.gz", "labels": f"{name}/labels.nii.gz", "patient": patient,
            **more}  # fmt: skip


def test_rows_have_paths_relative_to_the_file(tmp_path):
    data = {"labels": {"2": "left lung", "1": "right lung"}, "rows": [row(ignore_labels=[2])]}
    manifest = read_manifest(write(tmp_path, data))
    (one,) = manifest.rows
    assert one.image == tmp_path / "a" / "image.nii.gz"
    assert one.ignore_labels == (2,)
    assert one.case == "a"
    assert [label.name for label in manifest.table] == ["right lung", "left lung"]
    assert manifest.table[1].code.value == "39607008"
    assert manifest.table[1].modifier.meaning == "Right"


def test_a_bare_list_of_rows_is_a_manifest(tmp_path):
    manifest = read_manifest(write(tmp_path, [row("x"), row("y", "P2")]))
    assert [one.case for one in manifest.rows] == ["x", "y"]
    assert len(manifest.table) == 0


def test_a_single_file_is_named_after_itself(tmp_path):
    data = [{"image": "s/slice_12.nii.gz", "labels": "l.nii", "patient": "P"}]
    assert read_manifest(write(tmp_path, data)).rows[0].case == "slice_12"


def test_a_patient_with_one_row_kept_out_is_kept_out_whole(tmp_path):
    rows = [row("a", "P1"), row("b", "P1", split="kept_out"), row("c", "P2"), row("d", "P3")]
    manifest = read_manifest(write(tmp_path, rows))
    assert manifest.held_out(set()) == {"P1"}
    assert manifest.held_out({"P3"}) == {"P1", "P3"}
    assert manifest.held_out({"c"}) == {"P1", "P2"}, "a case's name holds out its patient"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "7",
        "null",
        [],
        {"rows": []},
        {"labels": {}},
        [{"image": "a"}],
        ["a"],
        {"labels": {"x": "lung"}, "rows": [row()]},
        {"labels": ["lung"], "rows": [row()]},
        [row(ignore_labels=["airway"])],
    ],
)
def test_what_is_no_manifest_is_refused_by_name(tmp_path, data):
    path = write(tmp_path, data)
    with pytest.raises(MedviewError) as trouble:
        read_manifest(path)
    assert trouble.value.code == "bad-manifest"
    assert str(path) in trouble.value.message


def test_a_missing_manifest_is_refused(tmp_path):
    with pytest.raises(MedviewError) as trouble:
        read_manifest(tmp_path / "nowhere.json")
    assert trouble.value.code == "bad-manifest"


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    volume = Volume(phantom().voxels, phantom().geometry, "CT", "HU")
    nifti.write_volume(volume, folder / "image.nii.gz")
    labels = LabelMap(phantom().geometry, names_table("r", "l", "a"), phantom().labels.copy())
    nifti.write_labels(labels, folder / "labels.nii.gz")
    return read_manifest(write(tmp_path, [row()])).rows[0]


def test_a_case_is_read_as_ct_with_its_labels(case):
    volume, labels = read_case(case)
    assert volume.modality == "CT"
    assert np.array_equal(volume.voxels, phantom().voxels)
    assert np.array_equal(labels, phantom().labels)
    assert labels.dtype == np.uint8


def test_a_missing_file_is_named(case):
    case.labels.unlink()
    with pytest.raises(MedviewError) as trouble:
        read_case(case)
    assert str(case.labels) in trouble.value.message


def test_labels_of_another_shape_are_refused(case):
    from medview.core.geometry import Geometry

    small = LabelMap(Geometry.axial((3, 8, 8)), names_table("r"), np.ones((3, 8, 8), np.uint8))
    nifti.write_labels(small, case.labels)
    with pytest.raises(MedviewError):
        read_case(case)


def test_unsure_voxels_are_no_class_and_those_behind_move_up(tmp_path):
    names = {"1": "right lung", "2": "Unsure", "3": "airway"}
    manifest = read_manifest(write(tmp_path, {"labels": names, "rows": [row()]}))
    assert [(label.id, label.name) for label in manifest.classes] == [
        (1, "right lung"),
        (2, "airway"),
    ]
    card = random_card(manifest.classes)
    labels = np.array([[[0, 1], [2, 3]]], np.uint8)
    classes = as_classes(labels, manifest.rows[0], manifest, card, 255)
    assert classes.tolist() == [[[0, 1], [255, 2]]]
    with pytest.raises(MedviewError, match="value 4") as caught:
        as_classes(labels + 1, manifest.rows[0], manifest, card, 255)
    assert caught.value.code == "unknown-label"
