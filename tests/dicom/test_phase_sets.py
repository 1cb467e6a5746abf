"""Volumes that are phases of one another: named by value, in order, on one grid."""

import numpy as np
import pydicom
import pytest

from medview.dicom.phantom_series import write_series


@pytest.fixture
def repeated(phantom, tmp_path, change):
    """Write the phantom once per set of attribute values, all in one series."""

    def _repeated(*sets):
        for number, values in enumerate(sets):
            for index, path in enumerate(write_series(phantom, tmp_path / f"{number}")):

                def function(dataset, values=values, number=number, index=index):
                    dataset.SOPInstanceUID = f"1.2.3.{number}.{index}"
                    dataset.InstanceNumber = str(len(sets) - number)  # against the values' order
                    for keyword, value in values.items():
                        setattr(dataset, keyword, value)

                change(path, function)
        return tmp_path

    return _repeated


def in_order(plans):
    assert len({plan.phase_set for plan in plans}) == 1
    ordered = sorted(plans, key=lambda plan: plan.phase_position)
    assert [plan.phase_position for plan in ordered] == list(range(len(plans)))
    assert all(plan.geometry.is_close(ordered[0].geometry) for plan in ordered)
    return [plan.phase_name for plan in ordered]


def test_b_values_in_the_order_of_their_numbers(repeated, plans):
    found = plans(repeated(*({"DiffusionBValue": b} for b in (1000.0, 50.0, 0.0))))
    assert in_order(found) == ["b-value 0", "b-value 50", "b-value 1000"]


def test_echoes(repeated, plans):
    found = plans(repeated(*({"EchoTime": time} for time in ("100", "9.5"))))
    assert in_order(found) == ["echo time 9.5", "echo time 100"]


def test_time_positions(repeated, plans):
    found = plans(repeated(*({"TemporalPositionIdentifier": str(n)} for n in (10, 9, 1))))
    assert in_order(found) == ["time 1", "time 9", "time 10"]


def test_two_attributes_together(repeated, plans):
    found = plans(
        repeated(
            *(
                {"DiffusionBValue": b, "DiffusionGradientOrientation": list(d)}
                for b, d in ((800.0, (0, 1, 0)), (0.0, (0, 0, 0)), (800.0, (1, 0, 0)))
            )
        )
    )
    assert in_order(found) == [
        "b-value 0, direction 0.000 0.000 0.000",
        "b-value 800, direction 0.000 1.000 0.000",
        "b-value 800, direction 1.000 0.000 0.000",
    ]


def test_a_single_volume_is_no_phase(series, plans):
    (plan,) = plans(series[0])
    assert (plan.phase_set, plan.phase_position, plan.phase_name) == (None, 0, "")


def test_phases_on_different_grids_are_no_set(repeated, plans):
    folder = repeated({"EchoTime": "10"}, {"EchoTime": "20"})
    next((folder / "0").iterdir()).unlink()
    found = plans(folder)
    assert len(found) == 2
    assert [plan.phase_set for plan in found] == [None, None]


def enhanced(phantom, folder, groups):
    """One enhanced MR file: each phase all slices, with its own functional group content."""
    path = write_series(phantom, folder)[0]
    for other in sorted(folder.iterdir())[1:]:
        other.unlink()
    dataset = pydicom.dcmread(path)
    dataset.SOPClassUID = pydicom.uid.EnhancedMRImageStorage
    dataset.Modality = "MR"
    measures, plane, rescale = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    measures.PixelSpacing, measures.SliceThickness = ["6", "8"], "25"
    plane.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    rescale.RescaleSlope, rescale.RescaleIntercept = "1", "0"
    shared = pydicom.Dataset()
    shared.PixelMeasuresSequence = [measures]
    shared.PlaneOrientationSequence = [plane]
    shared.PixelValueTransformationSequence = [rescale]
    frames = []
    for group in groups:
        for index in range(3):
            frame, place = pydicom.Dataset(), pydicom.Dataset()
            place.ImagePositionPatient = ["0", "0", str(25 * index)]
            frame.PlanePositionSequence = [place]
            for sequence, keyword, value in group:
                item = pydicom.Dataset()
                setattr(item, keyword, value)
                setattr(frame, sequence, [item])
            frames.append(frame)
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = frames
    dataset.NumberOfFrames = str(len(frames))
    size = dataset.Rows * dataset.Columns
    dataset.PixelData = np.arange(len(frames), dtype="<u2").repeat(size).tobytes()
    pydicom.dcmwrite(path, dataset)
    return path


@pytest.mark.parametrize(
    ("sequence", "keyword", "values", "names"),
    [
        ("FrameContentSequence", "TemporalPositionIndex", (2, 1), ["time 1", "time 2"]),
        ("MREchoSequence", "EffectiveEchoTime", (80.0, 9.0), ["echo time 9", "echo time 80"]),
        (
            "MRDiffusionSequence",
            "DiffusionBValue",
            (1000.0, 0.0),
            ["b-value 0", "b-value 1000"],
        ),
        (
            "CardiacSynchronizationSequence",
            "NominalCardiacTriggerDelayTime",
            (300.0, 40.0),
            ["trigger 40", "trigger 300"],
        ),
    ],
)
def test_enhanced_frames(phantom, tmp_path, plans, load, sequence, keyword, values, names):
    groups = [[(sequence, keyword, value)] for value in values]
    path = enhanced(phantom, tmp_path, groups)
    found = plans(path)
    assert in_order(found) == names
    first = next(number for number, plan in enumerate(found) if plan.phase_position == 0)
    assert load(path, number=first).voxels[:, 0, 0].tolist() == [3, 4, 5]  # of the second group
