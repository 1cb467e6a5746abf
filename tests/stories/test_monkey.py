"""Whatever I click, drag and type, in any order: nothing breaks and no work is lost.

``MEDVIEW_MONKEY_SEEDS`` and ``MEDVIEW_MONKEY_STEPS`` make the monkey busier.
"""

from __future__ import annotations

import os
import sys
import traceback

import pydicom
import pytest
from monkey import Monkey
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QFileDialog, QInputDialog
from reader import mask_hash

from medview.core.phantom import thorax_phantom
from medview.dicom.phantom_series import write_series

STEPS = int(os.environ.get("MEDVIEW_MONKEY_STEPS", "150"))
SEEDS = [int(seed) for seed in os.environ.get("MEDVIEW_MONKEY_SEEDS", "1,2").split(",")]
STUDY = "1.2.3.4.20"


@pytest.fixture(scope="session")
def examination(tmp_path_factory):
    """Two series of one patient, of different grids, and one of two phases."""
    folder = tmp_path_factory.mktemp("monkey")
    for number, (shape, spacing) in enumerate(
        (((16, 96, 96), (18.75, 4.0, 4.0)), ((9, 64, 80), (33.0, 6.0, 5.0))), start=1
    ):
        write_series(
            thorax_phantom(shape, spacing, seed=5),
            folder / "exam" / str(number),
            patient_id="P5",
            series_description=f"part {number}",
            series_number=number,
            study_uid=STUDY,
            frame_of_reference_uid=f"{STUDY}.1",
        )
    phantom = thorax_phantom((8, 48, 48), (37.0, 8.0, 8.0), seed=6)
    number = 0
    for b_value in (0, 800):
        for path in write_series(phantom, folder / "exam" / f"b{b_value}", patient_id="P5"):
            number += 1
            dataset = pydicom.dcmread(path)
            dataset.DiffusionBValue = float(b_value)
            dataset.SOPInstanceUID = f"{STUDY}.9.{number}"
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.InstanceNumber = number
            dataset.save_as(path)
    return folder / "exam"


def find_case(reader, key):
    """Open the case that was left: a volume of a series."""
    uid, _, index = key.rpartition("#")
    entry = next(one for one in reader.window.series.entries() if one.key == uid)
    reader.window.opener.open_entry(entry, int(index))
    reader.until(lambda: reader.session.volume.case_key == key)
    reader.settle()


@pytest.fixture
def bugs(monkeypatch):
    """What went wrong in a slot, as it happens; dialogs that wait for a person answer at once."""
    found: list[str] = []

    def take(kind, error, trace):
        found.append("".join(traceback.format_exception(kind, error, trace)))

    monkeypatch.setattr(sys, "excepthook", take)
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_args, **_words: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: "")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_words: ("some words", True))
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_args, **_words: QColor(10, 200, 30))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_monkey_at_the_window(desk, examination, bugs, seed):
    """Random events; afterwards undo, redo and a restart give the same mask and measures."""
    reader = desk.start()
    monkey = Monkey(reader, seed, bugs)
    reader.open(examination)
    for _ in range(STEPS):
        monkey.step()
        monkey.check()
    if seed % 2:
        monkey.check_undo()
    else:  # leave with a tool, a draft or a drawing in hand
        monkey.settle()
    key, kept = reader.session.volume.case_key, monkey.state()
    desk.leave()
    assert not bugs, monkey.story()
    again = desk.start()
    again.open(examination)
    find_case(again, key)
    labels = mask_hash(again.session.labelmap.voxels)
    assert (labels, set(again.session.measures.items)) == kept, monkey.story()
    assert not bugs, monkey.story()
