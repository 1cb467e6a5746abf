"""No export of labels says who the patient is, unless it is asked for."""

import gzip

import numpy as np
import pydicom
import pytest
from small_models import phantom

from medview.core.box import Box
from medview.core.job import Progress
from medview.dicom.deidentify import deidentify_files
from medview.dicom.deidentify_key import Pseudonyms
from medview.dicom.phantom_series import write_series
from medview.edit.edit import Origin
from medview.formats import registry
from medview.formats.dicom_source import EMPTIED, KEPT, Identity
from medview.session import exporting, opening
from medview.session.training_set import KINDS, write_training_set

PLANTED = ("Planted", "SECRET77", "Ward13", "19450508")
SUFFIXES = {"dicom-seg": "a.dcm", "rtstruct": "a.rtstruct.dcm", "nifti": "a.nii.gz",
            "nrrd": "a.seg.nrrd", "png": "slices", "nnunet": "set"}  # fmt: skip


@pytest.fixture
def planted(desk, tmp_path):
    """A session on a series that names its patient everywhere, in its folder's name, too."""
    folder = tmp_path / "Planted^Paula SECRET77"
    files = write_series(
        phantom(),
        folder,
        patient_id="SECRET77",
        patient_name="Planted^Paula",
        study_description="Planted, Ward13",
        series_description="SECRET77 on Ward13",
        study_date="19450508",
    )
    for path in files:
        dataset = pydicom.dcmread(path)
        dataset.PatientBirthDate = "19450508"
        dataset.AccessionNumber = dataset.StudyID = "SECRET77"
        dataset.ReferringPhysicianName = dataset.OperatorsName = "Planted^Doctor"
        dataset.InstitutionName = dataset.StationName = "Ward13"
        dataset.PatientComments = dataset.OtherPatientIDs = "SECRET77"
        dataset.save_as(path)
    report = opening.index([folder], Progress())
    session = desk.open(opening.load(report.series[0], Progress()))
    session.editor.begin("fill", Origin("tool", "test"), 0)
    box = Box.whole(phantom().geometry.shape)
    session.editor.write(box, phantom().labels)
    session.editor.commit()
    session.accept_slices([4, 5])
    session.flush()
    return session


def identifiers_in(path):
    """The planted words in all bytes and names below a path; gzip is opened."""
    found = set()
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        data = file.name.encode()
        if file.is_file():
            raw = file.read_bytes()
            data += raw + (gzip.decompress(raw) if file.suffix == ".gz" else b"")
        found |= {word for word in PLANTED if word.lower().encode() in data.lower()}
    return found


@pytest.mark.parametrize("kind", exporting.KINDS)
def test_window_exports(planted, tmp_path, kind):
    path = planted.export_job(kind, tmp_path / "out" / SUFFIXES[kind]).function(Progress())
    assert identifiers_in(path) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_training_sets(planted, tmp_path, kind):
    written = write_training_set(planted.workspace, kind, tmp_path / "out", Progress())
    assert written.slices == 2
    assert identifiers_in(written.folder) == set()


@pytest.mark.parametrize("kind", ["dicom-seg", "rtstruct"])
def test_the_scan_would_find_them(planted, tmp_path, kind):
    job = planted.export_job(kind, tmp_path / SUFFIXES[kind], keep_identity=True)
    path = job.function(Progress())
    assert identifiers_in(path) >= {"Planted", "SECRET77", "19450508"}
    dataset = pydicom.dcmread(path)
    assert (dataset.PatientID, str(dataset.PatientName)) == ("SECRET77", "Planted^Paula")


@pytest.mark.parametrize("kind", ["dicom-seg", "rtstruct"])
@pytest.mark.parametrize("identity", [EMPTIED, KEPT, Identity(pseudonyms=Pseudonyms(b"k" * 32))])
def test_labels_fit_the_images_they_are_for(planted, tmp_path, kind, identity):
    """The originals with emptied or kept identity; with a key the copies made with that key."""
    path = tmp_path / SUFFIXES[kind]
    done = list(planted.history.edits)
    job = exporting.export_job(
        kind, path, planted.volume, planted.labelmap, done, frozenset(), "", identity
    )
    job.function(Progress())
    image = planted.volume
    if identity.pseudonyms is not None:
        folder = image.source.files[0].parent
        deidentify_files([folder], tmp_path / "copies", identity.pseudonyms, Progress())
        report = opening.index([tmp_path / "copies", path], Progress())
        assert len({entry.patient_id for entry in report.series}) == 1
        assert len({entry.study_uid for entry in report.series}) == 1
        image = opening.load(opening.largest_image(report), Progress())
        assert identifiers_in(path) == set()
        assert planted.volume.source.series_uid.encode() not in path.read_bytes()
    header = opening.index([path], Progress()).series[0].headers[0]
    assert header.references == (image.source.series_uid,)
    labels = registry.format_for(path).read_labels(path, image)
    assert np.array_equal(labels.voxels, phantom().labels)
