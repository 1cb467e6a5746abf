"""De-identification: 24 planted identifiers go, pixels and the links between objects stay."""

import copy
import hashlib
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RTStructureSetStorage

from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table
from medview.dicom.deidentify import deidentify_files, why_blocked
from medview.dicom.deidentify_key import Pseudonyms
from medview.formats.dicom_seg import write_labels
from medview.formats.verify import verify_written

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
COUNT = 24


def planted(number):
    return f"PLANTED{number:02d}"


def plant(dataset):
    """24 identifiers in the places where tools forget to look."""
    item = Dataset()
    item.PatientName = f"{planted(1)}^Nested"
    item.RequestedProcedureDescription = planted(2)
    item.add_new(0x00110010, "LO", planted(3))  # private creator in a sequence
    item.add_new(0x00111001, "LO", planted(4))
    deeper = Dataset()
    deeper.OperatorsName = planted(5)
    deeper.add_new(0x60004000, "LT", planted(6))
    item.ReferencedSeriesSequence = [deeper]  # not in the table: cleaned, not removed
    dataset.PatientName = f"{planted(7)}^Given"
    dataset.PatientID = planted(8)
    dataset.OtherPatientIDs = [planted(9), "x"]
    dataset.AccessionNumber = planted(10)
    dataset.InstitutionName = planted(11)
    dataset.ReferringPhysicianName = planted(12)
    dataset.ImageComments = f"seen with {planted(13)}"
    dataset.StudyDescription = planted(14)
    dataset.DeviceSerialNumber = planted(15)
    dataset.RequestAttributesSequence = [copy.deepcopy(item)]
    dataset.ReferencedInstanceSequence = [copy.deepcopy(item)]
    dataset.add_new(0x00090010, "LO", planted(16))
    dataset.add_new(0x00091001, "UN", planted(17).encode())
    dataset.add_new(0x60000022, "LO", planted(18))  # overlay description
    dataset.add_new(0x60021500, "LO", planted(19))  # overlay label of the second group
    dataset.add_new(0x50002500, "LO", planted(20))  # curve label
    dataset.ManufacturerModelName = f"for {planted(8)}"  # stays by the table, holds the ID
    content = Dataset()
    content.ValueType, content.RelationshipType = "TEXT", "CONTAINS"
    content.TextValue = f"structured comment on {planted(21)}"
    content.PersonName = planted(22)
    dataset.ContentSequence = [content]
    dataset.preamble = f"{planted(23)}".encode().ljust(128, b"\1")
    dataset.file_meta.SourceApplicationEntityTitle = planted(24)
    dataset.file_meta.PrivateInformationCreatorUID = "1.2.826.0.1.99"
    dataset.file_meta.PrivateInformation = planted(24).encode()


@pytest.fixture
def run(tmp_path):
    """De-identify some paths; (folder, result). Every call has a folder of its own."""
    count = iter(range(100))

    def _run(*paths, key=KEY, **options):
        output = tmp_path / f"out-{next(count)}"
        result = deidentify_files(paths, output, Pseudonyms(key), Progress(), **options)
        return output, result

    return _run


@pytest.fixture
def rewrite():
    """Change a file in place, preamble and file meta included."""

    def _rewrite(path, function, syntax=ExplicitVRLittleEndian):
        dataset = pydicom.dcmread(path)
        function(dataset)
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.save_as(path, implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True)

    return _rewrite


