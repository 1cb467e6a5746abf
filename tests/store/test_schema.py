"""An older workspace is backed up and upgraded, all or nothing; a newer one is refused."""

import sqlite3

import pytest
from store_samples import a_case, a_review

from medview.core.errors import MedviewError
from medview.store import schema
from medview.store.records import to_row
from medview.store.workspace import Workspace

# a hand-made successor of the present schema
_LATER = (
    *schema.UPGRADES,
    (
        "ALTER TABLE cases ADD COLUMN site TEXT NOT NULL DEFAULT 'unknown'",
        "CREATE TABLE notes (case_key TEXT, text TEXT)",
    ),
    ("INSERT INTO notes SELECT key, title FROM cases",),
)


@pytest.fixture
def old(tmp_path):
    """A database of the first version with one case, and its path."""
    path = tmp_path / "workspace.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    schema.prepare(connection, path, schema.UPGRADES[:1])
    connection.execute("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?)", to_row(a_case()))
    yield connection, path
    connection.close()


def test_a_new_workspace_needs_no_backup(tmp_path):
    with Workspace(tmp_path / "new") as workspace:
        assert workspace.backup is None


def test_an_older_schema_is_backed_up_and_upgraded(old):
    connection, path = old
    backup = schema.prepare(connection, path, _LATER)
    assert schema.version_of(connection) == len(_LATER)
    assert connection.execute("SELECT key, site FROM cases").fetchall() == [("series#0", "unknown")]
    assert connection.execute("SELECT text FROM notes").fetchall() == [("Thorax 1 mm",)]
    assert backup is not None
    assert backup.name == "workspace.sqlite3.backup-v1"
    kept = sqlite3.connect(backup)
    assert schema.version_of(kept) == 1
    assert kept.execute("SELECT key FROM cases").fetchall() == [("series#0",)]
    kept.close()


def test_a_failing_upgrade_changes_nothing(old):
    connection, path = old
    with pytest.raises(sqlite3.OperationalError):
        schema.prepare(connection, path, (*_LATER, ("CREATE TABLE cases (x)",)))
    assert schema.version_of(connection) == 1
    assert connection.execute("SELECT count(*) FROM pragma_table_info('cases')").fetchone() == (8,)
    assert not connection.in_transaction


def test_the_workspace_itself_upgrades(tmp_path, monkeypatch):
    with Workspace(tmp_path) as workspace:
        workspace.upsert_case(a_case())
    monkeypatch.setattr(schema, "UPGRADES", _LATER)
    monkeypatch.setattr(schema.prepare, "__defaults__", (_LATER,))
    with pytest.raises(MedviewError) as caught:
        Workspace.open_readonly(tmp_path)
    assert caught.value.code == "workspace-older"
    with Workspace(tmp_path) as workspace:
        assert workspace.backup is not None
        assert workspace.backup.is_file()
        assert workspace.case("series#0") == a_case()


def test_a_newer_workspace_is_refused_and_untouched(old, tmp_path):
    connection, path = old
    schema.prepare(connection, path, _LATER)
    connection.close()
    for opening in (Workspace, Workspace.open_readonly):
        with pytest.raises(MedviewError) as caught:
            opening(tmp_path)
        assert caught.value.code == "workspace-newer"
        assert str(path) in str(caught.value)


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path):
    (tmp_path / "workspace.sqlite3").write_bytes(b"this is no database at all" * 500)
    for opening in (Workspace, Workspace.open_readonly):
        with pytest.raises(MedviewError) as caught:
            opening(tmp_path)
        assert caught.value.code == "workspace-damaged"
    (tmp_path / "workspace.sqlite3").unlink()
    Workspace(tmp_path).close()  # the failed opening gave the lock back


def test_damage_is_found_after_an_unclean_end(tmp_path):
    with Workspace(tmp_path) as workspace:
        for number in range(200):
            workspace.upsert_case(a_case(f"case {number}", title="x" * 500))
    database = tmp_path / "workspace.sqlite3"
    raw = bytearray(database.read_bytes())
    raw[8192:40960] = b"\xa5" * (40960 - 8192)
    database.write_bytes(raw)
    (tmp_path / "workspace.lock").write_text("4242")  # what a killed process leaves
    with pytest.raises(MedviewError) as caught:
        Workspace(tmp_path)
    assert caught.value.code == "workspace-damaged"


def test_what_was_accepted_before_second_readers_is_a_first_reading(tmp_path):
    """Version 4 keeps readings and editing by model: what was there becomes their beginning."""
    path = tmp_path / "workspace.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    schema.prepare(connection, path, schema.UPGRADES[:3])
    row = to_row(a_review(4, reviewer="Ada"))
    connection.execute(f"INSERT INTO reviews VALUES ({', '.join('?' * len(row))})", row)
    connection.execute("INSERT INTO activity VALUES ('series#0', 4, 12.5, 3)")
    connection.execute("INSERT INTO activity VALUES ('series#0', 5, 2.5, 1)")
    connection.close()
    with Workspace(tmp_path) as workspace:
        (reading,) = workspace.readings("series#0", 4)
        assert (reading.reviewer, reading.labels) == ("Ada", a_review(4).labels)
        (work,) = workspace.work()
        assert (work.seconds, work.gestures, work.model) == (15.0, 4, "")
        assert workspace.exclusions() == {}
