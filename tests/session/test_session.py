"""The session brings a case back as it was, and tells its listeners what changed."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from small_models import names_table, paint_box, phantom, phantom_volume

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import Label
from medview.core.volume import SourceSeries, Volume
from medview.edit.tool import Pointer, ToolContext
from medview.edit.tools.brush import Brush, BrushOptions


def stroke(session, row, column, slice_index=5, label_id=1):
    context = ToolContext(session.editor, session.volume, label_id)
    brush, at = Brush(BrushOptions(20.0)), Pointer((slice_index, row, column))
    brush.press(context, at)
    brush.release(context, at)


def picture(session):
    return session.labelmap.voxels.copy(), session.labelmap.table, session.history.cursor


def same(one, other):
    return np.array_equal(one[0], other[0]) and one[1:] == other[1:]


def test_paint_undo_close_and_reopen(desk):
    session = desk.open(phantom_volume())
    for column in (10, 20, 30, 40):
        stroke(session, 30, column)
    session.undo()
    session.undo()
    before = picture(session)
    session = desk.open()
    note = session.open_volume(phantom_volume())
    assert same(picture(session), before)
    assert note.edits == 2
    assert "2 edits" in note.text
    assert [session.redo().name for _ in range(2)] == ["Paint right lung"] * 2
    assert session.redo() is None
    for _ in range(4):
        session.undo()
    assert not session.labelmap.voxels.any()


def test_after_reopening_new_strokes_end_the_redo_tail(desk):
    session = desk.open(phantom_volume())
    for column in (10, 20, 30):
        stroke(session, 30, column)
    session.undo()
    session = desk.open(phantom_volume())
    stroke(session, 12, 12, 7, 2)
    before = picture(session)
    session = desk.open(phantom_volume())
    assert same(picture(session), before)
    assert not session.history.can_redo
    assert len(session.history.edits) == 3


def test_a_case_is_known_by_its_series_wherever_it_lies(desk):
    session = desk.open(phantom_volume(series="1.2.9"))
    stroke(session, 30, 30)
    moved = phantom_volume(series="1.2.9")
    moved = replace(moved, source=replace(moved.source, series_description="moved"))
    assert desk.open().open_volume(moved).edits == 1


def test_a_volume_without_uids_is_known_by_its_content(desk):
    plain = Volume(phantom().voxels, phantom().geometry, "CT", "HU")
    stroke(desk.open(plain), 30, 30)
    again = Volume(phantom().voxels.copy(), phantom().geometry, "CT", "HU")
    assert desk.open().open_volume(again).edits == 1
    other = Volume(phantom(1).voxels, phantom(1).geometry, "CT", "HU")
    assert desk.open().open_volume(other).edits == 0


def test_two_cases_keep_their_own_work(desk):
    session = desk.open(phantom_volume(0))
    stroke(session, 30, 30)
    first = picture(session)
    session.open_volume(phantom_volume(1))
    assert not session.labelmap.voxels.any()
    stroke(session, 12, 12, 3, 2)
    session.open_volume(phantom_volume(0))
    assert same(picture(session), first)


def test_labels_colours_and_locks_come_back(desk):
    """Colours and locks set after a new label was made are the newest, though no edits."""
    session = desk.open(phantom_volume())
    session.set_label(Label(4, "tumour", (1, 2, 3)))
    session.set_label(replace(session.labelmap.table[1], color=(9, 8, 7), locked=True))
    session.set_label(replace(session.labelmap.table[4], visible=False))
    table = session.labelmap.table
    session = desk.open(phantom_volume())
    assert session.labelmap.table == table
    assert session.undo().name == "New label tumour"
    assert 4 not in session.labelmap.table
    assert session.labelmap.table[1].locked


def test_a_rename_is_an_edit_and_a_colour_is_not(session):
    session.set_label(replace(session.labelmap.table[1], color=(5, 5, 5)))
    assert not session.history.can_undo
    session.set_label(replace(session.labelmap.table[1], name="lobe"))
    assert session.history.undo_name == "Rename label to lobe"
    session.undo()
    assert session.labelmap.table[1].name == "right lung"
    assert session.labelmap.table[1].color == (5, 5, 5)


def test_edits_are_acknowledged_by_the_workspace(session):
    heard = []
    session.saved.connect(heard.append)
    stroke(session, 30, 30)
    assert heard == [False]
    session.flush()
    assert session.is_saved
    assert session.save_problem is None
    assert len(session.workspace.edits(session.volume.case_key)) == 1


def test_the_origin_and_the_time_of_an_edit_come_back(desk):
    session = desk.open(phantom_volume())
    stroke(session, 30, 30)
    (edit,) = session.history.edits
    session = desk.open(phantom_volume())
    (again,) = session.history.edits
    assert again.origin == edit.origin
    assert (again.name, again.slice_index, again.box) == (edit.name, 5, edit.box)
    assert again.time == edit.time


def test_events_tell_the_box_that_changed(session):
    boxes = []
    session.labels_changed.connect(boxes.append)
    paint_box(session.editor, (2, 3, 4), (3, 6, 8), 1)
    assert boxes == [Box((2, 3, 4), (3, 6, 8))]
    session.undo()
    assert boxes[-1] == Box((2, 3, 4), (3, 6, 8))


def test_a_closed_case_is_left_whole(desk, session):
    session.editor.begin("stroke", session.history and paint_origin(), 0)
    session.editor.paint(Box((0, 0, 0), (1, 2, 2)), np.ones((1, 2, 2), bool), 1)
    session.close_volume()
    assert session.volume is None
    assert session.undo() is None
    assert session.accepted == frozenset()
    assert not desk.open(phantom_volume()).labelmap.voxels.any(), "the open stroke was taken back"


def paint_origin():
    from small_models import TOOL

    return TOOL


def test_without_a_volume_everything_says_so(desk):
    session = desk.open()
    calls = (
        lambda: session.prediction_job(0),
        lambda: session.heatmap_job(0, 1),
        lambda: session.accept_slices(None),
        lambda: session.export_job("nifti", desk.folder / "x.nii.gz"),
        lambda: session.set_label(Label(1, "a", (0, 0, 0))),
        lambda: session.attach_labels(None),
    )
    for call in calls:
        with pytest.raises(MedviewError) as trouble:
            call()
        assert trouble.value.code == "no-volume"
    assert session.undo() is None
    assert session.redo() is None
    assert session.finish_prediction(None) is None


def test_another_thread_may_not_change_labels(session):
    stroke(session, 30, 30)
    errors = []

    def work():
        try:
            session.undo()
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(errors) == 1
    assert session.labelmap.voxels.any()


def test_the_first_labels_are_the_models_or_one_to_begin_with(desk):
    session = desk.open(phantom_volume())
    assert [label.name for label in session.labelmap.table] == ["right lung", "left lung", "airway"]
    session.open_volume(Volume(phantom().voxels, phantom().geometry, "MR"))
    assert [label.name for label in session.labelmap.table] == ["label 1"]


def test_a_heat_map_of_a_case_that_was_left_is_dropped(session):
    from medview.ai.prediction import HeatMap

    values = np.zeros((64, 64), np.float32)

    def heat(key):
        return HeatMap(key, 3, values, 1, "Seg-Grad-CAM", "default", "ct-lung@1.0.0", False)

    session.on_heatmap(heat("another case"))
    assert session.heatmap is None
    session.on_heatmap(heat(session.volume.case_key))
    assert session.heatmap.slice_index == 3
    session.open_volume(phantom_volume(1))
    assert session.heatmap is None


# ---- labels from a file


def on_grid(table, voxels, geometry=None):
    return LabelMap(geometry or phantom().geometry, table, voxels)


def test_labels_from_a_file_are_one_edit_joined_by_name(session):
    voxels = np.zeros((12, 64, 64), np.uint8)
    voxels[4, 10:20, 10:20], voxels[5, 30:40, 30:40] = 1, 2
    edit = session.attach_labels(on_grid(names_table("left lung", "tumour"), voxels)).edit
    assert edit.origin.kind == "import"
    table = session.labelmap.table
    assert session.labelmap.voxels[4, 15, 15] == table.find("left lung").id == 2
    assert session.labelmap.voxels[5, 35, 35] == table.find("tumour").id
    session.undo()
    assert table.find("tumour").id not in session.labelmap.table
    assert not session.labelmap.voxels.any()


def test_background_in_the_file_leaves_what_is_there(session):
    stroke(session, 50, 50, 4)
    before = session.labelmap.voxels.copy()
    voxels = np.zeros((12, 64, 64), np.uint8)
    voxels[4, 2:5, 2:5] = 1
    session.attach_labels(on_grid(names_table("airway"), voxels))
    kept = session.labelmap.voxels.copy()
    kept[4, 2:5, 2:5] = 0
    assert np.array_equal(kept, before)


def test_ids_over_eight_bits_are_numbered_anew(session):
    voxels = np.zeros((12, 64, 64), np.uint16)
    voxels[2, 5:9, 5:9] = 4711
    labels = LabelMap(
        phantom().geometry, names_table().with_label(Label(4711, "rib 4", (1, 1, 1))), voxels
    )
    session.attach_labels(labels)
    rib = session.labelmap.table.find("rib 4")
    assert rib.id < 256
    assert (session.labelmap.voxels == rib.id).sum() == 16


def test_labels_on_another_grid_are_refused(session):
    geometry = Geometry.axial((12, 64, 64), (25.0, 6.0, 5.9))
    voxels = np.ones((12, 64, 64), np.uint8)
    with pytest.raises(MedviewError) as trouble:
        session.attach_labels(on_grid(names_table("a"), voxels, geometry))
    assert trouble.value.code == "geometry-differs"
    with pytest.raises(MedviewError) as trouble:
        session.attach_labels(on_grid(names_table("a"), np.zeros((12, 64, 64), np.uint8)))
    assert trouble.value.code == "nothing-to-import"
    assert not session.history.can_undo


def test_an_open_stroke_of_a_streaming_volume_can_be_saved(desk):
    """The case may be opened, and painted on, while its slices still arrive."""
    ready = np.zeros(12, bool)
    ready[5] = True
    streaming = Volume(
        phantom().voxels,
        phantom().geometry,
        "CT",
        "HU",
        source=SourceSeries("1.2", "1.2.77", patient_id="P"),
        ready=ready,
    )
    session = desk.open(streaming)
    stroke(session, 30, 30)
    before = picture(session)
    ready[:] = True
    assert same(picture(desk.open(streaming)), before)


def test_a_series_that_was_opened_half_copied_keeps_both_works(desk):
    """Other slices under the same UID are another case: no edit is laid on a wrong grid or lost."""
    whole = phantom_volume(series="1.2.7")
    part = Volume(
        whole.voxels[:8],
        Geometry((8, *whole.geometry.shape[1:]), whole.geometry.affine),
        "CT",
        "HU",
        source=whole.source,
    )
    session = desk.open(part)
    stroke(session, 30, 30)
    first = picture(session)
    session = desk.open(whole)
    assert not session.labelmap.voxels.any()
    stroke(session, 12, 12, 9)
    second = picture(session)
    assert same(picture(desk.open(part)), first)
    assert same(picture(desk.open(whole)), second)


def test_a_case_that_is_left_and_reopened_at_once_has_its_last_stroke(desk):
    """The saving thread may be behind; what it has not written yet must not be missed."""
    first = phantom_volume(series="1.2.5")
    session = desk.open(first)
    behind = threading.Event()
    session._saver._pool.submit(behind.wait)
    stroke(session, 30, 30)
    before = picture(session)
    session.open_volume(phantom_volume(series="1.2.6"))
    threading.Timer(0.2, behind.set).start()
    session.open_volume(phantom_volume(series="1.2.5"))
    assert same(picture(session), before)
