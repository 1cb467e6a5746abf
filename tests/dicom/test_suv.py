"""SUV by body weight: the known answer where the tags suffice, the reason where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import PositronEmissionTomographyImageStorage

from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.phantom import Phantom
from medview.dicom.index import index_paths
from medview.dicom.loader import load_volume
from medview.dicom.phantom_series import write_series
from medview.dicom.series import split_volumes
from medview.dicom.suv import suv_factor, suv_of

F18 = 6586.2  # seconds


def pet(**changes) -> Dataset:
    """70 kg, 350 MBq of F-18, scanned one hour after the injection."""
    drug = Dataset()
    drug.RadionuclideTotalDose = "350000000"
    drug.RadionuclideHalfLife = str(F18)
    drug.RadiopharmaceuticalStartTime = "090000"
    header = Dataset()
    header.Units = "BQML"
    header.CorrectedImage = ["ATTN", "DECY", "SCAT"]
    header.DecayCorrection = "START"
    header.PatientWeight = "70"
    header.SeriesDate = header.AcquisitionDate = "20260102"
    header.SeriesTime = header.AcquisitionTime = "100000"
    header.RadiopharmaceuticalInformationSequence = [drug]
    for name, value in changes.items():
        where = drug if name.startswith("Radio") and name[5:7] in ("nu", "ph") else header
        if name == "RadiopharmaceuticalInformationSequence":
            where = header
        if value is None:
            delattr(where, name)
        else:
            setattr(where, name, value)
    return header


def decayed(seconds: float) -> float:
    return 70000.0 / (350e6 * 2 ** (-seconds / F18))


def test_the_dose_decays_until_the_scan():
    assert suv_factor(pet()) == pytest.approx(decayed(3600))


def test_corrected_to_the_injection_nothing_decays():
    assert suv_factor(pet(DecayCorrection="ADMIN")) == pytest.approx(70000.0 / 350e6)


def test_an_injection_before_midnight():
    header = pet(RadiopharmaceuticalStartTime="233000", SeriesTime="003000",
                 AcquisitionTime="003000")  # fmt: skip
    assert suv_factor(header) == pytest.approx(decayed(3600))


def test_the_date_time_of_the_injection_comes_before_its_time():
    header = pet(RadiopharmaceuticalStartDateTime="20260102093000")
    assert suv_factor(header) == pytest.approx(decayed(1800))


def test_a_processed_series_has_the_scanners_time_not_its_own():
    """Series time after the acquisition: acquisition less the frame's reference time."""
    header = pet(SeriesTime="180000", FrameReferenceTime="60000", ActualFrameDuration="120000")
    rate = np.log(2) / F18
    mean = np.log(rate * 120 / (1 - np.exp(-rate * 120))) / rate
    assert suv_factor(header) == pytest.approx(decayed(3600 - 60 + mean))
    header.add_new(0x00090010, "LO", "GEMS_PETD_01")
    header.add_new(0x0009100D, "DT", "20260102101500.00")
    assert suv_factor(header) == pytest.approx(decayed(4500))


def test_values_that_are_suv_already_and_philips_counts():
    assert suv_factor(pet(Units="GML")) == 1.0
    counts = pet(Units="CNTS")
    counts.add_new(0x70530010, "LO", "Philips PET Private Group")
    counts.add_new(0x70531000, "DS", "0.000551")
    assert suv_factor(counts) == pytest.approx(0.000551)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"PatientWeight": None}, "no patient weight"),
        ({"PatientWeight": "0"}, "no patient weight"),
        ({"RadionuclideTotalDose": None}, "no injected dose"),
        ({"RadionuclideHalfLife": None}, "no half life"),
        ({"RadiopharmaceuticalStartTime": None}, "no time of injection"),
        ({"RadiopharmaceuticalInformationSequence": None}, "no radiopharmaceutical"),
        ({"DecayCorrection": "NONE"}, "not corrected for decay"),
        ({"CorrectedImage": ["DECY"]}, "not corrected for attenuation"),
        ({"CorrectedImage": None}, "not corrected for attenuation"),
        ({"Units": "CNTS"}, "the values are counts"),
        ({"Units": "PROPCPS"}, "the values are in PROPCPS"),
        ({"Units": None}, "no units"),
        ({"SeriesTime": None, "AcquisitionTime": None}, "no time of the scan's begin"),
        (
            {"RadiopharmaceuticalStartDateTime": "20251230090000"},
            "the times of injection and scan do not fit each other",
        ),
        ({"Units": "GML", "SUVType": "LBM"}, "the values are SUV of another kind (LBM)"),
    ],
)
def test_the_reason_is_said(tmp_path, changes, reason):
    header = pet(**changes)
    header.SOPClassUID, header.SOPInstanceUID = PositronEmissionTomographyImageStorage, "1.2.3"
    path = tmp_path / "pet.dcm"
    header.save_as(path, implicit_vr=False, little_endian=True)
    assert suv_of(path) == (None, reason)


def test_nonsense_is_a_reason_and_no_crash(tmp_path):
    path = tmp_path / "pet.dcm"
    path.write_bytes(b"no dicom")
    assert suv_of(path)[0] is None
    assert suv_of(tmp_path / "absent.dcm") == (None, "the file cannot be read")


def load(folder):
    index = index_paths([folder], Progress())
    entry = next(one for one in index.series if one.modality == "PT")
    return load_volume(split_volumes(entry)[0], Progress())


def test_a_volume_brings_its_suv_along(tmp_path):
    """A uniform activity of dose over weight is SUV 1 where nothing decayed."""
    import pydicom

    voxels = np.full((3, 8, 8), 500, np.int16)
    phantom = Phantom(voxels, np.zeros(voxels.shape, np.uint8), Geometry.axial((3, 8, 8)))
    for path in write_series(phantom, tmp_path):
        dataset = pydicom.dcmread(path)
        dataset.update(pet(DecayCorrection="ADMIN", PatientWeight="50"))
        dataset.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = "25000000"
        dataset.Modality = "PT"
        dataset.SOPClassUID = PositronEmissionTomographyImageStorage
        dataset.file_meta.MediaStorageSOPClassUID = PositronEmissionTomographyImageStorage
        dataset.save_as(path)
    volume = load(tmp_path)
    assert volume.units == "Bq/ml"
    assert volume.no_suv == ""
    assert volume.voxels[1, 4, 4] * volume.suv == pytest.approx(1.0)


def test_a_real_pet(shared_data):
    """QIN-HEADNECK: 66.2 kg, 381.47 MBq F-18, injected at 11:39:00, scanned from 13:02:44.678."""
    folder = shared_data / "series" / "pet_with_seg"
    if not folder.is_dir():
        pytest.skip("pet_with_seg is absent")
    volume = load(folder)
    expected = 66200.0 / (381.47e6 * 2 ** (-5024.678 / F18))
    assert volume.suv == pytest.approx(expected, rel=1e-6)
    assert 1 < float(volume.voxels.max()) * volume.suv < 100
