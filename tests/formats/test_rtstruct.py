"""A structure set holds what was drawn, exactly, and other programs' sets read as meant."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from format_samples import DIRECTIONS, TABLE, a_dicom_volume, a_geometry, a_labelmap
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydicom.dataset import Dataset
from skimage.draw import polygon2mask

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import Label, LabelTable
from medview.core.volume import Volume
from medview.formats.dicom_source import EMPTIED, KEPT, LabelOrigin, exported_labels
from medview.formats.registry import format_for, looks_like_labels
from medview.formats.rtstruct import is_structure_set, read_labels, write_labels
from medview.formats.verify import verify_written

ORIGINS = {1: LabelOrigin("AUTOMATIC", "lung-unet", "1.2"), 300: LabelOrigin("MANUAL", "brush")}
TILTED = ((0.0, 0.8, 3.0), (0, 1.5, 0), (1.25, 0, 0))
STEPS = {**DIRECTIONS, "tilted": TILTED}


def on_grid(steps, shape=(6, 9, 11)):
    affine = np.eye(4)
    affine[:3, :3] = np.array(steps).T
    affine[:3, 3] = (-12.5, 40.25, -100.125)
    return Geometry(shape, affine)


@pytest.fixture(params=sorted(STEPS))
def written(request, tmp_path):
    """(path, label map, volume) of a structure set in each orientation."""
    volume = a_dicom_volume(tmp_path / "ct", on_grid(STEPS[request.param]))
    labelmap = a_labelmap(volume.geometry)
    path = tmp_path / "labels.dcm"
    write_labels(labelmap, volume, path, origins=ORIGINS)
    return path, labelmap, volume


def as_ids(read, labelmap):
    ids = np.array([0, *(label.id for label in exported_labels(labelmap))])
    return ids[read.voxels]


def test_it_comes_back_voxel_by_voxel(written):
    path, labelmap, volume = written
    messages = []
    read = read_labels(path, volume, messages=messages)
    assert [message for message in messages if message.severity == "warning"] == []
    assert read.geometry is volume.geometry
    assert np.array_equal(as_ids(read, labelmap), labelmap.voxels)
    verify_written(path, labelmap, volume)
    other = a_labelmap(volume.geometry, seed=7)
    with pytest.raises(MedviewError, match="voxels differ"):
        verify_written(path, other, volume)


def test_without_uids_the_positions_decide(written):
    path, labelmap, volume = written
    read = read_labels(path, Volume(volume.voxels, volume.geometry))
    assert np.array_equal(as_ids(read, labelmap), labelmap.voxels)


def test_names_colours_codes_and_origins(written):
    path, labelmap, volume = written
    read = read_labels(path, volume).table
    wanted = exported_labels(labelmap)
    assert [label.name for label in read] == [label.name for label in wanted]
    assert [label.color for label in read] == [label.color for label in wanted]
    assert [label.code for label in read] == [label.code for label in wanted]
    assert [label.modifier for label in read] == [label.modifier for label in wanted]
    dataset = pydicom.dcmread(path)
    told = {roi.ROIName: roi.ROIGenerationAlgorithm for roi in dataset.StructureSetROISequence}
    assert told == {"left lung": "SEMIAUTOMATIC", "右肺 (ü)": "AUTOMATIC", "airway": "MANUAL"}
    assert dataset.ApprovalStatus == "UNAPPROVED"
    kept = read_labels(path, volume, table=labelmap.table)
    assert np.array_equal(kept.voxels, labelmap.voxels)


def test_scikit_image_fills_the_contours_alike(written):
    """Somebody else's polygon fill, contour by contour, with no knowledge of holes."""
    path, labelmap, volume = written
    dataset = pydicom.dcmread(path)
    filled = np.zeros_like(labelmap.voxels)
    for label, roi in zip(exported_labels(labelmap), dataset.ROIContourSequence, strict=True):
        for contour in roi.ContourSequence:
            assert contour.NumberOfContourPoints * 3 == len(contour.ContourData)
            points = np.array(contour.ContourData, float).reshape(-1, 3)
            voxels = volume.geometry.to_voxel(points)
            index = round(float(voxels[0, 0]))
            uid = contour.ContourImageSequence[0].ReferencedSOPInstanceUID
            assert volume.source.sop_instance_uids[index] == uid
            filled[index][polygon2mask(filled.shape[1:], voxels[:, 1:])] = label.id
    assert np.array_equal(filled, labelmap.voxels)


@pytest.mark.parametrize("identity", [KEPT, EMPTIED])
def test_dciodvfy_finds_no_error(tmp_path, identity):
    if shutil.which("dciodvfy") is None:
        pytest.skip("Debian's dicom3tools is not here")
    volume = a_dicom_volume(tmp_path / "ct", a_geometry("oblique"))
    path = tmp_path / "labels.dcm"
    write_labels(a_labelmap(volume.geometry), volume, path, origins=ORIGINS, identity=identity)
    done = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if line.startswith("Error")] == []


