"""A file appears whole or not at all, and a failure leaves the old one."""

import errno

import pytest

from medview.core.atomic import atomic_folder, atomic_path, write_bytes, write_text
from medview.core.errors import MedviewError


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "new folder" / "a.nii.gz"
    write_text(path, "first\n")
    write_bytes(path, b"second")
    with atomic_path(path) as temporary:
        assert temporary.parent == path.parent
        assert temporary.name.endswith("a.nii.gz")
        temporary.write_text("third")
        assert path.read_bytes() == b"second"
    assert path.read_text() == "third"
    assert [file.name for file in path.parent.iterdir()] == ["a.nii.gz"]


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt()])
def test_an_error_inside_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def fail():
        with atomic_path(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_said(tmp_path):
    path = tmp_path / "a.txt"

    def fill():
        with atomic_path(path) as temporary:
            temporary.write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(MedviewError, match="No space left") as caught:
        fill()
    assert caught.value.code == "write-failed"
    assert str(path) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_appears_whole(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    with atomic_folder(target) as building:
        (building / "deep").mkdir()
        (building / "deep" / "a").write_text("a")
        assert list(target.iterdir()) == []
    assert (target / "deep" / "a").read_text() == "a"
    with pytest.raises(MedviewError) as caught, atomic_folder(target):
        pass
    assert caught.value.code == "folder-not-empty"
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_an_error_inside_leaves_no_folder(tmp_path):
    def fail():
        with atomic_folder(tmp_path / "out") as building:
            (building / "a").write_text("a")
            raise ValueError("a bug")

    with pytest.raises(ValueError, match="bug"):
        fail()
    assert list(tmp_path.iterdir()) == []