def files_in(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def read_all(folder):
    return [pydicom.dcmread(path) for path in files_in(folder)]


def structure_set(images):
    """An RTSTRUCT with one contour, linked to its images in all the places of the standard."""
    first = images[0]
    dataset = Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = RTStructureSetStorage, "1.2.3.4.5"
    dataset.Modality, dataset.PatientID = "RTSTRUCT", first.PatientID
    dataset.PatientName = first.PatientName
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = first.StudyInstanceUID, "1.2.3.4"
    dataset.StructureSetLabel, dataset.StructureSetDate = "PLANTED label", "20200102"
    roi, series, study, frame = Dataset(), Dataset(), Dataset(), Dataset()
    roi.ROINumber, roi.ROIName = 7, "Lung of PLANTED"
    roi.ReferencedFrameOfReferenceUID = first.FrameOfReferenceUID
    dataset.StructureSetROISequence = [roi]
    series.SeriesInstanceUID = first.SeriesInstanceUID
    series.ContourImageSequence = [Dataset()]
    series.ContourImageSequence[0].ReferencedSOPInstanceUID = first.SOPInstanceUID
    study.ReferencedSOPInstanceUID = first.StudyInstanceUID
    study.RTReferencedSeriesSequence = [series]
    frame.FrameOfReferenceUID = first.FrameOfReferenceUID
    frame.RTReferencedStudySequence = [study]
    dataset.ReferencedFrameOfReferenceSequence = [frame]
    contour = Dataset()
    contour.ContourData = ["1.5", "2.5", "3.5"]
    contour.ContourImageSequence = copy.deepcopy(series.ContourImageSequence)
    rings = Dataset()
    rings.ReferencedROINumber, rings.ContourSequence = 7, [contour]
    dataset.ROIContourSequence = [rings]
    return dataset


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("dates", ["empty", "shift"])
def test_no_planted_identifier_is_left(series, run, rewrite, syntax, dates):
    _, files = series
    rewrite(files[3], plant, syntax)
    before = files[3].read_bytes()
    assert all(planted(number).encode() in before for number in range(1, COUNT + 1))
    output, result = run(files[3], dates=dates)
    assert result.written == 1
    data = files_in(output)[0].read_bytes()
    assert b"planted" not in data.lower()
    assert data[:128] == bytes(128)
    assert result.scrubbed == {"ManufacturerModelName": 1}


def test_no_old_uid_date_or_name_is_left(series, run):
    folder, files = series
    old = pydicom.dcmread(files[0])
    words = [old.StudyInstanceUID, old.SeriesInstanceUID, old.FrameOfReferenceUID, "20260101"]
    words += [pydicom.dcmread(path).SOPInstanceUID for path in files]
    words += ["Phantom^Thorax", "phantom-0", "slice-"]
    output, _ = run(folder)
    for path in files_in(output):
        data = path.read_bytes()
        assert not [word for word in words if word.encode() in data or word in str(path)]


def test_pixels_and_geometry_stay_byte_for_byte(series, run):
    folder, files = series
    output, _ = run(folder)
    for path, new in zip(files, read_all(output), strict=True):
        old = pydicom.dcmread(path)
        assert new.PixelData == old.PixelData
        for keyword in ("ImagePositionPatient", "PixelSpacing", "RescaleSlope", "WindowCenter"):
            assert new[keyword].value == old[keyword].value
        assert new.file_meta.TransferSyntaxUID == old.file_meta.TransferSyntaxUID


def test_compressed_pixels_are_not_touched(shared_data, run):
    for path in sorted((shared_data / "fixtures" / "cornerstone").glob("CTImage*")):
        output, result = run(path)
        assert result.written == 1, result
        (new,) = read_all(output)
        old = pydicom.dcmread(path)
        assert new.file_meta.TransferSyntaxUID == old.file_meta.TransferSyntaxUID
        digests = [hashlib.sha256(each.PixelData).hexdigest() for each in (old, new)]
        assert digests[0] == digests[1], path


def test_it_says_what_was_done(series, run):
    output, _ = run(series[0], dates="shift")
    new = read_all(output)[0]
    assert new.PatientIdentityRemoved == "YES"
    assert "PS3.15" in new.DeidentificationMethod
    assert len(new.DeidentificationMethod) <= 64
    codes = [item.CodeValue for item in new.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113107"]
    assert new.LongitudinalTemporalInformationModified == "MODIFIED"
    new = read_all(run(series[0])[0])[0]
    assert [item.CodeValue for item in new.DeidentificationMethodCodeSequence] == ["113100"]
    assert new.LongitudinalTemporalInformationModified == "REMOVED"
    assert set(new.file_meta.keys()) == {
        0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013,
    }  # fmt: skip


def test_file_names_are_neutral(series, run):
    output, _ = run(series[0])
    names = [path.relative_to(output).as_posix() for path in files_in(output)]
    assert names == [f"ST_00001/SE_00001/IM_{n:05d}.dcm" for n in range(1, len(series[1]) + 1)]


def test_the_key_decides(series, run):
    def uids(**options):
        found = read_all(run(series[0], **options)[0])
        return [(d.SOPInstanceUID, d.StudyInstanceUID, d.PatientID) for d in found]

    assert uids() == uids()
    assert not set(uids()) & set(uids(key=OTHER_KEY))
    assert all(uid.startswith("2.25.") and len(uid) <= 64 for uid, _, _ in uids())
    assert len({uid for uid, _, _ in uids()}) == len(series[1])


def test_a_segmentation_stays_linked(phantom, series, load, run, tmp_path):
    labelmap = LabelMap(phantom.geometry, phantom_table(), phantom.labels)
    write_labels(labelmap, load(series[0]), tmp_path / "mask.dcm")
    images, _ = run(series[0])
    masks, _ = run(tmp_path / "mask.dcm")  # another run, the same key
    (mask,) = read_all(masks)
    uids = {image.SOPInstanceUID for image in read_all(images)}
    image = read_all(images)[0]
    (linked,) = mask.ReferencedSeriesSequence
    assert linked.SeriesInstanceUID == image.SeriesInstanceUID
    assert {item.ReferencedSOPInstanceUID for item in linked.ReferencedInstanceSequence} <= uids
    for frame in mask.PerFrameFunctionalGroupsSequence:
        source = frame.DerivationImageSequence[0].SourceImageSequence[0]
        assert source.ReferencedSOPInstanceUID in uids
    assert mask.FrameOfReferenceUID == image.FrameOfReferenceUID
    assert (mask.StudyInstanceUID, mask.PatientID) == (image.StudyInstanceUID, image.PatientID)
    assert mask.PixelData == pydicom.dcmread(tmp_path / "mask.dcm").PixelData
    labels = [segment.SegmentLabel for segment in mask.SegmentSequence]
    assert labels == ["right lung", "left lung", "airway"]
    verify_written(files_in(masks)[0], labelmap, load(images))


def test_a_structure_set_stays_linked(series, run, tmp_path):
    images = [pydicom.dcmread(path) for path in series[1]]
    structure_set(images).save_as(tmp_path / "rt.dcm", enforce_file_format=True)
    output, result = run(series[0], tmp_path / "rt.dcm")
    assert result.skipped == []
    found = read_all(output)
    new = next(dataset for dataset in found if dataset.Modality == "RTSTRUCT")
    image = next(dataset for dataset in found if dataset.get("InstanceNumber") == 1)
    frame = new.ReferencedFrameOfReferenceSequence[0]
    study = frame.RTReferencedStudySequence[0]
    one = study.RTReferencedSeriesSequence[0]
    contour = new.ROIContourSequence[0].ContourSequence[0]
    assert frame.FrameOfReferenceUID == image.FrameOfReferenceUID
    assert study.ReferencedSOPInstanceUID == image.StudyInstanceUID
    assert one.SeriesInstanceUID == image.SeriesInstanceUID
    for place in (one, contour):
        referenced = place.ContourImageSequence[0].ReferencedSOPInstanceUID
        assert referenced == image.SOPInstanceUID
    assert contour.ContourData == [1.5, 2.5, 3.5]
    assert new.StructureSetROISequence[0].ROIName == "ROI 7"
    assert b"PLANTED" not in b"".join(path.read_bytes() for path in files_in(output))


def test_dates_are_emptied_or_shifted_alike(series, run, rewrite):
    folder, files = series

    def dated(dataset):
        dataset.PatientBirthDate = "19550505"
        dataset.StudyDate, dataset.SeriesDate = "20200301", "20200303"
        dataset.AcquisitionDateTime = "20200303101112.5+0100"
        dataset.SeriesTime, dataset.AcquisitionDate = "101112", "2020"  # the last one is no date

    for path in files:
        rewrite(path, dated)
    new = read_all(run(folder)[0])[0]
    assert (new.PatientBirthDate, new.StudyDate) == ("", "")
    assert (new.SeriesDate, new.AcquisitionDateTime) == ("19000101", "19000101000000")
    for key in (KEY, OTHER_KEY):
        days = Pseudonyms(key).days("phantom-0")
        new = read_all(run(folder, dates="shift", key=key)[0])[0]
        study, day = (pydicom.valuerep.DA(new[word].value) for word in ("StudyDate", "SeriesDate"))
        assert (day - study).days == 2
        assert (pydicom.valuerep.DA("20200301") - study).days == days
        assert new.AcquisitionDateTime == f"{day:%Y%m%d}101112.5+0100"
        assert (new.SeriesTime, new.AcquisitionDate, new.PatientBirthDate) == ("101112", "", "")
    assert Pseudonyms(KEY).days("a") != Pseudonyms(KEY).days("b")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"BurnedInAnnotation": "YES"}, "burned-in"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "secondary-capture"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4", "BurnedInAnnotation": "NO"},
         "secondary-capture"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.6.1"}, "ultrasound"),
        ({"Modality": "US", "BurnedInAnnotation": "NO"}, "ultrasound"),
        ({"Modality": "XC"}, "unknown-burned-in"),
        ({"Modality": "XC", "BurnedInAnnotation": "NO"}, None),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, "screen-save"),
    ],
)  # fmt: skip
def test_pictures_that_may_show_names_are_blocked(series, changes, code):
    dataset = pydicom.dcmread(series[1][0])
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    blocked = why_blocked(dataset)
    assert (blocked and blocked[0]) == code


