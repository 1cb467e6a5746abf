"""I accept what is right and send it out; any other program reads the same voxels."""

from __future__ import annotations

import json
import subprocess

import highdicom as hd
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from dcmqi import _lookup
from PySide6.QtWidgets import QFileDialog

from medview.formats import rtstruct

RIGHT_LUNG, LEFT_LUNG, AIRWAY, LESION = 1, 2, 3, 4


@pytest.fixture
def corrected(reader, chest, chest_folder):
    """The model's mask, the right lung corrected by hand, and a lesion of mine."""
    reader.open(chest_folder)
    reader.segment()
    reader.press("B")
    reader.press("1")
    rows, columns = np.nonzero(chest.labels[8] == RIGHT_LUNG)
    edge = float(rows.max()) + 2.0, float(columns.mean())
    reader.stroke(edge, (edge[0] + 1, edge[1]))
    reader.click("Add Label")
    reader.until(lambda: reader.session.active_label == LESION)
    reader.press("4")
    rows, columns = np.nonzero(reader.slice_mask() == 0)
    free = (int(rows[0]) + 4, int(columns[0]) + 4)  # air beside the patient
    reader.stroke(free, (free[0] + 4, free[1]))
    reader.settle()
    assert (reader.mask() == LESION).sum() > 5
    return reader


def answer(monkeypatch, path):
    """What I type into the file dialog."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(path))


def export(reader, entry, path, monkeypatch):
    """File > Export > entry; returns when it says that it was read back."""
    answer(monkeypatch, path)
    reader.choose(f"File > Export > {entry}")
    reader.until(lambda: bool(reader.messages()))
    assert "read back without a difference" in reader.message
    reader.settle()


def test_the_segmentation_object(corrected, monkeypatch, tmp_path):
    """highdicom gives my voxels bit for bit, and each segment says who made it."""
    reader, path = corrected, tmp_path / "chest.dcm"
    export(reader, "DICOM Segmentation", path, monkeypatch)
    segmentation = hd.seg.segread(path)
    mask, source = reader.mask(), reader.session.volume.source
    uids = list(source.sop_instance_uids)
    origin = {}
    for number in segmentation.segment_numbers:
        told = segmentation.get_segment_description(number)
        label = reader.session.labelmap.table.find(told.segment_label)
        pixels = segmentation.get_pixels_by_source_instance(
            uids, segment_numbers=[number], assert_missing_frames_are_empty=True
        )
        assert np.array_equal(pixels[..., 0].astype(bool), mask == label.id)
        algorithm = told.algorithm_identification
        made_by = "" if algorithm is None else f"{algorithm.name}@{algorithm.version}"
        origin[label.id] = (told.algorithm_type.value, made_by.split(",")[0].split("@")[0])
    assert origin == {
        RIGHT_LUNG: ("SEMIAUTOMATIC", "ct-lung"),
        LEFT_LUNG: ("AUTOMATIC", "ct-lung"),
        AIRWAY: ("AUTOMATIC", "ct-lung"),
        LESION: ("MANUAL", ""),
    }
    dataset = pydicom.dcmread(path)
    assert dataset.PatientID == ""  # no name leaves unless it is asked for
    assert dataset.StudyInstanceUID == source.study_uid
    codes = {
        s.SegmentLabel: s.SegmentedPropertyTypeCodeSequence[0] for s in dataset.SegmentSequence
    }
    lung = codes["right lung"]
    assert (lung.CodeValue, lung.CodingSchemeDesignator) == ("39607008", "SCT")


def test_the_structure_set(corrected, monkeypatch, tmp_path):
    """The same for radiotherapy; the patient's name goes with it only when I say so."""
    reader, nameless, named = corrected, tmp_path / "a.rtstruct.dcm", tmp_path / "b.rtstruct.dcm"
    export(reader, "DICOM RT Structure Set", nameless, monkeypatch)
    reader.click("Close")
    reader.choose("File > Export > Patient's Name in DICOM Exports")
    export(reader, "DICOM RT Structure Set", named, monkeypatch)
    for path, patient in ((nameless, ""), (named, "P5")):
        dataset = pydicom.dcmread(path)
        assert dataset.PatientID == patient
        origins = {r.ROIName: r.ROIGenerationAlgorithm for r in dataset.StructureSetROISequence}
        assert origins["right lung"] == "SEMIAUTOMATIC"
        assert origins["left lung"] == "AUTOMATIC"
        assert sorted(origins.values()).count("MANUAL") == 1
        labels = rtstruct.read_labels(
            path, reader.session.volume, table=reader.session.labelmap.table
        )
        assert np.array_equal(labels.voxels, reader.mask())


