"""De-identification of one data set: the table, what it does not name, codes, UIDs and keys."""

import copy
import os

import pydicom
import pytest
from pydicom.dataset import Dataset

from medview.core.errors import MedviewError
from medview.dicom.deidentify_dataset import deidentify
from medview.dicom.deidentify_key import Pseudonyms, key_from_file
from medview.dicom.deidentify_table import EDITION, action_for, attributes

KEY = bytes(range(32))


def test_standard_uids_are_not_mapped():
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    dataset.FrameOfReferenceUID = "1.2.840.10008.1.4.1.1"  # Talairach, well known
    dataset.CodingSchemeUID = "2.16.840.1.113883.6.96"
    dataset.ReferencedSOPInstanceUIDInFile = "1.2.3"
    dataset.FailedSOPInstanceUIDList = ["1.2.3", "1.2.4"]
    before = copy.deepcopy(dataset)
    deidentify(dataset, Pseudonyms(KEY))
    for keyword in ("SOPClassUID", "FrameOfReferenceUID", "CodingSchemeUID"):
        assert dataset[keyword].value == before[keyword].value
    new = [Pseudonyms(KEY).uid(uid) for uid in ("1.2.3", "1.2.4")]
    assert dataset.FailedSOPInstanceUIDList == new
    assert "ReferencedSOPInstanceUIDInFile" not in dataset  # group 4 has no place in an object


def test_what_the_table_does_not_name():
    dataset = Dataset()
    dataset.PatientName, dataset.PatientID = "Müller^Ann", "4711-B"
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ManufacturerModelName = "Scanner 9"
    dataset.SoftwareVersions = ["v1", "site of MÜLLER".replace("Ü", "ü"), "4711-b"]
    dataset.EvaluatorName = "Somebody"
    dataset.add_new(0x00200999, "LO", "no such attribute")
    dataset.EncryptedAttributesSequence = [Dataset()]
    dataset.IssuerOfPatientIDQualifiersSequence = [Dataset()]
    assert deidentify(dataset, Pseudonyms(KEY)) == {"SoftwareVersions": 1}
    assert dataset.ManufacturerModelName == "Scanner 9"
    assert dataset.SoftwareVersions == dataset.EvaluatorName == "REMOVED"
    assert 0x00200999 not in dataset
    assert "EncryptedAttributesSequence" not in dataset
    assert "IssuerOfPatientIDQualifiersSequence" not in dataset


def test_a_report_keeps_its_shape_and_loses_its_text():
    code, private = Dataset(), Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "121106", "DCM", "Comment"
    private.CodeValue, private.CodingSchemeDesignator = "Dr Who", "99HERE"
    private.CodeMeaning = "Who^Doctor"
    item, dataset = Dataset(), Dataset()
    item.ValueType, item.TextValue = "TEXT", "Mrs Smith feels fine"
    item.ConceptNameCodeSequence, item.ConceptCodeSequence = [code], [private]
    item.ReferencedSOPSequence = [Dataset()]
    item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID = "1.2.3"
    dataset.ContentSequence = [item]
    deidentify(dataset, Pseudonyms(KEY))
    (new,) = dataset.ContentSequence
    assert (new.ValueType, new.TextValue) == ("TEXT", "REMOVED")
    assert new.ConceptNameCodeSequence[0].CodeMeaning == "Comment"
    assert new.ConceptCodeSequence[0].CodeMeaning == "REMOVED"
    assert new.ConceptCodeSequence[0].CodeValue == "REMOVED"
    uid = new.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    assert uid == Pseudonyms(KEY).uid("1.2.3")


def test_sequences_that_must_be_there_stay_empty():
    report, image = Dataset(), Dataset()
    report.Modality, image.Modality = "SR", "DX"
    for dataset in (report, image):
        dataset.ReferencedPerformedProcedureStepSequence = [Dataset()]
        dataset.AcquisitionContextSequence = [Dataset()]
        dataset.ReferencedStudySequence = [Dataset()]
        deidentify(dataset, Pseudonyms(KEY))
        assert len(dataset.AcquisitionContextSequence) == 0
        assert "ReferencedStudySequence" not in dataset
    assert len(report.ReferencedPerformedProcedureStepSequence) == 0
    assert "ReferencedPerformedProcedureStepSequence" not in image


def test_every_row_of_the_table_is_obeyed():
    """Each attribute with a dummy value of its own VR: gone, empty or another value."""
    known = 0
    for text, action in attributes().items():
        tag = int(text.replace("x", "0"), 16)
        if "x" in text or not pydicom.datadict.dictionary_has_tag(tag) or tag >> 16 < 8:
            assert action_for(tag) in ("X", "U")
            continue
        vr = pydicom.datadict.dictionary_VR(tag)
        value = {"SQ": [Dataset()], "UI": "1.2.3", "DA": "20200101", "DT": "20200101"}.get(vr)
        value = value or {"TM": "10", "OB": b"ab", "UN": b"ab"}.get(vr, "7")
        if vr in ("US", "UL", "FD", "FL", "SL", "SS"):
            value = 7
        dataset = Dataset()
        dataset.add_new(tag, vr, value)
        deidentify(dataset, Pseudonyms(KEY))
        known += 1
        if action == "X":
            assert tag not in dataset, text
        elif tag in dataset and vr != "SQ":
            assert dataset[tag].value != value, text
    assert known > 600


def test_the_table():
    assert EDITION == "2026c"
    assert len(attributes()) == 655
    actions = {"X", "D", "Z", "U", "X/Z", "X/D", "Z/D", "X/Z/D", "X/Z/U*"}
    assert set(attributes().values()) == actions
    assert action_for(0x00100010) == "Z"
    assert action_for(0x0020000D) == "U"
    assert action_for(0x60040022) == action_for(0x50FE0001) == "X"
    assert action_for(0x00280010) is None


def test_a_key_file_is_made_once_and_kept(tmp_path):
    path = tmp_path / "study.key"
    key = key_from_file(path)
    assert len(key) == 32
    assert key_from_file(path) == key
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    for text in ("", "abc", "zz" * 32, "ab" * 31, "ab" * 5000):
        path.write_text(text)
        with pytest.raises(MedviewError) as caught:
            key_from_file(path)
        assert caught.value.code == "bad-key"
    with pytest.raises(MedviewError):
        key_from_file(tmp_path)