def test_an_overlay_inside_the_pixels_blocks(series):
    dataset = pydicom.dcmread(series[1][0])
    dataset.add_new(0x60000010, "US", 48)
    assert why_blocked(dataset)[0] == "overlay-in-pixels"
    dataset.add_new(0x60003000, "OW", b"\0\0")
    assert why_blocked(dataset) is None


def test_blocked_and_skipped_files_are_named(series, run, rewrite):
    folder, files = series
    rewrite(files[0], lambda dataset: setattr(dataset, "BurnedInAnnotation", "YES"))
    rewrite(files[1], lambda dataset: setattr(dataset, "EncapsulatedDocument", b"%PDF"))
    rewrite(files[2], lambda dataset: delattr(dataset, "SOPInstanceUID"))
    (folder / "notes.txt").write_text("PLANTED " * 40)
    (folder / "again.dcm").write_bytes(files[4].read_bytes())
    output, result = run(folder)
    assert [(item.path, item.code) for item in result.blocked] == [(files[0], "burned-in")]
    skipped = {item.path.name: item.code for item in result.skipped}
    assert skipped == {
        files[1].name: "document",
        files[2].name: "no-uid",
        "notes.txt": "not-dicom",
        files[4].name: "duplicate-instance",
    }
    assert result.written == len(files_in(output)) == len(files) - 3
    assert run(folder, allow_burned_in=True)[1].written == len(files) - 2


def test_nothing_is_left_of_a_run_that_fails(series, run, tmp_path):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        deidentify_files([series[0]], tmp_path / "no", Pseudonyms(KEY), progress)
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("keep")
    with pytest.raises(MedviewError) as caught:
        deidentify_files([series[0]], full, Pseudonyms(KEY), Progress())
    assert caught.value.code == "folder-not-empty"
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    output, result = run(tmp_path / "empty")
    assert result.written == 0
    assert not output.exists()
    assert not list(tmp_path.glob(".medview*"))


def test_implicit_data_in_an_explicit_file(run):
    path = Path(pydicom.__file__).parent / "data" / "test_files" / "SC_rgb_jpeg.dcm"
    with pytest.warns(UserWarning, match="implicit VR"):
        output, result = run(path, allow_burned_in=True)
    with pytest.warns(UserWarning, match="implicit VR"):
        old = pydicom.dcmread(path)
    assert result.written == 1
    assert read_all(output)[0].PixelData == old.PixelData
