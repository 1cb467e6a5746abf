"""Steps of measures are kept in order; what was undone goes when something new is done."""

from medview.store import schema
from medview.store.records import MeasureStep
from medview.store.workspace import Workspace


def step(sequence, after='{"id": 1}', before=None, case_key="series#0"):
    return MeasureStep(case_key, sequence, 12.5 + sequence, before, after)


def test_steps_come_back_as_they_were(tmp_path):
    steps = [step(0), step(1, None, '{"id": 1}'), step(2)]
    with Workspace(tmp_path) as workspace:
        for one in steps:
            workspace.append_measure_step(one)
        workspace.append_measure_step(step(0, case_key="other"))
        assert workspace.measure_steps("series#0") == steps
        assert workspace.measure_cursor("series#0") == 3
    with Workspace(tmp_path) as again:
        assert again.measure_steps("series#0") == steps
        assert again.measure_cursor("none") == 0


def test_a_new_step_replaces_the_undone_ones(tmp_path):
    with Workspace(tmp_path) as workspace:
        for number in range(3):
            workspace.append_measure_step(step(number))
        workspace.set_measure_cursor("series#0", 1)
        assert len(workspace.measure_steps("series#0")) == 3  # still there for redo
        workspace.append_measure_step(step(1, "new"))
        assert [one.after_json for one in workspace.measure_steps("series#0")][1:] == ["new"]
        assert workspace.measure_cursor("series#0") == 2


def test_a_committed_step_is_seen_by_another_reader_at_once(tmp_path):
    """What kill -9 leaves: nothing is closed, and the step is in the file."""
    with Workspace(tmp_path) as workspace:
        workspace.append_measure_step(step(0)).result(timeout=10)
        reader = Workspace.open_readonly(tmp_path)
        assert reader.measure_steps("series#0") == [step(0)]
        reader.close()


def test_a_workspace_from_before_measures_is_backed_up_and_upgraded(tmp_path):
    import sqlite3

    path = tmp_path / "workspace.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    schema.prepare(connection, path, schema.UPGRADES[:1])
    connection.close()
    with Workspace(tmp_path) as workspace:
        assert workspace.backup is not None
        assert workspace.backup.name.endswith("backup-v1")
        workspace.append_measure_step(step(0)).result(timeout=10)
        assert workspace.measure_steps("series#0") == [step(0)]
