"""Nuclear medicine: reconstructed slices are placed by their first one, others stay without."""

import numpy as np
import pydicom
import pytest

from medview.dicom.nuclear import SOP_CLASS

FRAMES = 6
ORIENTATION = ["1", "0", "0", "0", "1", "0"]


@pytest.fixture
def nuclear(series, change):
    """One NM file of six frames; ``nuclear(slices=..., between=..., **vectors)``."""
    path = series[1][0]
    for other in series[1][1:]:
        other.unlink()

    def make(slices=range(1, FRAMES + 1), between="4", place=True, **vectors):
        def function(dataset):
            dataset.SOPClassUID = pydicom.uid.UID(SOP_CLASS)
            dataset.Modality, dataset.NumberOfFrames = "NM", str(FRAMES)
            rows = np.arange(FRAMES, dtype="<u2").repeat(dataset.Rows * dataset.Columns)
            dataset.PixelData = rows.tobytes()
            dataset.PixelSpacing = ["3", "2"]
            dataset.RescaleIntercept = "0"
            del dataset.ImagePositionPatient, dataset.ImageOrientationPatient
            detector = pydicom.Dataset()
            if place:
                detector.ImagePositionPatient = ["-10", "-20", "100"]
                detector.ImageOrientationPatient = ORIENTATION
            dataset.DetectorInformationSequence = [detector]
            dataset.SpacingBetweenSlices = between
            if slices is not None:
                dataset.SliceVector = list(slices)
            for keyword, values in vectors.items():
                setattr(dataset, keyword, list(values))

        change(path, function)
        return path

    return make


@pytest.mark.parametrize(("between", "first"), [("4", 0), ("-4", FRAMES - 1)])
def test_a_tomogram_lies_where_its_detector_says(nuclear, load, between, first):
    volume = load(nuclear(between=between))
    assert volume.geometry.calibrated
    assert volume.geometry.spacing_mm == pytest.approx((4.0, 3.0, 2.0))
    index = 0 if first == 0 else FRAMES - 1  # where slice number 1 lies along the normal
    assert np.allclose(volume.geometry.to_patient((index, 0, 0)), (-10, -20, 100))
    assert volume.voxels[:, 0, 0].tolist() == (
        list(range(FRAMES)) if first == 0 else list(range(FRAMES))[::-1]
    )


def test_equal_places_are_told_apart_by_their_vector(nuclear, plans):
    path = nuclear(slices=[1, 2, 3] * 2, TimeSlotVector=[1, 1, 1, 2, 2, 2])
    found = plans(path)
    assert [plan.phase_name for plan in found] == ["time slot 1", "time slot 2"]
    assert [plan.geometry.shape[0] for plan in found] == [3, 3]
    assert {plan.phase_set for plan in found} == {0}


@pytest.mark.parametrize(
    "more",
    [{"slices": None}, {"slices": [1, 2]}, {"place": False}, {"between": "0"}],
    ids=["no vector", "a short vector", "no place", "no distance"],
)
def test_without_a_place_millimetres_hold_within_the_picture(nuclear, load, more):
    volume = load(nuclear(**more))
    assert not volume.geometry.calibrated
    assert volume.geometry.in_plane_mm == (3.0, 2.0)
    assert volume.voxels[:, 0, 0].tolist() == list(range(FRAMES))
