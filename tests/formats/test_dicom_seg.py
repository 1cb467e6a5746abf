"""A DICOM segmentation holds what was drawn, for us and for everybody else."""

import shutil
import subprocess

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from dcmqi import _lookup
from format_samples import DIRECTIONS, TABLE, a_dicom_volume, a_geometry, a_labelmap, a_volume
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedCTImageStorage, generate_uid

from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.volume import SourceSeries, Volume
from medview.formats.dicom_seg import (
    LabelOrigin,
    exported_labels,
    is_segmentation,
    read_labels,
    write_labels,
)
from medview.formats.dicom_source import EMPTIED, KEPT
from medview.formats.verify import verify_written

ORIGINS = {
    1: LabelOrigin("AUTOMATIC", "lung-unet", "1.2"),
    2: LabelOrigin("SEMIAUTOMATIC", "lung-unet", "1.2"),
    300: LabelOrigin("MANUAL"),
}


@pytest.fixture(params=sorted(DIRECTIONS))
def written(request, tmp_path):
    """(path, label map, volume) of a segmentation in each orientation."""
    volume = a_dicom_volume(tmp_path / "ct", a_geometry(request.param))
    labelmap = a_labelmap(volume.geometry)
    path = tmp_path / "labels.dcm"
    write_labels(labelmap, volume, path, origins=ORIGINS)
    return path, labelmap, volume


def as_ids(read, labelmap):
    """Segment numbers back to label ids."""
    ids = np.array([0, *(label.id for label in exported_labels(labelmap))])
    return ids[read.voxels]


def test_it_comes_back_on_the_images_grid(written):
    path, labelmap, volume = written
    messages = []
    read = read_labels(path, volume, messages=messages)
    assert messages == []
    assert read.geometry is volume.geometry
    assert np.array_equal(as_ids(read, labelmap), labelmap.voxels)
    verify_written(path, labelmap, volume)


def test_names_codes_and_colours_come_back(written):
    path, labelmap, volume = written
    read = read_labels(path, volume).table
    assert [(label.id, label.name) for label in read] == [
        (1, "left lung"),
        (2, "右肺 (ü)"),
        (3, "airway"),
    ]
    assert read[1].code == TABLE[2].code
    assert read[1].category == TABLE[2].category
    assert read[1].modifier == TABLE[2].modifier
    assert read[2].code.value == "85756007"
    for number, label in enumerate(exported_labels(labelmap), start=1):
        assert np.abs(np.subtract(read[number].color, label.color)).max() <= 2


def test_labels_of_a_known_table_keep_their_ids(written):
    path, labelmap, volume = written
    read = read_labels(path, volume, table=labelmap.table)
    assert np.array_equal(read.voxels, labelmap.voxels)
    assert read.table == labelmap.table


def test_without_its_images_it_makes_its_own_grid(written):
    path, labelmap, volume = written
    read = read_labels(path)
    assert read.geometry.shape == (4, 9, 11)
    rebuilt = read_labels(path, Volume(volume.voxels, volume.geometry))  # no UIDs: by position
    assert np.array_equal(as_ids(rebuilt, labelmap), labelmap.voxels)
    for label_id in range(1, 4):
        ours = read.geometry.to_patient(np.argwhere(read.voxels == label_id))
        drawn = np.argwhere(as_ids(rebuilt, labelmap) == exported_labels(labelmap)[label_id - 1].id)
        assert sorted(map(tuple, ours.round(3))) == sorted(
            map(tuple, volume.geometry.to_patient(drawn).round(3))
        )


def test_highdicom_reads_the_same_voxels(written):
    path, labelmap, volume = written
    segmentation = highdicom.seg.segread(path)
    pixels = segmentation.get_pixels_by_source_instance(
        list(volume.source.sop_instance_uids), combine_segments=True
    )
    ids = np.array([0, *(label.id for label in exported_labels(labelmap))])
    assert np.array_equal(ids[pixels], labelmap.voxels)
    theirs = segmentation.get_volume(combine_segments=True)
    matched = np.zeros(labelmap.geometry.shape, int)
    for index in np.argwhere(theirs.array):
        place = (theirs.affine @ (*index, 1))[:3]
        here = tuple(np.round(volume.geometry.to_voxel(place)).astype(int))
        matched[here] = ids[theirs.array[tuple(index)]]
    assert np.array_equal(matched, labelmap.voxels)


def test_the_origin_of_each_label_is_told(written):
    path, labelmap, _volume = written
    segmentation = highdicom.seg.segread(path)
    told = {}
    for number, label in enumerate(exported_labels(labelmap), start=1):
        description = segmentation.get_segment_description(number)
        told[label.id] = description.algorithm_type.value
        algorithm = description.algorithm_identification
        if label.id == 300:
            assert algorithm is None
        else:
            assert (algorithm.name, algorithm.version) == ("lung-unet", "1.2")
    assert told == {1: "AUTOMATIC", 2: "SEMIAUTOMATIC", 300: "MANUAL"}