def test_dcmqi_reads_voxels_and_geometry(corrected, monkeypatch, tmp_path):
    """The same voxels at the same places of the patient, says dcmqi."""
    reader, path, out = corrected, tmp_path / "chest.dcm", tmp_path / "dcmqi"
    out.mkdir()
    export(reader, "DICOM Segmentation", path, monkeypatch)
    words = ("--inputDICOM", str(path), "--outputDirectory", str(out), "-t", "nrrd")
    done = subprocess.run(
        [str(_lookup("segimage2itkimage")), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    mask, geometry = reader.mask(), reader.session.volume.geometry
    present = [n for n in (RIGHT_LUNG, LEFT_LUNG, AIRWAY, LESION) if (mask == n).any()]
    for number, label in enumerate(present, start=1):
        image = sitk.ReadImage(str(out / f"{number}.nrrd"))
        inside = np.argwhere(sitk.GetArrayFromImage(image))
        places = [
            image.TransformIndexToPhysicalPoint([int(n) for n in index[::-1]]) for index in inside
        ]
        drawn = geometry.to_patient(np.argwhere(mask == label))
        assert sorted(map(tuple, np.round(places, 2))) == sorted(map(tuple, drawn.round(2)))


def test_nifti(corrected, monkeypatch, tmp_path):
    """SimpleITK reads my voxels on the image's own grid."""
    reader, path = corrected, tmp_path / "chest.nii.gz"
    export(reader, "NIfTI Labels", path, monkeypatch)
    image = sitk.ReadImage(str(path))
    assert np.array_equal(sitk.GetArrayFromImage(image), reader.mask())
    geometry = reader.session.volume.geometry
    for voxel in ((0, 0, 0), (15, 95, 95), (3, 40, 7)):
        place = image.TransformIndexToPhysicalPoint(tuple(reversed(voxel)))
        assert np.allclose(place, geometry.to_patient(voxel), atol=1e-3)


def test_accepted_slices_become_an_nnunet_dataset(corrected, chest, monkeypatch, tmp_path):
    """Without an accepted slice there is nothing to train on; with some, exactly these go out."""
    reader, folder = corrected, tmp_path / "Dataset001_medview"
    answer(monkeypatch, tmp_path)
    reader.choose("File > Export > nnU-Net Dataset")
    reader.until(lambda: bool(reader.messages()))
    assert "No slice of this case is accepted" in reader.message
    reader.click("Close")
    for _ in range(2):
        reader.press("A")
        reader.wheel(-1)
    assert reader.session.accepted == {8, 7}
    reader.until(lambda: "2 of 16 slices accepted" in " ".join(reader.words()))
    export(reader, "nnU-Net Dataset", tmp_path, monkeypatch)
    about = json.loads((folder / "dataset.json").read_text())
    assert about["channel_names"] == {"0": "CT"}
    assert about["numTraining"] == 1
    assert about["labels"]["background"] == 0
    image = sitk.ReadImage(str(next((folder / "imagesTr").iterdir())))
    labels = sitk.ReadImage(str(next((folder / "labelsTr").iterdir())))
    assert np.array_equal(sitk.GetArrayFromImage(image), chest.voxels[7:9])
    assert np.array_equal(sitk.GetArrayFromImage(labels), reader.mask()[7:9])
    names = " ".join(path.name for path in folder.rglob("*"))
    assert "Doe" not in names
    assert "P5" not in names


def test_a_changed_slice_is_no_longer_accepted(corrected):
    """What I accepted is what I saw: painting there takes the acceptance back."""
    reader = corrected
    reader.press("A")
    assert reader.session.accepted == {8}
    reader.until(lambda: not reader.window.review.slice_button.isEnabled(), 5)
    reader.stroke((40, 40), (42, 42))
    assert reader.session.accepted == frozenset()
    reader.press("A")
    reader.press("Shift+A")
    assert reader.session.accepted == frozenset()
    reader.press("Ctrl+Shift+A")
    assert len(reader.session.accepted) == 16
    reader.settle()
    assert len(reader.session.workspace.reviewed_slices(reader.session.volume.case_key)) == 16


def test_a_place_that_cannot_be_written_is_said(corrected, monkeypatch, tmp_path):
    """A place I may not write to: a sentence, no file, nothing lost."""
    reader = corrected
    place = tmp_path / "file"
    place.write_text("not a folder")
    mask = reader.mask()
    answer(monkeypatch, place / "chest.nii.gz")
    reader.choose("File > Export > NIfTI Labels")
    reader.until(lambda: bool(reader.messages()))
    assert "made a mistake" not in reader.message
    assert "chest.nii.gz" in reader.message or "file" in reader.message
    assert np.array_equal(reader.mask(), mask)
