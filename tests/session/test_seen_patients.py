"""A held-out case of a patient that the model was made from is recognised, and proves nothing."""

from __future__ import annotations

import hashlib

import pydicom
import pytest

from medview.ai.catalog import Catalog
from medview.session.comparing import is_seen
from medview.session.lineage import seen_patients
from medview.session.records import hashed_patient
from medview.session.training import known_as, patient_hashes


def test_a_patient_of_a_manifest_is_known_by_the_name_in_his_dicom_files_too():
    """A manifest of NIfTI files has names of its own; the config says whose they are."""
    config = {"patient_ids": {"case-a": "P-1", "case-c": "P-3"}}
    assert known_as({"case-a", "case-b"}, config) == {"case-a", "case-b", "P-1"}
    assert known_as({"case-a"}, {}) == {"case-a"}
    hashes = patient_hashes(known_as({"case-a"}, config))
    assert hashlib.sha256(b"P-1").hexdigest() in hashes
    assert is_seen(hashed_patient("P-1"), hashes)
    assert not is_seen(hashed_patient("P-3"), hashes)


@pytest.mark.parametrize(("case", "is_known"), [("lung_dx_a0001", True), ("lung_dx_a0002", False)])
def test_the_bundled_model_knows_its_own_patients_by_their_dicom_files(
    shared_data, tmp_path, case, is_known
):
    file = next((shared_data / "series" / case).iterdir())
    identity = str(pydicom.dcmread(file, stop_before_pixels=True).PatientID)
    catalog = Catalog(tmp_path)
    seen = seen_patients(catalog, catalog.find("ct-lung").card)
    assert is_seen(hashed_patient(identity), seen) == is_known