def test_decimals_are_short_and_contours_may_be_long(tmp_path):
    geometry = Geometry.axial((1, 180, 180), (3.0, 0.7, 0.7), (-8000.123456, -7000.5, 1234.56789))
    volume = a_dicom_volume(tmp_path / "ct", geometry)
    voxels = np.zeros(geometry.shape, np.uint8)
    voxels[0, 1:-1:2] = voxels[0, :, 90] = 1  # a comb: one contour with a corner at every tooth
    labelmap = LabelMap(geometry, TABLE, voxels)
    write_labels(labelmap, volume, tmp_path / "a.dcm")
    verify_written(tmp_path / "a.dcm", labelmap, volume)
    contour = pydicom.dcmread(tmp_path / "a.dcm").ROIContourSequence[0].ContourSequence[0]
    parts = contour.get_item(0x30060050).value.split(b"\\")
    assert max(len(part.strip()) for part in parts) <= 16
    assert len(parts) == 3 * contour.NumberOfContourPoints


# ---- any mask on any grid


@st.composite
def maps(draw):
    """(voxels of up to three labels, a geometry: turned, sheared, unevenly spaced)."""
    shape = draw(st.tuples(*[st.integers(1, n) for n in (3, 8, 8)]))
    voxels = draw(arrays(np.uint8, shape, elements=st.integers(0, 3)).filter(np.any))
    turn = np.linalg.qr(np.array(draw(st.lists(st.floats(-1, 1), min_size=9, max_size=9))
                                 ).reshape(3, 3) + 2 * np.eye(3))[0]  # fmt: skip
    spacing = draw(st.tuples(*[st.floats(0.2, 7)] * 3))
    affine = np.eye(4)
    affine[:3, :3] = turn * spacing
    affine[:3, 0] += draw(st.floats(-0.5, 0.5)) * affine[:3, 1]  # a tilted gantry
    affine[:3, 3] = draw(st.tuples(*[st.floats(-2000, 2000)] * 3))
    return voxels, Geometry(shape, affine)


@given(maps())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_mask_on_any_grid_comes_back(tmp_path_factory, case):
    voxels, geometry = case
    folder = tmp_path_factory.mktemp("any")
    volume = a_dicom_volume(folder / "ct", geometry)
    names = LabelTable.of(Label(n, f"part {n}", (n, n, n)) for n in (1, 2, 3))
    labelmap = LabelMap(geometry, names, voxels)
    write_labels(labelmap, volume, folder / "a.dcm")
    read = read_labels(folder / "a.dcm", volume, table=names)
    assert np.array_equal(read.voxels, voxels)


# ---- what others write


def edited(path, change):
    dataset = pydicom.dcmread(path)
    change(dataset)
    dataset.save_as(path)
    return path


def a_contour(geometry, corners, height, kind="CLOSED_PLANAR"):
    """A contour through (row, column) corners at a height in slices, naming no image."""
    points = geometry.to_patient([(height, *corner) for corner in corners])
    contour = Dataset()
    contour.ContourGeometricType = kind
    contour.NumberOfContourPoints = len(points)
    contour.ContourData = [f"{value:.4f}" for value in points.ravel()]
    return contour


SQUARE = [(1.5, 1.5), (1.5, 5.5), (5.5, 5.5), (5.5, 1.5)]
SMALL = [(2.5, 2.5), (2.5, 3.5), (3.5, 3.5), (3.5, 2.5)]


@pytest.fixture
def drawn(tmp_path):
    """A function from contours of one ROI to (read label map, message codes), and its volume."""
    volume = a_dicom_volume(tmp_path / "ct", on_grid(TILTED))
    path = tmp_path / "labels.dcm"
    write_labels(a_labelmap(volume.geometry), volume, path)

    def read(*contours):
        def change(dataset):
            dataset.ROIContourSequence[0].ContourSequence = list(contours)
            del dataset.ROIContourSequence[1:]

        messages = []
        labels = read_labels(edited(path, change), volume, messages=messages)
        return labels, {message.code: message.text for message in messages}

    return read, volume.geometry


def test_holes_islands_and_repeats(drawn):
    read, grid = drawn
    outline, hole = a_contour(grid, SQUARE, 2), a_contour(grid, SMALL, 2, "CLOSEDPLANAR_XOR")
    labels, messages = read(outline, hole, a_contour(grid, SQUARE[::-1], 2))
    assert (labels.voxels[2] == 1).sum() == 15
    assert labels.voxels.sum() == 15
    assert "1 contours" in messages["contours-repeated"]
    keyhole = [*SQUARE, SQUARE[0], *SMALL[::-1], SMALL[-1]]
    labels, _ = read(a_contour(grid, keyhole, 2))
    assert (labels.voxels[2] == 1).sum() == 15


def test_contours_between_slices_go_to_the_nearest(drawn):
    read, grid = drawn
    labels, messages = read(a_contour(grid, SQUARE, 2.4), a_contour(grid, SMALL, 3.3))
    assert np.flatnonzero(labels.voxels.any(axis=(1, 2))).tolist() == [2, 3]
    assert "contours-between" not in messages
    labels, messages = read(a_contour(grid, SQUARE, 2.1), a_contour(grid, SMALL, 2.4))
    assert (labels.voxels[2] == 1).sum() == 16
    assert messages["contours-between"].startswith("1 contours")


