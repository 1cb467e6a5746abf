"""Series become volumes by position and orientation, never by names or numbers."""

import numpy as np
import pytest

from medview.dicom.phantom_series import write_series


def set_position(dataset, position):
    dataset.ImagePositionPatient = [f"{value:.6f}" for value in position]


def test_geometry_comes_back_exactly(series, plans, phantom):
    plan = plans(series[0])[0]
    assert plan.geometry.is_close(phantom.geometry, 1e-6)
    assert plan.messages == ()
    assert [frame.path for frame in plan.frames] == series[1]


def test_reversed_instance_numbers_change_nothing(series, plans, change, phantom):
    folder, paths = series
    for number, path in enumerate(paths):
        change(path, lambda d, n=number: setattr(d, "InstanceNumber", str(100 - n)))
    assert plans(folder)[0].geometry.is_close(phantom.geometry, 1e-6)


def test_a_missing_slice_is_named(series, plans, codes):
    folder, paths = series
    paths[5].unlink()
    messages = plans(folder)[0].messages
    assert codes(messages) == {"missing-slices"}
    assert messages[0].severity == "warning"
    assert messages[0].files == (paths[4].name, paths[6].name)


def test_uneven_spacing_is_named(series, plans, change, codes):
    folder, paths = series

    def shift(dataset):
        x, y, z = dataset.ImagePositionPatient
        set_position(dataset, (x, y, z + 3))

    change(paths[-1], shift)
    assert codes(plans(folder)[0].messages) == {"uneven-spacing"}


def test_spacing_within_one_percent_is_even(series, plans, change):
    folder, paths = series

    def shift(dataset):
        x, y, z = dataset.ImagePositionPatient
        set_position(dataset, (x, y, z + 0.1))

    change(paths[4], shift)
    assert plans(folder)[0].messages == ()


def test_the_same_position_twice_is_a_warning(series, plans, change, codes):
    folder, paths = series

    def double(dataset):
        dataset.SOPInstanceUID += ".1"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID

    twin = folder / "twin.dcm"
    twin.write_bytes(paths[3].read_bytes())
    change(twin, double)
    volumes = plans(folder)
    assert [len(plan.frames) for plan in volumes] == [12, 1]
    assert codes(volumes[0].messages) == {"duplicate-position"}
    assert set(volumes[0].messages[0].files) == {"twin.dcm", paths[3].name}


@pytest.mark.parametrize(
    ("keyword", "values", "name"),
    [
        ("TemporalPositionIdentifier", ("1", "2"), "time 1"),
        ("EchoTime", ("2.5", "30"), "echo time 2.5"),
        ("AcquisitionNumber", ("4", "9"), "acquisition 4"),
    ],
)
def test_repeats_are_split_into_phases(phantom, tmp_path, plans, change, keyword, values, name):
    for phase, value in enumerate(values):
        paths = write_series(phantom, tmp_path / str(phase), series_uid="1.2.3")
        for path in paths:

            def adapt(dataset, phase=phase, value=value):
                dataset.SOPInstanceUID = f"{dataset.SOPInstanceUID[:50]}.{phase}"
                dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
                dataset.FrameOfReferenceUID = "1.2.4"
                setattr(dataset, keyword, value)

            change(path, adapt)
    volumes = plans(tmp_path)
    assert [len(plan.frames) for plan in volumes] == [12, 12]
    assert volumes[0].name.endswith(name)
    assert not any(plan.messages for plan in volumes)
    assert {len({f.path.parent for f in plan.frames}) for plan in volumes} == {1}


def test_a_localizer_falls_out(series, plans, change, phantom):
    folder, paths = series

    def turn(dataset):
        dataset.ImageOrientationPatient = ["1", "0", "0", "0", "0", "-1"]
        set_position(dataset, (-200, 0, 300))

    change(paths[0], turn)
    volumes = plans(folder)
    assert [len(plan.frames) for plan in volumes] == [11, 1]
    assert [plan.geometry.orientation for plan in volumes] == ["axial", "coronal"]
    assert [plan.index for plan in volumes] == [0, 1]


