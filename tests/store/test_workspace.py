"""The workspace loses nothing that was acknowledged, and has one writer."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from store_samples import a_case, a_review, an_edit

from medview.core.errors import MedviewError
from medview.store.records import unpack_array
from medview.store.workspace import Workspace, workspace_folder

CHILD = Path(__file__).with_name("append_edits.py")


@pytest.fixture
def workspace(workspace_folder):
    with Workspace(workspace_folder) as opened:
        yield opened


def test_cases_are_kept_newest_first(workspace):
    workspace.upsert_case(a_case("a", 1.0))
    workspace.upsert_case(a_case("b", 3.0))
    workspace.upsert_case(a_case("a", 2.0, title="renamed"))
    assert [case.key for case in workspace.cases()] == ["b", "a"]
    assert workspace.case("a") == a_case("a", 2.0, title="renamed")
    assert workspace.case("c") is None


def test_edits_and_cursor_come_back(workspace, workspace_folder):
    edits = [an_edit(0), an_edit(1, table_after_json="{}"), an_edit(2)]
    for edit in edits:
        workspace.append_edit(edit)
    workspace.append_edit(an_edit(0, case_key="other"))
    workspace.set_cursor("series#0", 1)
    workspace.close()
    with Workspace(workspace_folder) as again:
        assert again.edits("series#0") == edits
        assert again.cursor("series#0") == 1
        assert again.cursor("other") == 1
        assert again.cursor("never seen") == 0


def test_a_new_edit_after_undo_drops_what_could_be_redone(workspace):
    for sequence in range(4):
        workspace.append_edit(an_edit(sequence))
    workspace.set_cursor("series#0", 2)
    workspace.append_edit(an_edit(2, name="another way"))
    names = [edit.name for edit in workspace.edits("series#0")]
    assert names == ["stroke 0", "stroke 1", "another way"]
    assert workspace.cursor("series#0") == 3


def test_a_history_with_a_hole_is_refused(workspace):
    workspace.append_edit(an_edit(0))
    future = workspace.append_edit(an_edit(2))
    assert future.exception(5).code == "edit-gap"
    assert len(workspace.edits("series#0")) == 1


def test_reviews_keep_their_pixels_and_replace_by_slice(workspace):
    workspace.put_reviews([a_review(4), a_review(2), a_review(2, reviewer="second")])
    workspace.put_reviews([a_review(0, "case 2", "p2", "held-out")])
    found = list(workspace.reviews())
    assert [(r.case_key, r.slice_index, r.reviewer) for r in found] == [
        ("case 2", 0, "reader"),
        ("series#0", 2, "second"),
        ("series#0", 4, "reader"),
    ]
    image = unpack_array(found[0].image, (3, 4, 5), found[0].image_dtype)
    assert np.array_equal(image, np.arange(60, dtype=np.int16).reshape(3, 4, 5))
    assert [r.patient for r in workspace.reviews("held-out")] == ["p2"]
    assert workspace.reviewed_slices("series#0") == {2, 4}
    workspace.remove_reviews("series#0", [4, 99])
    assert workspace.reviewed_slices("series#0") == {2}
    workspace.remove_reviews("series#0")
    assert workspace.reviewed_slices("series#0") == set()


def test_a_patient_stays_in_one_split(workspace):
    assert workspace.split_of("p1") is None
    workspace.freeze_split("p1", "held-out").result(5)
    workspace.freeze_split("p1", "held-out").result(5)
    assert workspace.split_of("p1") == "held-out"
    assert workspace.freeze_split("p1", "train").exception(5).code == "split-frozen"
    both = workspace.put_reviews([a_review(0, "x", "p9"), a_review(1, patient="p1")])
    assert both.exception(5).code == "split-frozen"
    assert list(workspace.reviews()) == []
    assert workspace.split_of("p9") is None


def test_model_versions_are_a_history(workspace):
    assert workspace.active("lung") is None
    with pytest.raises(MedviewError) as caught:
        workspace.rollback("lung")
    assert caught.value.code == "no-previous-version"
    for version in ("1.1", "1.2", "1.2"):
        workspace.set_active("lung", version)
    workspace.set_active("liver", "0.1")
    assert workspace.active("lung") == "1.2"
    assert workspace.rollback("lung") == "1.1"
    workspace.set_active("lung", "1.3")
    assert workspace.rollback("lung") == "1.1"
    assert workspace.rollback("lung") is None
    assert workspace.active("lung") is None
    assert workspace.active("liver") == "0.1"


def test_training_runs_are_kept(workspace):
    assert workspace.add_run({"base": "lung@1"}).result(5) == 1
    workspace.add_run({"base": "lung@2", "gates": {"dice": True}})
    runs = workspace.runs()
    assert [run["base"] for run in runs] == ["lung@2", "lung@1"]
    assert runs[0]["gates"] == {"dice": True}
    assert runs[0]["time"] >= runs[1]["time"]


def test_a_second_program_is_refused_until_the_first_closes(workspace, workspace_folder):
    with pytest.raises(MedviewError) as caught:
        Workspace(workspace_folder)
    assert caught.value.code == "workspace-locked"
    assert str(os.getpid()) in str(caught.value)
    workspace.close()
    workspace.close()
    Workspace(workspace_folder).close()


def test_a_reader_sees_a_snapshot_and_cannot_write(workspace, workspace_folder):
    workspace.put_reviews([a_review(0)]).result(5)
    with Workspace.open_readonly(workspace_folder) as reader:
        workspace.put_reviews([a_review(1)]).result(5)
        assert [review.slice_index for review in reader.reviews()] == [0]
        with pytest.raises(MedviewError) as caught:
            reader.upsert_case(a_case())
        assert caught.value.code == "workspace-readonly"
        reader.flush()
    assert workspace.reviewed_slices("series#0") == {0, 1}


def test_there_must_be_a_workspace_to_read(tmp_path):
    with pytest.raises(MedviewError) as caught:
        Workspace.open_readonly(tmp_path)
    assert caught.value.code == "workspace-missing"
    assert list(tmp_path.iterdir()) == []


def test_save_is_durable_and_on_error_hears_of_failures(workspace_folder):
    told = []
    with Workspace(workspace_folder, told.append) as workspace:
        workspace.append_edit(an_edit(0))
        workspace.save().result(5)
        assert workspace._writer._connection.execute("PRAGMA synchronous").fetchone() == (2,)
        workspace.append_edit(an_edit(1)).result(5)
        assert workspace._writer._connection.execute("PRAGMA synchronous").fetchone() == (1,)
        workspace.append_edit(an_edit(7)).exception(5)
        workspace.flush()
    assert [error.code for error in told] == ["edit-gap"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MedviewError) as caught:
        Workspace(tmp_path / "file" / "workspace")
    assert caught.value.code == "workspace-unwritable"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_said(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(MedviewError) as caught:
        Workspace(tmp_path)
    tmp_path.chmod(0o700)
    assert caught.value.code == "workspace-unwritable"


def test_odd_names_of_folders_work(tmp_path):
    folder = tmp_path / "Müller %41 #1 ?'x" if os.name == "posix" else tmp_path / "Müller %41 #1"
    with Workspace(folder) as workspace:
        workspace.upsert_case(a_case()).result(5)
        with Workspace.open_readonly(folder) as reader:
            assert reader.case("series#0") is not None


def test_the_folder_is_chosen_then_named_then_the_platforms(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDVIEW_WORKSPACE", str(tmp_path))
    assert workspace_folder(Path("x")) == Path("x")
    assert workspace_folder() == tmp_path
    monkeypatch.delenv("MEDVIEW_WORKSPACE")
    assert workspace_folder().parts[-2:] == ("medview", "workspace")


def test_no_thread_is_left(workspace_folder):
    before = threading.active_count()
    Workspace(workspace_folder).close()
    assert threading.active_count() == before


def test_every_acknowledged_edit_survives_kill_9(tmp_path):
    chance = random.Random(4)
    acknowledged = -1
    for _ in range(10):
        child = subprocess.Popen(
            [sys.executable, str(CHILD), str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        wanted = chance.randrange(5, 200)
        lines = []
        for line in child.stdout:
            lines.append(line)
            if len(lines) >= wanted:
                break
        child.kill()
        lines += child.stdout.readlines()
        child.stdout.close()
        child.wait()
        whole = [int(line) for line in lines if line.endswith("\n")]
        assert len(whole) >= wanted
        acknowledged = max(acknowledged, *whole)
        with Workspace(tmp_path) as workspace:
            edits = workspace.edits("series#0")
            assert [edit.sequence for edit in edits] == list(range(len(edits)))
            assert len(edits) > acknowledged
            assert workspace.cursor("series#0") == len(edits)
            last = unpack_array(edits[acknowledged].after, (1, 2, 3))
            assert (last == acknowledged % 256).all()
