"""A small session for the window's tests: real editing, pretended model and files."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from psygnal import Signal

from medview.ai.worklist.bandit import Bandit
from medview.ai.worklist.strategy import strategies
from medview.core.box import Box
from medview.core.display import Window
from medview.core.job import Job
from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table, thorax_phantom
from medview.core.volume import Message, SourceSeries, Volume
from medview.edit.edit import Origin
from medview.edit.history import History
from medview.edit.mask_editor import MaskEditor
from medview.gui.application import application
from medview.gui.main_window import MainWindow
from medview.session.activity import Activity
from medview.session.measuring import Measures
from medview.session.timeline import Timeline


@dataclass
class FakeSettings:
    values: dict[str, Any] = field(default_factory=dict)
    recent: list[Path] = field(default_factory=list)

    def get(self, name, default):
        return self.values.get(name, default)

    def set(self, name, value):
        self.values[name] = value

    def recent_paths(self):
        return self.recent

    def add_recent_path(self, path):
        self.recent.insert(0, path)

    def clear_recent_paths(self):
        self.recent.clear()


class Event:
    """A psygnal event that nobody sends."""

    def connect(self, callback):
        pass


class FakeFindings:
    """No finding at all."""

    changed = Signal()
    tags, seen = (), None

    def names(self):
        return []

    def scores(self, _name):
        return None

    def answers(self, *_of):
        return {}

    def leave(self):
        self.changed.emit()


class FakeSession:
    """The surface of `medview.session.session.Session` that the window uses."""

    volume_changed = Signal()
    labels_changed = Signal(Box)
    preview_changed = Signal(Box)
    table_changed = Signal()
    history_changed = Signal()
    reviews_changed = Signal()
    heatmap_changed = Signal()
    doubts_changed = Signal()
    models_changed = Signal()
    saved = Signal(bool)

    def __init__(self) -> None:
        self.settings = FakeSettings()
        self.workspace = SimpleNamespace(
            cases=list, versions=lambda _key: [], folder=Path("workspace")
        )
        self.activity = Activity(SimpleNamespace(activity=lambda *_: None))
        self.worklist = SimpleNamespace(changed=Event(), proposals=(), bandit=Bandit(strategies()))
        self.measures = Measures()
        self.timeline = Timeline(self.measures)
        self.measures.committed.connect(lambda: self._acted("measure"))
        self.volume = self.labelmap = self.editor = self.history = None
        self.preview = None
        self.heatmaps = {}
        self.active_label = 1
        self.accepted = self.doubtful = frozenset()
        self.doubts = {}
        self.findings = FakeFindings()
        self.active_model = SimpleNamespace(name="ct-lung", version="1.0.0")
        self.truth = None
        self.calls = []
        self.slice_seconds = 0.0
        self.person = "reader"
        self.is_saved = self.is_cleaned = True
        self.save_problem = None

    def open_volume(self, volume):
        self.volume = volume
        self.labelmap = LabelMap(volume.geometry, phantom_table())
        self.history = History()
        self.editor = MaskEditor(self.labelmap, self.history)
        self.editor.changed.connect(lambda box: self.labels_changed.emit(box))
        self.editor.committed.connect(lambda edit: self._acted("edit"))
        self.editor.table_changed.connect(lambda: self.table_changed.emit())
        self.preview = None
        self.heatmaps = {}
        self.accepted = self.doubtful = frozenset()
        self.doubts = {}
        self.measures.open(volume)
        self.timeline.open(self.editor, self.history)
        self.volume_changed.emit()
        return SimpleNamespace(text="")

    def _acted(self, act):
        self.timeline.add(act)
        self.history_changed.emit()

    def set_active_label(self, label_id):
        self.active_label = label_id
        self.table_changed.emit()

    def set_label(self, label):
        self.labelmap.table = self.labelmap.table.with_label(label)
        self.table_changed.emit()

    def undo(self):
        edit = self.timeline.undo()
        self.history_changed.emit()
        return edit

    def redo(self):
        edit = self.timeline.redo()
        self.history_changed.emit()
        return edit

    def prediction_job(self, first_slice, device="auto"):
        truth, seconds = self.truth, self.slice_seconds

        def work(progress):
            order = sorted(range(len(truth)), key=lambda index: abs(index - first_slice))
            for done, index in enumerate(order):
                progress.item(SimpleNamespace(index=index, labels=truth[index]))
                progress.report((done + 1) / len(order), f"slice {index + 1}")
                time.sleep(seconds)
            return SimpleNamespace(device="cpu", labels=truth, seconds=1.0, notes=(), is_kept=False)

        self.preview = SimpleNamespace(
            labels=np.zeros(truth.shape, np.uint8), table=self.labelmap.table
        )
        return Job("Segment", work, "ai")

    def on_predicted_slice(self, item):
        self.preview.labels[item.index] = item.labels
        rows, columns = item.labels.shape
        self.preview_changed.emit(Box((item.index, 0, 0), (item.index + 1, rows, columns)))

    def finishing(self, result):
        labels = self.preview.labels if result is None else result.labels
        self.preview = None
        self.editor.begin("Segment", Origin("model", "ct-lung", "1.0.0"), 0)
        yield 0.5
        self.editor.write(Box.whole(labels.shape), labels)
        edit = self.editor.commit()
        self.preview_changed.emit(Box.whole(labels.shape))
        return edit

    def drop_prediction(self):
        self.preview = None
        self.preview_changed.emit(Box.whole(self.volume.geometry.shape))

    best_heatmap = ("seg_grad_cam", "default")

    def familiarity_job(self):
        return Job("Looking at the case", lambda _progress: [], "ai")

    @property
    def heatmap(self):
        return next(iter(self.heatmaps.values()), None)

    def heatmap_job(
        self, slice_index, label_id, *, region, point, layer, method="", everywhere=False
    ):
        inside = self.truth[slice_index] == label_id
        return Job(
            "Heat map",
            lambda progress: SimpleNamespace(
                slice_index=slice_index,
                values=inside.astype(np.float32),
                label_id=label_id,
                reliable=False,
            ),
            "ai",
        )

    def on_heatmap(self, heatmap, *, add=False):
        self.heatmaps = {heatmap.slice_index: heatmap}
        self.heatmap_changed.emit()

    def accept_slices(self, indices):
        every = range(self.volume.geometry.shape[0]) if indices is None else indices
        self.accepted |= frozenset(every)
        self.reviews_changed.emit()

    def unaccept_slices(self, indices):
        self.accepted -= frozenset(indices)
        self.reviews_changed.emit()

    def export_job(self, kind, path, *, keep_identity=False):
        return Job("Export", lambda progress: Path(path).write_text(kind))

    def models(self):
        return [
            SimpleNamespace(
                name="ct-lung",
                version="1.0.0",
                state="active",
                parent="",
                created="2026-11-21",
                in_use=True,
            )
        ]

    def model_scores(self, name):
        return []

    def use_model(self, name, version):
        self.calls.append(("use", name, version))
        self.active_model = SimpleNamespace(name=name, version=version)
        self.models_changed.emit()

    def roll_back_model(self):
        self.calls.append(("rollback",))
        return "ct-lung@1.0.0"

    def discard_model(self, name, version):
        self.calls.append(("discard", name, version))
        self.models_changed.emit()

    def retrain_command(self, **options):
        return [sys.executable, "-c", "pass"]

    def labelled_otherwise(self, labels):
        return 0

    backend = "auto"
    backends_unmeasured = False

    def backends(self):
        return [
            SimpleNamespace(id="torch", title="PyTorch", missing=""),
            SimpleNamespace(id="openvino", title="OpenVINO", missing="OpenVINO needs openvino."),
        ]

    def set_backend(self, wanted):
        self.calls.append(("backend", wanted))

    def backends_job(self, device="auto"):
        return Job("Measuring", lambda progress: [])

    def complete_volume(self, volume):
        self.volume = volume
        self.table_changed.emit()

    def attach_labels(self, labels, name="", *, replace_existing=False):
        self.calls.append(("attach", labels))


@dataclass(frozen=True)
class FakeEntry:
    key: str
    series_description: str = "Lung 5.0"
    modality: str = "CT"
    kind: str = "image"
    patient_name: str = "PHANTOM^THORAX"
    patient_id: str = "P001"
    study_uid: str = "1.2"
    study_description: str = "Chest"
    study_date: str = "20260102"
    size: tuple[int, int, int] = (24, 64, 64)


class FakeOpening:
    """Jobs that give the phantom for every path."""

    def __init__(self, volume: Volume) -> None:
        self.volume = volume
        self.indexed = []

    def index_job(self, paths):
        self.indexed.append(list(paths))
        small = FakeEntry("small", "Scout", size=(1, 64, 64))
        entry = FakeEntry("big", size=self.volume.geometry.shape)
        skipped = [SimpleNamespace(path=Path("notes.txt"), code="not-dicom", reason="is text")]

        def work(progress):
            progress.item(small)
            progress.item(entry)
            return SimpleNamespace(series=[small, entry], skipped=skipped, messages=[])

        return Job("Index", work)

    def tags_job(self, path, frame_number):
        return Job("Tags", lambda progress: [])

    def load_job(self, entry, volume_index=0):
        def work(progress):
            progress.item(SimpleNamespace(volume=self.volume))
            count = self.volume.geometry.shape[0]
            for index in sorted(range(count), key=lambda i: abs(i - count // 2)):
                progress.item(SimpleNamespace(index=index))
                progress.report(index / count, "reading")
            return self.volume

        return Job("Read", work)

    def quality_job(self, volume):
        return Job("Quality", lambda progress: [Message("quality-noise", "Noisy.", "note")])

    def thumbnail_job(self, entry):
        return Job("Thumbnail", lambda progress: np.full((32, 32), 90, np.uint8))

    def attach_labels_job(self, entry, volume):
        read = SimpleNamespace(labelmap="labels", name="labels", messages=())
        return Job("Labels", lambda progress: [read])

    def demo_folder(self, folder):
        return folder / "demo"


@pytest.fixture(scope="session")
def qapp_cls():
    return type(application())


@pytest.fixture(scope="session")
def phantom():
    return thorax_phantom((24, 96, 96), (12.5, 4.0, 4.0))


@pytest.fixture
def volume(phantom) -> Volume:
    source = SourceSeries(
        "1.2",
        "1.2.3",
        patient_id="P001",
        patient_name="PHANTOM^THORAX",
        series_description="Lung 5.0",
        study_description="Chest",
        study_date="20260102",
        series_number=3,
    )
    message = Message("spacing", "Slices are 12.5 mm apart.", "note")
    return Volume(
        phantom.voxels,
        phantom.geometry,
        "CT",
        "HU",
        "Lung 5.0",
        source,
        (Window(-600, 1500), Window(40, 400)),
        messages=(message,),
    )


@pytest.fixture
def session(phantom):
    fake = FakeSession()
    fake.truth = phantom.labels
    return fake


@pytest.fixture
def window(qtbot, session, volume):
    window = MainWindow(session, FakeOpening(volume))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.shutdown()


@pytest.fixture
def open_window(window, session, volume, qtbot):
    """The window with the phantom open."""
    window.opener.open_volume(volume)
    window.bench.view.setFocus()
    qtbot.wait(1)
    return window


__all__ = ["FakeEntry", "FakeOpening", "FakeSession", "replace"]
