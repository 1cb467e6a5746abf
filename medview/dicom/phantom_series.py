"""Writes a phantom as a CT series: the demo's data and the tests' fixture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from medview.core.phantom import Phantom

_INTERCEPT = -1024


def write_series(
    phantom: Phantom,
    folder: Path,
    *,
    patient_id: str = "phantom-0",
    patient_name: str = "Phantom^Thorax",
    study_description: str = "Chest CT",
    series_description: str = "Thorax phantom",
    series_number: int = 1,
    study_date: str = "20260101",
    study_uid: str | None = None,
    series_uid: str | None = None,
    frame_of_reference_uid: str | None = None,
) -> list[Path]:
    """Write one file per slice into ``folder`` (made when absent), feet to head.

    Returns the files in the order of the phantom's slices. A valid CT Image (PS3.3 A.3):
    explicit little endian, 16 bits unsigned, rescale intercept -1024. UIDs that are not given
    are derived from the patient and the seed, so the same phantom keeps its identity.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seed = [patient_id, str(phantom.seed), series_description, repr(phantom.shift)]
    study = study_uid or generate_uid(entropy_srcs=[*seed, "study"])
    series = series_uid or generate_uid(entropy_srcs=[*seed, "series", str(series_number)])
    frame = frame_of_reference_uid or generate_uid(entropy_srcs=[*seed, "frame"])
    header = Dataset()
    header.PatientID, header.PatientName = patient_id, patient_name
    header.StudyInstanceUID, header.SeriesInstanceUID = study, series
    header.FrameOfReferenceUID = frame
    header.StudyDescription, header.SeriesDescription = study_description, series_description
    header.SeriesNumber, header.StudyDate = series_number, study_date
    _add_constants(header, phantom)
    paths = []
    for index in range(phantom.voxels.shape[0]):
        path = folder / f"slice-{index:04d}.dcm"
        _slice_file(header, phantom, index, path).save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def _add_constants(header: Dataset, phantom: Phantom) -> None:
    """The attributes that all slices share, Type 1 and 2 of every mandatory module."""
    header.SpecificCharacterSet = "ISO_IR 192"
    header.ImageType = ["DERIVED", "PRIMARY", "AXIAL"]
    header.SOPClassUID = CTImageStorage
    header.ContentDate = header.SeriesDate = header.AcquisitionDate = header.StudyDate
    header.ContentTime = header.SeriesTime = header.StudyTime = "120000"
    header.PatientBirthDate = header.PatientSex = header.ReferringPhysicianName = ""
    header.AccessionNumber = header.StudyID = header.PositionReferenceIndicator = ""
    header.Laterality = ""
    header.Modality = "CT"
    header.Manufacturer = "medview"
    header.ManufacturerModelName = "thorax phantom"
    header.PatientPosition = "HFS"
    header.KVP = "120"
    header.AcquisitionNumber = "1"
    header.RescaleType = "HU"
    header.RescaleIntercept, header.RescaleSlope = str(_INTERCEPT), "1"
    header.WindowCenter, header.WindowWidth = ["40", "-600"], ["400", "1500"]
    header.WindowCenterWidthExplanation = ["MEDIASTINUM", "LUNG"]
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.BitsAllocated, header.BitsStored, header.HighBit = 16, 12, 11
    header.PixelRepresentation = 0
    _, header.Rows, header.Columns = phantom.voxels.shape
    slices, rows, columns = phantom.geometry.spacing_mm
    header.PixelSpacing = [f"{rows:.10g}", f"{columns:.10g}"]
    header.SliceThickness = f"{slices:.10g}"
    directions = phantom.geometry.directions
    header.ImageOrientationPatient = [
        f"{value:.10g}" for value in (*directions[:, 2], *directions[:, 1])
    ]


def _slice_file(header: Dataset, phantom: Phantom, index: int, path: Path) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    uid = generate_uid(entropy_srcs=[header.SeriesInstanceUID, str(index)])
    meta.MediaStorageSOPInstanceUID = uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset(str(path), header, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPInstanceUID = uid
    dataset.InstanceNumber = str(index + 1)
    position = phantom.geometry.to_patient((index, 0, 0))
    dataset.ImagePositionPatient = [f"{value:.10g}" for value in position]
    dataset.SliceLocation = f"{position[2]:.10g}"
    stored = phantom.voxels[index].astype(np.int32) - _INTERCEPT
    dataset.PixelData = np.ascontiguousarray(stored.astype("<u2")).tobytes()
    dataset["PixelData"].VR = "OW"
    return dataset