def test_dcmqi_reads_the_same_voxels_and_geometry(written, tmp_path):
    path, labelmap, volume = written
    out = tmp_path / "dcmqi"
    out.mkdir()
    done = subprocess.run(
        [
            str(_lookup("segimage2itkimage")),
            *("--inputDICOM", str(path)),
            *("--outputDirectory", str(out)),
            *("-t", "nrrd"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for number, label in enumerate(exported_labels(labelmap), start=1):
        image = sitk.ReadImage(str(out / f"{number}.nrrd"))
        inside = np.argwhere(sitk.GetArrayFromImage(image))
        places = [
            image.TransformIndexToPhysicalPoint(tuple(int(n) for n in index[::-1]))
            for index in inside
        ]
        drawn = volume.geometry.to_patient(np.argwhere(labelmap.voxels == label.id))
        assert sorted(map(tuple, np.round(places, 2))) == sorted(map(tuple, drawn.round(2)))


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="Debian's dicom3tools is not here")
@pytest.mark.parametrize("identity", [KEPT, EMPTIED])
def test_dciodvfy_finds_no_error(tmp_path, identity):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    path = tmp_path / "a.dcm"
    write_labels(a_labelmap(volume.geometry), volume, path, origins=ORIGINS, identity=identity)
    done = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Error" not in done.stdout + done.stderr


def test_the_patient_is_copied_or_emptied(tmp_path):
    volume = a_dicom_volume(
        tmp_path / "ct", a_geometry(), patient_id="p-77", patient_name="Müller^Jörg"
    )
    labelmap = a_labelmap(volume.geometry)
    write_labels(labelmap, volume, tmp_path / "a.dcm", creator="Reader^One")
    named = pydicom.dcmread(tmp_path / "a.dcm")
    assert (named.PatientID, str(named.PatientName)) == ("p-77", "Müller^Jörg")
    assert named.StudyInstanceUID == volume.source.study_uid
    write_labels(labelmap, volume, tmp_path / "b.dcm", identity=EMPTIED)
    raw = (tmp_path / "b.dcm").read_bytes()
    assert b"p-77" not in raw
    assert "Müller".encode() not in raw
    bare = pydicom.dcmread(tmp_path / "b.dcm")
    assert bare.PatientIdentityRemoved == "YES"
    assert bare.StudyDate == ""
    verify_written(tmp_path / "b.dcm", labelmap, volume)


def test_a_latin1_source_and_a_chinese_label_fit_together(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    for file in volume.source.files:
        dataset = pydicom.dcmread(file)
        dataset.SpecificCharacterSet = "ISO_IR 100"
        dataset.PatientName = "Müller^Jörg"
        dataset.save_as(file)
    write_labels(a_labelmap(volume.geometry), volume, tmp_path / "a.dcm")
    read = pydicom.dcmread(tmp_path / "a.dcm")
    assert str(read.PatientName) == "Müller^Jörg"
    assert read.SegmentSequence[1].SegmentLabel == "右肺 (ü)"


def test_missing_attributes_of_the_source_are_left_empty(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    for file in volume.source.files:
        dataset = pydicom.dcmread(file)
        for name in ("PatientSex", "StudyTime", "AccessionNumber", "ReferringPhysicianName"):
            if name in dataset:
                del dataset[name]
        dataset.save_as(file)
    labelmap = a_labelmap(volume.geometry)
    write_labels(labelmap, volume, tmp_path / "a.dcm")
    verify_written(tmp_path / "a.dcm", labelmap, volume)


def a_multiframe(folder, geometry, frames):
    """An enhanced CT in one file whose volume uses ``frames`` (1-based) of it, in that order."""
    dataset = pydicom.dcmread(a_dicom_volume(folder, geometry).source.files[0])
    slices = len(frames)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.NumberOfFrames = 2 * slices
    orientation, measures, shared = Dataset(), Dataset(), Dataset()
    orientation.ImageOrientationPatient = dataset.ImageOrientationPatient
    measures.PixelSpacing = dataset.PixelSpacing
    measures.SliceThickness = 3.0
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [orientation], [measures]
    dataset.SharedFunctionalGroupsSequence = [shared]
    groups = []
    for number in range(1, 2 * slices + 1):
        group, position, content = Dataset(), Dataset(), Dataset()
        index = frames.index(number) if number in frames else number // 2 - 1  # another phase
        place = geometry.to_patient((index, 0, 0))
        position.ImagePositionPatient = [f"{value:.10g}" for value in place]
        group.PlanePositionSequence, group.FrameContentSequence = [position], [content]
        content.DimensionIndexValues = [number]
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = groups
    dataset.PixelData = b"\0\0" * (2 * slices * dataset.Rows * dataset.Columns)
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        del dataset[name]
    path = folder / "multi.dcm"
    dataset.save_as(path)
    uid = str(dataset.SOPInstanceUID)
    source = SourceSeries(
        study_uid=str(dataset.StudyInstanceUID),
        series_uid=str(dataset.SeriesInstanceUID),
        sop_instance_uids=(uid,) * slices,
        files=(path,) * slices,
        frames=tuple(frames),
    )
    return Volume(np.zeros(geometry.shape, np.int16), geometry, modality="CT", source=source)


@pytest.mark.parametrize("frames", [[2, 4, 6, 8, 10, 12], [11, 9, 7, 5, 3, 1]])
def test_a_multiframe_source_keeps_its_frames(tmp_path, frames):
    volume = a_multiframe(tmp_path, a_geometry(), frames)
    labelmap = a_labelmap(volume.geometry)
    write_labels(labelmap, volume, tmp_path / "a.dcm")
    verify_written(tmp_path / "a.dcm", labelmap, volume)
    segmentation = pydicom.dcmread(tmp_path / "a.dcm")
    named = {
        group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedFrameNumber
        for group in segmentation.PerFrameFunctionalGroupsSequence
    }
    assert named == set(frames[1:-1])


def test_a_tilted_gantry_keeps_its_shear(tmp_path):
    affine = a_geometry().affine.copy()
    affine[1, 0] = 0.8
    volume = a_dicom_volume(tmp_path / "ct", Geometry((6, 9, 11), affine))
    labelmap = a_labelmap(volume.geometry)
    write_labels(labelmap, volume, tmp_path / "a.dcm")
    verify_written(tmp_path / "a.dcm", labelmap, volume)
    assert read_labels(tmp_path / "a.dcm").geometry.is_sheared


def test_a_part_of_the_images_gets_its_part_of_the_labels(written):
    path, labelmap, volume = written
    change = np.eye(4)
    change[0, 3] = 2.0
    part = Geometry((2, 9, 11), volume.geometry.affine @ change)
    messages = []
    read = read_labels(path, Volume(volume.voxels[2:4], part), messages=messages)
    assert np.array_equal(as_ids(read, labelmap), labelmap.voxels[2:4])
    assert [message.code for message in messages] == ["frames-outside"]


def test_an_image_elsewhere_is_said(written):
    path, _labelmap, volume = written
    affine = volume.geometry.affine.copy()
    affine[:3, 3] += 500.3
    messages = []
    elsewhere = Volume(volume.voxels, Geometry(volume.geometry.shape, affine))
    read = read_labels(path, elsewhere, messages=messages)
    assert [message.code for message in messages] == ["geometry-differs"]
    assert read.geometry.shape == (4, 9, 11)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda labelmap, volume: (LabelMap(labelmap.geometry, TABLE), volume),
            "nothing-to-export",
        ),
        (
            lambda labelmap, volume: (labelmap, a_volume(volume.geometry)),
            "no-dicom-source",
        ),
        (
            lambda labelmap, volume: (labelmap, a_volume(a_geometry("sagittal"))),
            "geometry-differs",
        ),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path, change, code):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    labelmap, volume = change(a_labelmap(volume.geometry), volume)
    with pytest.raises(MedviewError) as caught:
        write_labels(labelmap, volume, tmp_path / "a.dcm")
    assert caught.value.code == code
    assert not (tmp_path / "a.dcm").exists()


def test_images_that_went_or_changed_are_said(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    labelmap = a_labelmap(volume.geometry)
    file = volume.source.files[3]
    dataset = pydicom.dcmread(file)
    dataset.SOPInstanceUID = generate_uid()
    dataset.save_as(file)
    with pytest.raises(MedviewError) as caught:
        write_labels(labelmap, volume, tmp_path / "a.dcm")
    assert caught.value.code == "source-changed"
    file.unlink()
    with pytest.raises(MedviewError) as caught:
        write_labels(labelmap, volume, tmp_path / "a.dcm")
    assert caught.value.code == "source-missing"
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("damage", [b"", b"no dicom", None, "cut"])
def test_what_is_no_segmentation_is_said(tmp_path, damage):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry())
    path = tmp_path / "a.dcm"
    if damage == "cut":
        write_labels(a_labelmap(volume.geometry), volume, path)
        assert is_segmentation(path)
        path.write_bytes(path.read_bytes()[:-60])
    else:
        path.write_bytes(volume.source.files[0].read_bytes() if damage is None else damage)
        assert not is_segmentation(path)
    with pytest.raises(MedviewError) as caught:
        read_labels(path)
    assert caught.value.code in ("not-a-segmentation", "file-unreadable")
    assert str(path) in str(caught.value)


class TestFilesOfOthers:
    """Segmentations that dcmqi and highdicom wrote, from the shared data."""

    @pytest.mark.parametrize(
        ("name", "labels"),
        [("liver.dcm", 1), ("sparse-labelmap-noppv.dcm", None), ("sparse-labelmap-ppv5.dcm", None)],
    )
    def test_dcmqis_files_agree_with_its_own_nrrd(self, shared_data, name, labels):
        folder = shared_data / "fixtures/dcmqi/data/segmentations"
        read = read_labels(folder / name)
        assert read.present_ids()
        if labels is not None:
            truth = sitk.ReadImage(str(folder / "liver_seg.nrrd"))
            inside = np.argwhere(sitk.GetArrayFromImage(truth))
            assert read.voxel_count(1) == len(inside)
            place = truth.TransformIndexToPhysicalPoint(tuple(int(n) for n in inside[0][::-1]))
            index = np.round(read.geometry.to_voxel(place)).astype(int)
            assert read.voxels[tuple(index)] == 1

    def test_overlapping_segments_are_said(self, shared_data):
        folder = shared_data / "fixtures/dcmqi/data/segmentations"
        messages = []
        read = read_labels(folder / "partial_overlaps.dcm", messages=messages)
        assert [message.code for message in messages] == ["segments-overlap"]
        theirs = highdicom.seg.segread(folder / "partial_overlaps.dcm").get_volume().array
        assert read.voxel_count(len(read.table)) == np.count_nonzero(theirs[..., -1])
        assert np.count_nonzero(read.voxels) == np.count_nonzero(theirs.any(axis=-1))

    @pytest.mark.parametrize(
        "name",
        [
            "seg_image_ct_binary.dcm",
            "seg_image_ct_binary_overlap.dcm",
            "seg_image_ct_binary_fractional.dcm",
            "seg_image_ct_true_fractional.dcm",
            "seg_image_ct_binary_single_frame.dcm",
        ],
    )
    def test_highdicoms_ct_files_agree_with_highdicom(self, shared_data, name):
        path = shared_data / "fixtures/highdicom" / name
        read = read_labels(path)
        theirs = highdicom.seg.segread(path)
        pixels = theirs.get_volume(rescale_fractional=True).array
        top = pixels[..., -1] >= 0.5
        assert read.voxel_count(len(read.table)) == np.count_nonzero(top)

    def test_a_segmentation_of_a_radiograph_has_no_millimetres(self, shared_data):
        read = read_labels(shared_data / "fixtures/highdicom/seg_image_cr_binary.dcm")
        assert read.geometry.shape[0] == 1
        assert read.present_ids() == [1]

    def test_microscopy_is_refused(self, shared_data):
        with pytest.raises(MedviewError) as caught:
            read_labels(shared_data / "fixtures/highdicom/seg_image_sm_dots.dcm")
        assert caught.value.code == "not-a-segmentation"

    def test_the_pet_segmentation_fits_its_series(self, shared_data):
        folder = shared_data / "series/pet_with_seg"
        if not folder.is_dir():
            pytest.skip("the PET series is not here")
        found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        path = next(path for path in found if is_segmentation(path))
        read = read_labels(path)
        total = int(np.count_nonzero(read.voxels))
        assert total > 0
        assert len(read.table) == len(highdicom.seg.segread(path).SegmentSequence)


def test_a_labelmap_segmentation_is_read(tmp_path):
    volume = a_dicom_volume(tmp_path / "ct", a_geometry("sagittal"))
    labelmap = a_labelmap(volume.geometry, ids=(1, 2))
    write_labels(labelmap, volume, tmp_path / "binary.dcm")
    binary = highdicom.seg.segread(tmp_path / "binary.dcm")
    headers = [pydicom.dcmread(file) for file in volume.source.files]
    numbers = np.array([0, 2, 1], np.uint8)[labelmap.voxels]
    segmentation = highdicom.seg.Segmentation(
        headers,
        numbers,
        "LABELMAP",
        [binary.get_segment_description(number) for number in (1, 2)],
        highdicom.UID(),
        1,
        highdicom.UID(),
        1,
        "m",
        "m",
        "1",
        "1",
        transfer_syntax_uid="1.2.840.10008.1.2.5",
    )
    segmentation.save_as(tmp_path / "labelmap.dcm")
    read = read_labels(tmp_path / "labelmap.dcm", volume)
    assert np.array_equal(read.voxels, numbers)
    assert read.geometry is volume.geometry