def test_sparse_contours_are_not_filled_in(drawn):
    read, grid = drawn
    labels, messages = read(*(a_contour(grid, SQUARE, height) for height in (0, 2, 5)))
    assert np.flatnonzero(labels.voxels.any(axis=(1, 2))).tolist() == [0, 2, 5]
    assert "(3)" in messages["contours-sparse"]


def test_what_encloses_nothing_here_is_counted(drawn):
    read, grid = drawn
    across = Dataset()
    across.ContourGeometricType = "CLOSED_PLANAR"
    points = grid.to_patient([(0, 3, 3), (4, 3, 3), (4, 3, 6)])
    across.ContourData = [f"{value:.4f}" for value in points.ravel()]
    labels, messages = read(
        a_contour(grid, SQUARE, 1),
        a_contour(grid, SQUARE[:1], 1, "POINT"),
        a_contour(grid, SQUARE, 9),
        across,
    )
    assert labels.voxels.sum() == 16
    for code in ("contours-open", "contours-outside", "contours-not-in-plane"):
        assert messages[code].startswith("1 "), code
    assert "roi-empty" in messages  # the other two


def test_overlapping_structures_leave_the_later_one(written):
    path, labelmap, volume = written

    def change(dataset):
        contours = dataset.ROIContourSequence
        contours[2].ContourSequence = contours[0].ContourSequence

    messages = []
    read = read_labels(edited(path, change), volume, messages=messages)
    assert (read.voxels == 3).sum() == (labelmap.voxels == exported_labels(labelmap)[0].id).sum()
    assert "segments-overlap" in {message.code for message in messages}


def test_another_patient_space_is_refused(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    path = tmp_path / "a.dcm"
    write_labels(a_labelmap(volume.geometry), volume, path)
    uids = tuple(f"1.2.3.{n}" for n in range(6))
    other = replace(
        volume.source, series_uid="1.2.3", frame_of_reference_uid="1.2.4", sop_instance_uids=uids
    )
    with pytest.raises(MedviewError, match=volume.source.series_uid) as caught:
        read_labels(path, replace(volume, source=other))
    assert caught.value.code == "other-frame-of-reference"
    same_space = replace(other, frame_of_reference_uid=volume.source.frame_of_reference_uid)
    assert read_labels(path, replace(volume, source=same_space)).voxels.any()
    with pytest.raises(MedviewError, match="contours") as caught:
        read_labels(path)
    assert caught.value.code == "no-reference"
    assert volume.source.series_uid in str(caught.value)


def test_the_registry_tells_it_from_a_segmentation(written):
    path, _, _ = written
    assert is_structure_set(path)
    assert format_for(path).name == "RTSTRUCT"
    assert looks_like_labels(path)
    assert format_for(path.with_name("new.dcm")).name == "DICOM SEG"
    assert format_for(path.with_name("new.rtstruct.dcm")).name == "RTSTRUCT"
    bare = path.rename(path.with_name("IM0001"))
    assert format_for(bare).name == "RTSTRUCT"


def test_files_of_other_kinds_are_refused(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    for path, code in (
        (volume.source.files[0], "not-a-structure-set"),
        (tmp_path / "none.dcm", "file-missing"),
        (Path(__file__), "not-a-structure-set"),
    ):
        with pytest.raises(MedviewError) as caught:
            read_labels(path, volume)
        assert caught.value.code == code


def test_damaged_contours_are_an_error_of_the_file(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    path = tmp_path / "a.dcm"
    write_labels(a_labelmap(volume.geometry), volume, path)
    raw = path.read_bytes()
    dataset = pydicom.dcmread(path)
    value = dataset.ROIContourSequence[0].ContourSequence[0].get_item(0x30060050).value
    path.write_bytes(raw.replace(value, b"x" * len(value)))
    with pytest.raises(MedviewError) as caught:
        read_labels(path, volume)
    assert caught.value.code == "file-unreadable"


def test_rt_utils_squares(shared_data):
    """rt-utils' own fixture: a square with a hole on one slice."""
    from medview.core.job import Progress
    from medview.session import opening

    folder = shared_data / "fixtures/rt_utils/tests/mock_data"
    report = opening.index([folder / "ct_1.dcm", folder / "ct_2.dcm"], Progress())
    volume = opening.load(report.series[0], Progress())
    labels = read_labels(folder / "rt.dcm", volume)
    assert [label.name for label in labels.table] == ["ROI-1"]
    assert labels.table[1].color == (162, 136, 95)
    assert np.flatnonzero(labels.voxels.any(axis=(1, 2))).tolist() == [0]
    dataset = pydicom.dcmread(folder / "rt.dcm")
    expected = np.zeros(labels.voxels.shape[1:], bool)
    for contour in dataset.ROIContourSequence[0].ContourSequence:  # a square and a hole in it
        points = np.array(contour.ContourData, float).reshape(-1, 3)
        expected ^= polygon2mask(expected.shape, volume.geometry.to_voxel(points)[:, 1:])
    assert np.array_equal(labels.voxels[0], expected)
    assert not labels.voxels[0, 175, 175]
