"""medview convert and export with structure sets and MetaImage."""

import json

import numpy as np
import pydicom
import pytest
from small_models import phantom

from medview.cli import run as main
from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table
from medview.dicom.phantom_series import write_series
from medview.formats import mha, nifti


@pytest.fixture
def case(tmp_path):
    """A series of a named patient, and its mask as a file."""
    write_series(phantom(), tmp_path / "scan", patient_id="SECRET77", patient_name="Planted^P")
    labels = LabelMap(phantom().geometry, phantom_table(), phantom().labels)
    nifti.write_labels(labels, tmp_path / "mask.nii.gz")
    return tmp_path


def convert(capsys, *words):
    status = main(["convert", *map(str, words), "--json"])
    return status, capsys.readouterr()


def test_nifti_to_structure_set_and_back(case, capsys):
    contours, scan = case / "mask.rtstruct.dcm", case / "scan"
    status, out = convert(capsys, case / "mask.nii.gz", contours, "--reference", scan)
    assert status == 0, out.err
    dataset = pydicom.dcmread(contours)
    assert dataset.Modality == "RTSTRUCT"
    assert dataset.PatientID == ""
    for name, read in (("back.nii.gz", nifti.read_labels), ("back.mha", mha.read_labels)):
        status, out = convert(capsys, contours, case / name, "--reference", scan)
        assert status == 0, out.err
        assert np.array_equal(read(case / name).voxels, phantom().labels)


def test_the_identity_is_an_option(case, capsys):
    words = (case / "mask.nii.gz", case / "a.rtstruct.dcm", "--reference", case / "scan")
    assert convert(capsys, *words, "--keep-identity")[0] == 0
    assert pydicom.dcmread(case / "a.rtstruct.dcm").PatientID == "SECRET77"
    assert convert(capsys, *words, "--key", case / "key.txt")[0] == 0
    pseudonym = pydicom.dcmread(case / "a.rtstruct.dcm").PatientID
    assert main(["deidentify", str(case / "scan"), str(case / "copies"),
                 "--key", str(case / "key.txt")]) == 0  # fmt: skip
    copy = pydicom.dcmread(next((case / "copies").rglob("*.dcm")))
    assert copy.PatientID == pseudonym != "SECRET77"


def test_contours_need_their_image(case, capsys):
    words = (case / "mask.nii.gz", case / "a.rtstruct.dcm")
    status, out = convert(capsys, *words)
    assert (status, "--reference" in out.err) == (1, True)
    assert convert(capsys, *words, "--reference", case / "scan")[0] == 0
    status, out = convert(capsys, case / "a.rtstruct.dcm", case / "b.nii.gz")
    uid = pydicom.dcmread(next((case / "scan").iterdir())).SeriesInstanceUID
    assert status == 1
    assert uid in out.err


def test_info_names_the_series_that_contours_belong_to(case, capsys):
    contours = case / "a.rtstruct.dcm"
    convert(capsys, case / "mask.nii.gz", contours, "--reference", case / "scan")
    assert main(["info", str(contours), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    (series,) = report["studies"][0]["series"]
    assert (series["kind"], series["volumes"]) == ("rtstruct", [])
    uid = pydicom.dcmread(next((case / "scan").iterdir())).SeriesInstanceUID
    assert uid in report["messages"][0]["text"]


def test_images_to_metaimage(case, capsys):
    assert convert(capsys, case / "scan", case / "a.mha")[0] == 0
    assert convert(capsys, case / "a.mha", case / "b.nii.gz")[0] == 0
    assert np.array_equal(nifti.read_volume(case / "b.nii.gz").voxels, phantom().voxels)
