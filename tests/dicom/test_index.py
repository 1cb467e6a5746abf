"""The index finds DICOM by content, names what it skips, and never hangs or escapes."""

import errno
import os
import shutil
import struct
import zipfile
import zlib

import pydicom
import pytest

from medview.core.errors import Cancelled, MedviewError
from medview.core.job import Progress
from medview.dicom import archive
from medview.dicom import index as index_module
from medview.dicom.index import SeriesEntry, index_paths


def test_a_series_is_found_whatever_its_files_are_called(series, index):
    folder, paths = series
    for number, path in enumerate(paths):
        path.rename(folder / f"{(number * 7) % 12}.x")
    report = index(folder)
    assert [entry.size for entry in report.series] == [(12, 48, 64)]
    entry = report.series[0]
    assert (entry.kind, entry.modality, entry.patient_id) == ("image", "CT", "phantom-0")
    assert entry.patient_name == "Phantom^Thorax"
    assert entry.key == entry.series_uid
    assert not report.skipped
    assert not report.messages


def test_other_files_are_skipped_with_a_reason_and_no_warning(series, index):
    folder, _ = series
    (folder / "readme.txt").write_text("a text that is long enough " * 20)
    (folder / "short.dcm").write_bytes(b"x")
    (folder / "zeros.dcm").write_bytes(bytes(4096))
    report = index(folder)
    assert {item.path.name: item.code for item in report.skipped} == {
        "readme.txt": "not-dicom",
        "short.dcm": "not-dicom",
        "zeros.dcm": "not-dicom",
    }
    assert {message.severity for message in report.messages} == {"note"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.timeout(20)
def test_a_pipe_does_not_block(series, index):
    folder, _ = series
    os.mkfifo(folder / "pipe.dcm")
    report = index(folder)
    assert [(item.path.name, item.code) for item in report.skipped] == [("pipe.dcm", "not-a-file")]
    assert len(report.series) == 1


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_are_followed_inside_the_folder_only(series, index, tmp_path):
    folder, paths = series
    outside = tmp_path / "outside.dcm"
    shutil.move(paths[0], outside)
    (folder / "out.dcm").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    report = index(folder)
    assert report.series[0].size[0] == 11
    assert [item.code for item in report.skipped] == ["link-outside"]


def test_the_same_instance_twice_counts_once(series, index):
    folder, paths = series
    shutil.copy(paths[3], folder / "copy.dcm")
    report = index(folder)
    assert report.series[0].size[0] == 12
    assert [item.code for item in report.skipped] == ["duplicate-instance"]
    assert [message.severity for message in report.messages] == ["warning"]


def test_series_grow_while_they_are_read(series):
    items = []
    index_paths([series[0]], Progress(on_item=items.append))
    assert items
    assert all(isinstance(item, SeriesEntry) for item in items)
    assert items[-1].size[0] == 12


def test_can_be_cancelled(series):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        index_paths([series[0]], progress)


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(MedviewError, match="nowhere") as caught:
        index_paths([tmp_path / "nowhere"], Progress())
    assert caught.value.code == "not-found"


def test_a_dicomdir_means_its_folder(series, index):
    folder, _ = series
    (folder / "DICOMDIR").write_bytes(bytes(128) + b"DICM" + bytes(64))
    assert index(folder / "DICOMDIR").series[0].size[0] == 12


def test_pydicoms_own_dicomdir_tree(index):
    from pydicom.data import get_testdata_file

    path = get_testdata_file("DICOMDIR", download=False)
    if path is None:
        pytest.skip("pydicom came without its test files")
    report = index(path)
    assert len(report.series) > 2
    assert "dicomdir" in {item.code for item in report.skipped}


@pytest.mark.parametrize("with_preamble", [True, False])
def test_a_bare_data_set_is_read(series, index, load, phantom, with_preamble):
    folder, paths = series
    for path in paths:
        dataset = pydicom.dcmread(path)
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
        dataset.save_as(path, implicit_vr=True, little_endian=True)
        if not with_preamble:
            raw = path.read_bytes()
            start = raw.index(b"\x08\0\x05\0", 132)
            path.write_bytes(raw[start:])
    assert (load(folder).voxels == phantom.voxels).all()


def test_an_unsupported_syntax_is_named(series, index):
    folder, paths = series

    raw = paths[0].read_bytes()
    paths[0].write_bytes(raw.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.113619.5.2\0\0"))
    skipped = index(folder).skipped
    assert [item.code for item in skipped] == ["unsupported-syntax"]
    assert "1.2.840.113619.5.2" in skipped[0].reason


def test_an_inflating_bomb_is_refused(series, index):
    folder, paths = series
    raw = paths[0].read_bytes()
    start = raw.index(b"\x08\0\x05\0", 132)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = packer.compress(raw[start : start + 4] + bytes(500 << 20)) + packer.flush()
    syntax = b"\x02\0\x10\0UI" + struct.pack("<H", 22) + b"1.2.840.10008.1.2.1.99"
    old = raw[raw.index(b"\x02\0\x10\0UI") :][: 8 + 20]
    paths[0].write_bytes(raw[:start].replace(old, syntax) + bomb)
    assert [item.code for item in index(folder).skipped] == ["too-large"]


def test_a_damaged_header_is_skipped_and_the_rest_opens(series, index):
    folder, paths = series
    raw = bytearray(paths[0].read_bytes())
    at = raw.index(b"\x28\0\x10\0US")
    raw[at + 8 : at + 10] = b"\0\0"
    paths[0].write_bytes(raw)
    report = index(folder)
    assert report.series[0].size[0] == 11
    assert [item.code for item in report.skipped] == ["no-pixels"]


@pytest.mark.parametrize("position", range(140, 1200, 97))
def test_a_header_cut_off_anywhere_is_a_reason(series, index, position):
    folder, paths = series
    paths[0].write_bytes(paths[0].read_bytes()[:position])
    report = index(folder)
    assert [entry.size[0] for entry in report.series] == [11]
    assert report.skipped[0].code in ("truncated", "no-pixels")
    assert len(report.skipped) == 1
    assert [message.severity for message in report.messages] == ["warning"]


def test_files_that_vanish_while_they_are_indexed(series, index, monkeypatch):
    """Removed after the folder was listed: the rest is a series, what is gone is named."""
    real = index_module.read_header

    def read(path, size):
        if path == series[1][5]:
            for gone in series[1][5:]:
                gone.unlink()
        return real(path, size)

    monkeypatch.setattr(index_module, "read_header", read)
    report = index(series[0])
    assert [entry.size[0] for entry in report.series] == [5]
    assert [item.path for item in report.skipped] == series[1][5:]
    assert {item.code for item in report.skipped} == {"unreadable"}
    assert os.strerror(errno.ENOENT) in report.skipped[0].reason
    assert [message.code for message in report.messages] == ["skipped-unreadable"]


def test_a_medium_that_is_removed_while_it_is_indexed(series, index, monkeypatch):
    real = index_module.read_header

    def read(path, size):
        if path == series[1][5]:
            shutil.rmtree(series[0])
        if not path.exists():
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path, size)

    monkeypatch.setattr(index_module, "read_header", read)
    report = index(series[0])
    assert [entry.size[0] for entry in report.series] == [5]
    assert [message.code for message in report.messages] == ["medium-gone", "skipped-unreadable"]
    assert {message.severity for message in report.messages} == {"warning"}


def test_a_medium_that_cannot_even_be_asked_is_an_expected_error(series, index, monkeypatch):
    def fails(path):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(type(series[0]), "lstat", fails)
    with pytest.raises(MedviewError, match=os.strerror(errno.EIO)):
        index(series[0])


def test_a_zip_that_vanishes_is_a_reason(series, index, monkeypatch, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04" + bytes(200))

    def unpack(path, progress):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    monkeypatch.setattr(index_module, "unpack", unpack)
    report = index(tmp_path)
    assert [item.code for item in report.skipped] == ["unreadable"]
    assert [entry.size[0] for entry in report.series] == [12]


def test_names_in_other_alphabets(series, index, change):
    folder, paths = series

    def rename(dataset):
        dataset.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
        dataset.PatientName = "Yamada^Tarou=山田^太郎"
        dataset.PatientID = "plain"

    for path in paths:
        change(path, rename)
    assert index(folder).series[0].patient_name == "Yamada^Tarou=山田^太郎"


def test_control_characters_are_shown_escaped(series, index, change):
    folder, paths = series
    for path in paths:
        raw = path.read_bytes()
        path.write_bytes(raw.replace(b"Thorax phantom", b"Thorax\x1b[31mred"))
    assert "\x1b" not in index(folder).series[0].series_description


class TestZip:
    def pack(self, folder, target):
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(folder.iterdir()):
                packed.write(path, f"a/b/{path.name}")
        return target

    def test_a_zip_is_a_folder(self, series, load, phantom, tmp_path):
        target = self.pack(series[0], tmp_path / "all.zip")
        volume = load(target)
        assert (volume.voxels == phantom.voxels).all()
        assert not volume.source.files[0].is_relative_to(tmp_path)

    def test_names_that_leave_the_archive_are_left_out(self, series, index, tmp_path):
        target = self.pack(series[0], tmp_path / "evil.zip")
        with zipfile.ZipFile(target, "a") as packed:
            for name in ("../../evil.dcm", "/evil.dcm", "C:\\evil.dcm", "..\\evil.dcm"):
                packed.writestr(name, b"evil")
        report = index(target)
        assert report.series[0].size[0] == 12
        assert [item.code for item in report.skipped] == ["zip-member"] * 4
        assert not list(tmp_path.parent.rglob("evil.dcm"))

    def test_a_bomb_is_refused(self, tmp_path, index):
        target = tmp_path / "bomb.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("zeros", bytes(80 << 20))
        assert [item.code for item in index(target).skipped] == ["too-large"]

    def test_damage_is_a_reason(self, tmp_path, index):
        target = tmp_path / "broken.zip"
        target.write_bytes(b"PK\x03\x04" + bytes(500))
        assert [item.code for item in index(target).skipped] == ["damaged-archive"]

    def test_is_unpacked_once(self, series, tmp_path):
        target = self.pack(series[0], tmp_path / "once.zip")
        assert archive.unpack(target, Progress()) == archive.unpack(target, Progress())
