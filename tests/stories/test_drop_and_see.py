"""I drop a folder on the window and see my patient."""

from __future__ import annotations

import shutil
import zipfile

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from reader import LEFT

from medview.core.phantom import thorax_phantom
from medview.core.volume import Volume
from medview.dicom.phantom_series import write_series
from medview.formats import nifti


def first_slices(reader):
    """The order in which slices of the next load arrive on the screen."""
    order = []
    whole = reader.view.slice_ready
    reader.view.slice_ready = lambda index: (order.append(index), whole(index))
    return order


def test_i_drop_a_folder_and_the_largest_series_opens_at_its_middle(
    reader, chest, chest_folder, tmp_path
):
    """The list fills, the largest series opens, the middle slice is there first, nothing moves."""
    stick = tmp_path / "stick"
    shutil.copytree(chest_folder, stick / "CT")
    scout = thorax_phantom((3, 48, 48), (100.0, 8.0, 8.0), seed=6)
    write_series(scout, stick / "SCOUT", patient_id="P5", series_description="Scout")
    files = sorted(stick.rglob("*.dcm"))
    order = first_slices(reader)

    assert reader.drop(stick) == Qt.DropAction.CopyAction
    reader.until(lambda: reader.session.volume is not None)
    reader.until(lambda: reader.session.volume.is_complete)
    reader.settle()

    names = {entry.series_description: entry.size for entry in reader.window.series.entries()}
    assert names == {"Thorax phantom": (16, 96, 96), "Scout": (3, 48, 48)}
    assert np.array_equal(reader.session.volume.voxels, chest.voxels)
    assert order[0] == reader.view.slice_index == 8
    assert sorted(order) == list(range(16))
    assert reader.window.windowTitle().startswith("Thorax phantom")
    assert "Doe Jane" in reader.corner_texts()
    assert "slice 9 / 16" in reader.corner_texts()
    assert files == sorted(stick.rglob("*.dcm"))
    assert reader.messages() == []
    texts = [item.text(0) for item in reader.window.series._series.values()]
    assert any("CT" in text and "16 × 96 × 96" in text for text in texts)


def test_i_choose_another_series_in_the_list(reader, chest_folder, tmp_path):
    """A click on a series opens it; dropping the folder again comes back to the first."""
    stick = tmp_path / "stick"
    shutil.copytree(chest_folder, stick / "CT")
    scout = thorax_phantom((3, 48, 48), (100.0, 8.0, 8.0), seed=6)
    write_series(scout, stick / "SCOUT", patient_id="P5", series_description="Scout")
    reader.open(stick)
    tree = reader.window.series.tree
    item = next(
        item for item in reader.window.series._series.values() if item.text(0).startswith("Scout")
    )
    QTest.mouseClick(tree.viewport(), LEFT, pos=tree.visualItemRect(item).center())
    reader.until(lambda: reader.session.volume.geometry.shape == (3, 48, 48))
    reader.settle()
    assert reader.view.slice_index == 1
    assert item.font(0).bold()
    reader.open(stick)
    assert reader.session.volume.geometry.shape == (16, 96, 96)
    reader.drop(stick)
    reader.settle()
    bold = [i.text(0) for i in reader.window.series._series.values() if i.font(0).bold()]
    assert len(bold) == 1
    assert bold[0].startswith("Thorax phantom")


def test_i_drop_a_zip(reader, chest, chest_folder, tmp_path):
    """The clinic's download is a zip; I need not unpack it."""
    archive = tmp_path / "download.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(chest_folder.iterdir()):
            packed.write(path, f"DICOM/{path.name}")
    reader.open(archive)
    assert np.array_equal(reader.session.volume.voxels, chest.voxels)
    assert reader.messages() == []


@pytest.mark.parametrize("name", ["chest.nii.gz", "chest.nii"])
def test_i_drop_a_nifti_file(reader, chest, tmp_path, name):
    """A file from research opens like a series, in its own grid."""
    path = tmp_path / name
    nifti.write_volume(Volume(chest.voxels, chest.geometry, "CT", "HU"), path)
    assert reader.drop(path) == Qt.DropAction.CopyAction
    reader.until(lambda: reader.session.volume is not None)
    reader.settle()
    assert np.array_equal(reader.session.volume.voxels, chest.voxels)
    assert reader.session.volume.geometry.is_close(chest.geometry)
    assert reader.view.slice_index == 8
    assert reader.session.volume.units == "HU"


def cut_short(path):
    path.write_bytes(path.read_bytes()[:3000])


def scrambled(path):
    dataset = pydicom.dcmread(path)
    dataset.PixelData = encapsulate([b"\xff\x4f\xff\x51 no such code stream "])
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    dataset.save_as(path)


@pytest.mark.parametrize("damage", [cut_short, scrambled])
def test_a_broken_file_is_named_and_the_rest_opens(reader, chest, chest_folder, tmp_path, damage):
    """One file of the folder was damaged: I see the others, and I am told which one is bad."""
    folder = tmp_path / "CT"
    shutil.copytree(chest_folder, folder)
    damage(folder / "slice-0003.dcm")
    (folder / "letter.txt").write_text("Dear colleague")
    reader.open(folder)
    whole = [index for index in range(16) if index != 3]
    assert np.array_equal(reader.session.volume.voxels[whole], chest.voxels[whole])
    assert [text for text in reader.messages() if "slice-0003.dcm" in text]
    assert [one.path.name for one in reader.window.opener.skipped] == ["letter.txt"]
    assert reader.window.series.skipped.isVisible()
