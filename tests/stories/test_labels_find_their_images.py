"""A segmentation or structure set finds its images, whichever I open first."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table, thorax_phantom
from medview.dicom.phantom_series import write_series
from medview.formats import dicom_seg, rtstruct
from medview.session import opening

WRITERS = {"SEG": dicom_seg.write_labels, "RTSTRUCT": rtstruct.write_labels}


@pytest.fixture(params=sorted(WRITERS))
def labels_file(request, chest, chest_folder, tmp_path):
    """The true labels of the chest as one DICOM object, alone on another stick."""
    report = opening.index([chest_folder], Progress())
    volume = opening.load(report.series[0], Progress())
    path = tmp_path / "labels" / "object.dcm"
    WRITERS[request.param](LabelMap(volume.geometry, phantom_table(), chest.labels), volume, path)
    return path


@pytest.fixture(scope="session")
def other_folder(tmp_path_factory):
    """Another patient's CT."""
    folder = tmp_path_factory.mktemp("other") / "CHEST"
    phantom = thorax_phantom((16, 96, 96), (18.75, 4.0, 4.0), seed=9)
    write_series(phantom, folder, patient_id="P9", patient_name="Roe^Richard")
    return folder


def attached(reader, chest):
    return reader.session.volume is not None and np.array_equal(reader.mask(), chest.labels)


def series_rows(reader):
    return {item.data(0, Qt.ItemDataRole.UserRole).kind: item
            for item in reader.window.series._series.values()}  # fmt: skip


def double_click(reader, item):
    tree = reader.window.series.tree
    tree.scrollToItem(item)
    where = tree.visualItemRect(item).center()
    button = Qt.MouseButton.LeftButton
    QTest.mouseClick(tree.viewport(), button, pos=where)
    QTest.mouseDClick(tree.viewport(), button, pos=where)
    reader.settle()


def test_both_in_one_drop(reader, chest, chest_folder, labels_file):
    """The image opens and the labels lie over it, as one step that Undo takes back."""
    reader.open(chest_folder, labels_file)
    reader.until(lambda: attached(reader, chest), 20)
    history = reader.session.history
    assert [edit.origin.kind for edit in history.edits] == ["import"]
    assert history.edits[0].name.startswith("Import medview")
    assert "imported as one edit" in reader.message
    reader.press("Ctrl+Z")
    assert not reader.mask().any()


def test_the_image_first(reader, chest, chest_folder, labels_file):
    reader.open(chest_folder)
    reader.drop(labels_file)
    reader.until(lambda: attached(reader, chest), 20)
    reader.settle()
    double_click(reader, series_rows(reader)["seg" if "seg" in series_rows(reader) else "rtstruct"])
    reader.until(lambda: "here already" in reader.message)
    assert len(reader.session.history.edits) == 1


def test_the_labels_first(reader, chest, chest_folder, labels_file):
    """They say which series they need, wait for it, and come with it."""
    reader.drop(labels_file)
    reader.until(lambda: bool(reader.messages()))
    uid = opening.index([chest_folder], Progress()).series[0].series_uid
    assert uid in reader.message
    reader.open(chest_folder)
    reader.until(lambda: attached(reader, chest), 20)


def test_another_series_is_open(reader, chest, chest_folder, other_folder, labels_file):
    """Nothing lands on the wrong patient; the right one gets the labels when it is opened."""
    reader.open(other_folder)
    reader.drop(labels_file)
    reader.until(lambda: "which is not here" in reader.message)
    reader.settle()
    assert not reader.mask().any()
    reader.open(chest_folder)
    reader.until(lambda: attached(reader, chest), 20)


def test_a_double_click_opens_the_images_too(
    reader, chest, chest_folder, other_folder, labels_file
):
    """With another series on the screen, the labels in the list bring their own."""
    reader.open(chest_folder)
    reader.open(other_folder)
    reader.drop(labels_file)  # its images were seen before
    reader.until(lambda: attached(reader, chest), 20)
    reader.settle()


def test_what_i_drew_stays(reader, chest, chest_folder, labels_file):
    """Voxels that I labelled keep my label unless I say Replace."""
    reader.open(chest_folder)
    reader.go_to(8)
    reader.press("B")
    reader.press("3")
    rows, columns = np.nonzero(chest.labels[8] == 1)
    spot = float(rows.mean()), float(columns.mean())
    reader.stroke(spot, (spot[0], spot[1] + 2))
    mine = reader.mask() == 3
    assert mine.any()
    reader.drop(labels_file)
    reader.until(lambda: reader.sees_button("Replace"), 20)
    assert (reader.mask()[mine] == 3).all()
    assert (reader.mask()[~mine] == chest.labels[~mine]).all()
    reader.click("Replace")
    reader.settle()
    assert np.array_equal(reader.mask(), chest.labels)
    reader.press("Ctrl+Z")
    assert (reader.mask()[mine] == 3).all()
