"""I take pictures, films and a printed report along, without the patient's name unless I ask."""

from __future__ import annotations

import os
import re
import stat
import sys
import zlib

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from medview.core.box import Box
from medview.core.labels import Label
from medview.edit.edit import Origin
from medview.gui.picture_feed import pixels

CORNER = (slice(0, 60), slice(0, 200))  # where patient and study are written


@pytest.fixture
def labelled(reader, chest_folder, chest):
    """The chest with its labels, as a model would have written them."""
    reader.open(chest_folder)
    editor = reader.session.editor
    editor.begin("Segment", Origin("model", "ct-lung", "1.0.0"), 0)
    editor.write(Box.whole(chest.labels.shape), chest.labels)
    editor.commit()
    reader.settle()
    return reader


def answer(monkeypatch, path) -> None:
    """The next question where to save is answered."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def written(reader, path, seconds=60):
    reader.until(path.is_file, seconds)
    reader.until(lambda: not reader.window.bench.runner.active, seconds)


def has_text(picture: np.ndarray) -> bool:
    """Whether something bright is written into the corner."""
    return bool((picture[CORNER].min(axis=2) > 150).any())


def test_ctrl_c_copies_the_picture_without_the_name(labelled):
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    size = (labelled.view.height(), labelled.view.width())
    labelled.press("Ctrl+C")
    copied = pixels(clipboard.image())
    assert copied.shape[:2] == size
    assert not has_text(copied)
    assert has_text(pixels(labelled.view.grab().toImage()))  # the screen keeps it
    labelled.choose("File > Save Picture > With Names")
    labelled.press("Ctrl+C")
    assert has_text(pixels(clipboard.image()))


def test_a_view_and_all_views_as_png(labelled, tmp_path, monkeypatch):
    one, every = tmp_path / "one.png", tmp_path / "all.png"
    answer(monkeypatch, tmp_path / "one")  # the ending is added
    size = labelled.view.size()
    labelled.press("Ctrl+Shift+S")
    written(labelled, one)
    assert QImage(str(one)).size() == size
    assert not has_text(pixels(QImage(str(one))))
    labelled.press("F5")
    labelled.until(lambda: labelled.window.viewer.surfaces.is_current, 30)
    answer(monkeypatch, every)
    grid = labelled.window.viewer.grid
    height, width = grid.height(), grid.width()
    labelled.choose("File > Save Picture > All Views as PNG")
    written(labelled, every)
    whole = pixels(QImage(str(every)))
    assert whole.shape[:2] == (height, width)
    for rows in (slice(0, height // 2), slice(height // 2, None)):
        for columns in (slice(0, width // 2), slice(width // 2, None)):
            assert whole[rows, columns].max() > 100  # something in each of the four places


def test_the_slices_as_gif(labelled, tmp_path, monkeypatch):
    path = tmp_path / "film.gif"
    labelled.go_to(3)
    answer(monkeypatch, path)
    width, height = labelled.view.width(), labelled.view.height()
    scale = min(1.0, 720 / max(width, height))
    fourth = pixels(labelled.view.picture(ratio=scale))
    labelled.choose("File > Save Picture > Slices as GIF")
    written(labelled, path)
    assert labelled.view.slice_index == 3  # nothing moved on the screen
    with Image.open(path) as film:
        assert film.n_frames == 16
        assert film.info["duration"] == 70
        assert film.size == pytest.approx((width * scale, height * scale), abs=1)
        frames = []
        for number in range(16):
            film.seek(number)
            frames.append(np.asarray(film.convert("RGB")))
    assert all(not has_text(frame) for frame in frames)
    apart = np.abs(frames[3].astype(int) - fourth)
    assert apart.mean() < 4  # a palette of 256 colours


def test_mp4_where_ffmpeg_is_and_clear_words_where_it_is_not(labelled, tmp_path, monkeypatch):
    if not sys.platform.startswith("linux"):
        pytest.skip("a shell script stands in for ffmpeg")
    path, tools = tmp_path / "film.mp4", tmp_path / "bin"
    tools.mkdir()
    answer(monkeypatch, path)
    monkeypatch.setenv("PATH", str(tools))
    labelled.choose("File > Save Picture > Slices as MP4")
    assert "ffmpeg" in labelled.message
    assert not path.exists()
    script = tools / "ffmpeg"  # writes what it was asked for and the number of bytes it got
    script.write_text(
        '#!/bin/sh\nfor last; do :; done\ncount=$(/usr/bin/wc -c)\necho "$* $count" > "$last"\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    labelled.choose("File > Save Picture > Slices as MP4")
    written(labelled, path)
    said = path.read_text()
    columns, rows = (int(n) for n in re.search(r"-s (\d+)x(\d+)", said).groups())
    assert columns % 2 == 0
    assert rows % 2 == 0
    assert int(said.split()[-1]) == 16 * rows * columns * 3


def test_ffmpegs_own_words_when_it_fails(labelled, tmp_path, monkeypatch):
    if not sys.platform.startswith("linux"):
        pytest.skip("a shell script stands in for ffmpeg")
    script = tmp_path / "ffmpeg"
    script.write_text("#!/bin/sh\necho 'Unknown encoder libx264' >&2\nexit 1\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    answer(monkeypatch, tmp_path / "film.mp4")
    labelled.choose("File > Save Picture > Slices as MP4")
    labelled.until(lambda: "Unknown encoder" in " ".join(labelled.messages()), 30)
    assert not (tmp_path / "film.mp4").exists()
    assert not list(tmp_path.glob(".medview-*"))


def test_a_film_that_is_cancelled_leaves_nothing(labelled, tmp_path, monkeypatch):
    path = tmp_path / "film.gif"
    answer(monkeypatch, path)
    labelled.choose("File > Save Picture > Slices as GIF")
    labelled.window.cancel_work()
    labelled.until(lambda: not labelled.window.bench.runner.active, 30)
    assert "No film was written." in labelled.messages()
    assert not path.exists()
    assert not list(tmp_path.glob(".medview-*"))


def test_a_window_made_smaller_meanwhile_does_not_harm_the_film(labelled, tmp_path, monkeypatch):
    path = tmp_path / "film.gif"
    answer(monkeypatch, path)
    labelled.choose("File > Save Picture > Slices as GIF")
    labelled.window.resize(1100, 700)
    written(labelled, path)
    with Image.open(path) as film:
        assert film.n_frames == 16


def text_of(path) -> bytes:
    """The page descriptions of a PDF, unpacked."""
    data = path.read_bytes()
    unpacked = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            unpacked.append(zlib.decompress(stream))
        except zlib.error:
            unpacked.append(stream)
    return data + b"".join(unpacked)


def test_a_report_to_print(labelled, tmp_path, monkeypatch):
    path = tmp_path / "report.pdf"
    labelled.session.accept_slices([2, 3, 4, 9])
    answer(monkeypatch, path)
    labelled.choose("File > Report as PDF")
    written(labelled, path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", data))
    assert any(f"Report of {pages} page" in text for text in labelled.messages())
    assert len(re.findall(rb"/Subtype\s*/Image", data)) >= 4  # the slice shown, three labels
    assert b"Doe" not in text_of(path)


def test_what_the_report_says(labelled):
    from medview.core.job import Progress
    from medview.session.reporting import report_job

    labelled.session.accept_slices([2, 3, 4, 9])
    labelled.session.set_label(Label(1, "<b>lung</b> & <img src=x>", (1, 2, 3)))
    report = report_job(labelled.session, 7, names=False).function(Progress())
    table = labelled.session.labelmap
    by_name = {row.name: row for row in report.labels}
    row = by_name["<b>lung</b> & <img src=x>"]
    assert row.voxels == table.voxel_count(1)
    assert row.ml == pytest.approx(row.voxels * table.geometry.voxel_volume_ml)
    per_slice = (table.voxels == 1).sum(axis=(1, 2))
    assert row.key_slice == per_slice.argmax()
    assert report.accepted == "3-5, 10"
    assert report.key_slices[0] == (7, "the slice shown")
    assert any("ct-lung@1.0.0" in line for line in report.models)
    assert not any("Doe" in words or "P5" in words for _, words in report.heading)
    named = report_job(labelled.session, 7, names=True).function(Progress())
    assert ("Patient", "Doe Jane") in named.heading
    assert ("Patient ID", "P5") in named.heading
