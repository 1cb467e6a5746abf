"""The saver keeps the order, counts what is under way, and says when the workspace refuses."""

from concurrent.futures import Future

import pytest
from small_models import blank_editor, paint_box

from medview.core.errors import MedviewError
from medview.session.saver import Saver
from medview.store.workspace import Workspace


class Refusing:
    """A workspace whose disk is full for a while."""

    def __init__(self) -> None:
        self.full = True
        self.calls = []

    def _write(self, name):
        self.calls.append(name)
        future = Future()
        if self.full:
            future.set_exception(MedviewError("The disk is full.", code="workspace-unwritable"))
        else:
            future.set_result(None)
        return future

    def set_cursor(self, key, applied):
        return self._write(("cursor", applied))

    def append_edit(self, record):
        return self._write(("edit", record.sequence))

    def remove_reviews(self, key, slices):
        raise RuntimeError("a bug")

    def flush(self):
        pass


@pytest.fixture
def edit():
    return paint_box(blank_editor(), (0, 0, 0), (1, 2, 2), 1)


def test_writes_keep_their_order(workspace_folder, edit):
    with Workspace(workspace_folder) as workspace:
        saver = Saver(workspace)
        for number in range(20):
            saver.edit(edit, "case", number)
        saver.cursor("case", 7)
        saver.flush()
        assert saver.pending == 0
        assert [record.sequence for record in workspace.edits("case")] == list(range(20))
        assert workspace.cursor("case") == 7
        saver.close()


def test_a_refusal_is_kept_until_a_write_succeeds(edit):
    workspace = Refusing()
    saver = Saver(workspace)
    saver.edit(edit, "case", 0)
    with pytest.raises(MedviewError) as trouble:
        saver.flush()
    assert trouble.value.code == "workspace-unwritable"
    assert saver.pending == 0
    workspace.full = False
    saver.cursor("case", 0)
    saver.flush()
    assert saver.problem is None
    assert workspace.calls == [("edit", 0), ("cursor", 0)]
    saver.close()


def test_a_bug_while_saving_is_no_silence():
    saver = Saver(Refusing())
    saver.unaccept("case", None)
    with pytest.raises(MedviewError) as trouble:
        saver.flush()
    assert trouble.value.code == "workspace-write-failed"
    saver.close()


def test_closing_waits_for_what_is_under_way(workspace_folder, edit):
    with Workspace(workspace_folder) as workspace:
        saver = Saver(workspace)
        for number in range(10):
            saver.edit(edit, "case", number)
        saver.close()
        workspace.flush()
        assert len(workspace.edits("case")) == 10
