"""The window is painted without torch, and pictures render without a window."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QSpinBox

from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table
from medview.gui.option_form import OptionForm
from medview.gui.render import PlainHeatMap, render_png

PROGRAM = """
import sys
from pathlib import Path
from medview.gui.app import LateOpening
from medview.gui.application import application
from medview.gui.main_window import MainWindow
from medview.session.session import Session
from medview.store.workspace import Workspace

app = application()
with Workspace(Path(sys.argv[1])) as workspace:
    session = Session(workspace)
    window = MainWindow(session, LateOpening())
    window.show()
    app.processEvents()
    LateOpening().index_job([Path(sys.argv[1])])  # a drop right after the start
    slow = {"torch", "monai", "highdicom", "nibabel", "pydicom", "skimage"} & set(sys.modules)
    assert not slow, slow
    window.close()
    session.close()
"""


@dataclass(frozen=True)
class Options:
    size_mm: float = 2.0
    round: bool = False
    count: int = 1
    where: Literal["near", "far"] = "near"


def test_the_window_is_painted_without_the_slow_libraries(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "workspace")],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_picture_shows_mask_and_heat_map(qapp, volume, phantom, tmp_path):
    labels = LabelMap(phantom.geometry, phantom_table(), phantom.labels.copy())
    heat = PlainHeatMap(12, (phantom.labels[12] == 1).astype(np.float32), 1)
    plain, full = tmp_path / "plain.png", tmp_path / "full.png"
    render_png(volume, None, None, 12, None, plain, (500, 400))
    render_png(volume, labels, heat, 12, None, full, (500, 400))
    first, second = QImage(str(plain)), QImage(str(full))
    assert (first.width(), first.height()) == (500, 400)
    assert first != second


def test_a_form_is_made_from_a_dataclass(qtbot):
    form = OptionForm(Options())
    qtbot.addWidget(form)
    seen = []
    form.changed.connect(seen.append)
    form.findChild(QDoubleSpinBox).setValue(7.5)
    form.findChild(QCheckBox).setChecked(True)
    form.findChild(QSpinBox).setValue(3)
    form.findChild(QComboBox).setCurrentIndex(1)
    assert form.options == Options(7.5, True, 3, "far")
    assert len(seen) == 4
    form.set_options(Options())
    assert form.findChild(QDoubleSpinBox).value() == 2.0
    assert len(seen) == 4
    assert form.findChild(QDoubleSpinBox).suffix() == " mm"
