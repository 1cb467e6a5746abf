"""Label slices as PNG: the pixel value is the label."""

import numpy as np
import pytest
from format_samples import a_geometry, a_labelmap, a_volume
from PIL import Image

from medview.core.errors import MedviewError
from medview.formats import png


@pytest.mark.parametrize("ids", [(1, 2), (1, 2, 300)])
def test_a_folder_of_slices_comes_back(tmp_path, ids):
    labelmap = a_labelmap(a_geometry(), ids)
    png.write_labels(labelmap, tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 6
    alone = png.read_labels(tmp_path / "out")
    assert np.array_equal(alone.voxels, labelmap.voxels)
    assert not alone.geometry.calibrated
    volume = a_volume(labelmap.geometry)
    placed = png.read_labels(tmp_path / "out", volume, table=labelmap.table)
    assert placed.geometry is volume.geometry
    assert placed.table == labelmap.table


def test_the_palette_shows_the_labels_colours(tmp_path):
    labelmap = a_labelmap(a_geometry(), (1, 2))
    png.write_labels(labelmap, tmp_path / "out")
    with Image.open(tmp_path / "out" / "slice-0002.png") as image:
        shown = np.asarray(image.convert("RGB"))
    inside = labelmap.voxels[2] == 2
    assert (shown[inside] == labelmap.table[2].color).all()


def test_the_shared_slices_are_labels(shared_data):
    files = sorted((shared_data / "chest_ct/slices").glob("*_labels.png"))
    for file in files[:5]:
        read = png.read_labels(file)
        assert read.geometry.shape[0] == 1
        assert set(read.present_ids()) <= {1, 2, 3}


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(MedviewError) as caught:
        png.write_labels(a_labelmap(a_geometry()), tmp_path / "out")
    assert caught.value.code == "folder-not-empty"
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("kind", ["rgb", "cut", "text", "missing", "empty folder", "sizes"])
def test_what_is_no_label_picture_is_said(tmp_path, kind):
    path = tmp_path / "a.png"
    if kind == "rgb":
        Image.new("RGB", (4, 4)).save(path)
    elif kind == "cut":
        Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 90), np.uint8)).save(path)
        path.write_bytes(path.read_bytes()[:-3000])
    elif kind == "text":
        path.write_text("hello")
    elif kind != "missing":
        path = tmp_path
        if kind == "sizes":
            Image.new("L", (4, 4)).save(path / "a.png")
            Image.new("L", (5, 4)).save(path / "b.png")
    with pytest.raises(MedviewError) as caught:
        png.read_labels(path)
    assert str(path) in str(caught.value)