@pytest.mark.parametrize("attribute", ["PixelSpacing", "FrameOfReferenceUID", "PatientID"])
def test_what_differs_is_not_stacked(series, plans, change, attribute):
    folder, paths = series
    value = {"PixelSpacing": ["2", "2"]}.get(attribute, "1.2.3.4")
    for path in paths[:4]:
        change(path, lambda d: setattr(d, attribute, value))
    assert [len(plan.frames) for plan in plans(folder)] == [8, 4]


@pytest.mark.parametrize(
    ("orientation", "plane"),
    [
        ((0, 1, 0, 0, 0, -1), "sagittal"),
        ((1, 0, 0, 0, 0, -1), "coronal"),
        ((-1, 0, 0, 0, -1, 0), "axial"),
        ((1, 0, 0, 0, -1, 0), "axial"),
        ((0.8, 0.6, 0, 0, 0, -1), "oblique"),
    ],
)
def test_every_orientation_is_stacked_on_its_normal(series, plans, change, orientation, plane):
    folder, paths = series
    normal = np.cross(orientation[:3], orientation[3:])
    start = np.array([10.0, -20.0, 30.0])
    for number, path in enumerate(paths):

        def turn(dataset, number=number):
            dataset.ImageOrientationPatient = [str(value) for value in orientation]
            set_position(dataset, start - 2.5 * number * normal)

        change(path, turn)
    plan = plans(folder)[0]
    assert plan.geometry.orientation == plane
    assert [frame.path for frame in plan.frames] == paths[::-1]
    assert np.allclose(plan.geometry.affine[:3, 0], 2.5 * normal, atol=1e-6)
    assert np.allclose(plan.geometry.affine[:3, 1], np.array(orientation[3:]) * 8.0)
    assert np.allclose(plan.geometry.affine[:3, 2], np.array(orientation[:3]) * 6.0)
    assert np.allclose(plan.geometry.affine[:3, 3], start - 2.5 * 11 * normal, atol=1e-5)


def test_gantry_tilt_is_kept_as_shear_and_said(series, plans, change, codes):
    folder, paths = series
    for number, path in enumerate(paths):
        change(path, lambda d, n=number: set_position(d, (0, 1.5 * n, 5.0 * n)))
    plan = plans(folder)[0]
    assert codes(plan.messages) == {"gantry-tilt"}
    assert plan.geometry.is_sheared
    assert np.allclose(plan.geometry.affine[:3, 0], (0, 1.5, 5.0))


@pytest.mark.parametrize("attribute", ["ImagePositionPatient", "ImageOrientationPatient"])
def test_without_geometry_there_are_no_millimetres(series, plans, change, attribute, codes):
    folder, paths = series
    for path in paths:
        change(path, lambda d: delattr(d, attribute))
    plan = plans(folder)[0]
    assert not plan.geometry.calibrated
    assert codes(plan.messages) == {"no-geometry"}
    assert [frame.path for frame in plan.frames] == paths


def test_an_invalid_position_is_missing_not_zero(series, plans, change):
    folder, paths = series
    raw = paths[2].read_bytes()
    position = raw.index(b"\x20\0\x32\0DS")
    paths[2].write_bytes(raw[: position + 8] + b"abc" + raw[position + 11 :])
    volumes = plans(folder)
    assert [len(plan.frames) for plan in volumes] == [11, 1]
    assert not volumes[1].geometry.calibrated


def test_frames_at_one_position_are_a_stack_over_time(series, plans, change, codes):
    folder, paths = series
    for path in paths:
        change(path, lambda d: set_position(d, (0, 0, 0)))
    plan = plans(folder)[0]
    assert len(plan.frames) == 12
    assert codes(plan.messages) == {"one-position"}
    assert not plan.geometry.calibrated
