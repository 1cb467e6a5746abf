"""From paths to a volume: DICOM series and volume files alike."""

import zipfile

import numpy as np
import pytest
from small_models import names_table, phantom

from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.dicom.loader import SliceReady, VolumeStarted
from medview.dicom.phantom_series import write_series
from medview.formats import nifti
from medview.session import opening


@pytest.fixture
def series(tmp_path):
    folder = tmp_path / "scan"
    write_series(phantom(), folder, patient_id="P7", patient_name="A^B")
    return folder


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "files" / "image.nii.gz"
    path.parent.mkdir()
    nifti.write_volume(Volume(phantom().voxels, phantom().geometry, "CT", "HU"), path)
    return path


def run(job, items=None):
    return job.function(Progress(on_item=None if items is None else items.append))


def test_a_series_is_found_and_streams_in_middle_first(series):
    found = []
    report = run(opening.index_job([series]), found)
    (entry,) = report.series
    assert found[-1].key == entry.key
    assert entry.size == (12, 64, 64)
    assert not report.skipped
    items = []
    volume = run(opening.load_job(entry), items)
    assert isinstance(items[0], VolumeStarted)
    ready = [item.index for item in items if isinstance(item, SliceReady)]
    assert ready[0] == 6
    assert sorted(ready) == list(range(12))
    assert np.array_equal(volume.voxels, phantom().voxels)
    assert volume.geometry.is_close(phantom().geometry)
    assert volume.is_complete


def test_a_file_is_an_entry_like_a_series(image):
    report = run(opening.index_job([image]))
    (entry,) = report.series
    assert (entry.kind, entry.size, entry.series_description) == (
        "image",
        (12, 64, 64),
        "image.nii.gz",
    )
    items = []
    volume = run(opening.load_job(entry), items)
    assert items[0].volume is volume
    assert np.array_equal(volume.voxels, phantom().voxels)


def test_a_folder_of_both_gives_both_and_the_largest_image_is_opened(series, image, tmp_path):
    labels = tmp_path / "files" / "mask.nii.gz"
    nifti.write_labels(
        LabelMap(phantom().geometry, names_table("a", "b", "c"), phantom().labels.copy()), labels
    )
    (tmp_path / "notes.txt").write_text("no image")
    report = run(opening.index_job([tmp_path]))
    kinds = {entry.series_description: entry.kind for entry in report.series}
    assert kinds["image.nii.gz"] == "image"
    assert kinds["mask.nii.gz"] == "seg"
    assert len(report.series) == 3
    assert [one.path.name for one in report.skipped] == ["notes.txt"]
    assert opening.largest_image(report).kind == "image"
    uid = next(entry.key for entry in report.series if entry.series_description == "Thorax phantom")
    assert opening.largest_image(report, uid).key == uid
    with pytest.raises(MedviewError) as trouble:
        opening.largest_image(report, "1.2.3.4")
    assert trouble.value.code == "no-image"


def test_a_broken_file_is_skipped_with_its_reason(image):
    image.write_bytes(b"\x1f\x8b broken")
    report = run(opening.index_job([image.parent]))
    assert report.series == []
    assert report.skipped[0].path == image
    with pytest.raises(MedviewError) as trouble:
        opening.largest_image(report)
    assert "image.nii.gz" in trouble.value.hint


def pack(target, files):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, path in files.items():
            packed.write(path, name)
    return target


def test_a_zip_may_hold_series_and_files(series, image, tmp_path):
    """Both are listed and read; a zip within it and names that leave it are not followed."""
    inner = pack(tmp_path / "inner.zip", {"hidden.nii.gz": image})
    scans = {f"scan/{path.name}": path for path in sorted(series.iterdir())}
    files = {"files/image.nii.gz": image, "../evil.nii.gz": image, "inner.zip": inner}
    target = pack(tmp_path / "all.zip", {**scans, **files})
    report = run(opening.index_job([target]))
    assert [(entry.key.endswith("image.nii.gz"), entry.size) for entry in report.series] == [
        (True, (12, 64, 64)),
        (False, (12, 64, 64)),
    ]
    for entry in report.series:
        assert np.array_equal(opening.load(entry, Progress()).voxels, phantom().voxels)
    assert sorted(one.code for one in report.skipped) == ["not-dicom", "zip-member"]
    assert not list(tmp_path.glob("evil*"))


def test_a_zip_of_files_alone(image, tmp_path):
    target = pack(tmp_path / "one.zip", {"image.nii.gz": image})
    report = run(opening.index_job([target]))
    assert [entry.size for entry in report.series] == [(12, 64, 64)]
    assert not report.skipped
    assert not report.messages


def test_a_zip_that_is_too_large_is_said_once(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros.nii", bytes(80 << 20))
    report = run(opening.index_job([tmp_path / "bomb.zip"]))
    assert [one.code for one in report.skipped] == ["too-large"]
    assert not report.series


def test_a_file_that_vanishes_is_skipped(image, monkeypatch):
    def gone(path):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(opening, "_volume_entry", gone)
    report = run(opening.index_job([image.parent]))
    assert [(one.code, one.path) for one in report.skipped] == [("unreadable", image)]


def test_a_path_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MedviewError) as trouble:
        run(opening.index_job([tmp_path / "nowhere"]))
    assert trouble.value.code == "no-path"


def test_reading_can_be_cancelled(series):
    (entry,) = run(opening.index_job([series])).series
    progress = Progress(on_item=lambda item: progress.cancel())
    with pytest.raises(Cancelled):
        opening.load(entry, progress)


def test_a_volume_that_a_series_does_not_have_is_refused(series):
    (entry,) = run(opening.index_job([series])).series
    for number in (-1, 1):
        with pytest.raises(MedviewError) as trouble:
            run(opening.load_job(entry, number))
        assert trouble.value.code == "no-such-volume"


def test_labels_are_read_onto_the_image(series, tmp_path):
    (entry,) = run(opening.index_job([series])).series
    volume = run(opening.load_job(entry))
    path = tmp_path / "lungs-seg.nii.gz"
    table = names_table("right lung", "left lung", "airway")
    nifti.write_labels(LabelMap(phantom().geometry, table, phantom().labels.copy()), path)
    labels = run(opening.attach_labels_job(path, volume))[0].labelmap
    assert np.array_equal(labels.voxels, phantom().labels)
    assert labels.geometry.is_close(volume.geometry)


def test_thumbnails_are_small_and_grey(series, image):
    for path in (series, image):
        entry = opening.largest_image(run(opening.index_job([path])))
        picture = run(opening.thumbnail_job(entry))
        assert picture.dtype == np.uint8
        assert max(picture.shape) <= 96
        assert picture.max() > picture.min()


def test_the_demo_is_written_once_and_whole(tmp_path, monkeypatch):
    from medview.core import phantom as maker
    from medview.dicom import phantom_series

    monkeypatch.setattr(maker, "thorax_phantom", phantom)
    folder = opening.demo_folder(tmp_path)
    assert len(list(folder.glob("*.dcm"))) == 12
    times = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert opening.demo_folder(tmp_path) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == times

    def stopped(*args, **kwargs):
        write_series(*args, **kwargs)[-1].unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(phantom_series, "write_series", stopped)
    with pytest.raises(KeyboardInterrupt):
        opening.demo_folder(tmp_path / "other")
    assert not list((tmp_path / "other").rglob("*.dcm")), "half a series would stay for ever"
