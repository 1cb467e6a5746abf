"""The nnU-Net dataset follows its rules and says nothing about patients."""

import json
from dataclasses import replace

import nibabel
import numpy as np
import pytest
from format_samples import TABLE, a_geometry, a_labelmap, a_volume

from medview.core.errors import MedviewError
from medview.core.labels import LabelTable
from medview.formats.nnunet import NnunetCase, write_dataset


def a_case(name, kind="axial"):
    geometry = a_geometry(kind)
    return NnunetCase(name, a_volume(geometry), a_labelmap(geometry))


def test_the_layout_is_nnunets(tmp_path):
    table = LabelTable.of(label for label in TABLE if label.id != 7)
    target = write_dataset(
        (a_case(n, k) for n, k in (("Doe", "axial"), ("Roe", "sagittal"))),
        tmp_path,
        table,
        "Dataset007_lungs",
    )
    assert target == tmp_path / "Dataset007_lungs"
    description = json.loads((target / "dataset.json").read_text(encoding="utf-8"))
    assert description == {
        "channel_names": {"0": "CT"},
        "labels": {"background": 0, "left lung": 1, "右肺 (ü)": 2, "airway": 3},
        "numTraining": 2,
        "file_ending": ".nii.gz",
    }
    images = sorted(path.name for path in (target / "imagesTr").iterdir())
    labels = sorted(path.name for path in (target / "labelsTr").iterdir())
    assert [name.replace("_0000", "") for name in images] == labels
    assert all("Doe" not in name and "Roe" not in name for name in images)
    for image_name, label_name in zip(images, labels, strict=True):
        image = nibabel.load(target / "imagesTr" / image_name)
        label = nibabel.load(target / "labelsTr" / label_name)
        assert np.array_equal(image.affine, label.affine)
        assert image.shape == label.shape
        assert set(np.unique(np.asarray(label.dataobj))) == {0, 1, 2, 3}


def test_labels_are_renumbered_by_the_table(tmp_path):
    case = a_case("Doe")
    target = write_dataset([case], tmp_path, LabelTable.of([TABLE[300], TABLE[1]]))
    label = nibabel.load(next((target / "labelsTr").iterdir()))
    written = np.asarray(label.dataobj).transpose(2, 1, 0)
    drawn = case.labelmap.voxels
    assert np.array_equal(written == 1, drawn == 300)
    assert np.array_equal(written == 2, drawn == 1)
    assert (written[drawn == 2] == 0).all()


def test_nothing_is_left_behind_when_it_fails(tmp_path):
    with pytest.raises(MedviewError) as caught:
        write_dataset([], tmp_path, TABLE)
    assert caught.value.code == "nothing-to-export"
    wrong = NnunetCase("Doe", a_volume(a_geometry("sagittal")), a_labelmap(a_geometry()))
    with pytest.raises(MedviewError) as caught:
        write_dataset([a_case("Roe"), wrong], tmp_path, TABLE)
    assert caught.value.code == "geometry-differs"
    with pytest.raises(ValueError, match="two cases"):
        write_dataset([a_case("Roe"), a_case("Roe")], tmp_path, TABLE)
    with pytest.raises(ValueError, match="Dataset001"):
        write_dataset([a_case("Roe")], tmp_path, TABLE, "lungs")
    assert list(tmp_path.iterdir()) == []


def test_unsure_is_nnunets_ignore_label_with_the_highest_number(tmp_path):
    case = a_case("Doe")
    unsure = replace(TABLE[1], name="Unsure")
    target = write_dataset([case], tmp_path, LabelTable.of([unsure, TABLE[300]]))
    description = json.loads((target / "dataset.json").read_text(encoding="utf-8"))
    assert description["labels"] == {"background": 0, TABLE[300].name: 1, "ignore": 2}
    written = np.asarray(nibabel.load(next((target / "labelsTr").iterdir())).dataobj)
    drawn = case.labelmap.voxels
    assert np.array_equal(written.transpose(2, 1, 0) == 2, drawn == 1)
    assert np.array_equal(written.transpose(2, 1, 0) == 1, drawn == 300)
