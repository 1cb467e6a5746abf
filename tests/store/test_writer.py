"""The writer groups, acknowledges after commit, and survives every failure."""

import sqlite3
import threading

import pytest

from medview.core.errors import MedviewError
from medview.store.writer import Writer


@pytest.fixture
def connection(tmp_path):
    database = sqlite3.connect(
        tmp_path / "w.sqlite3", isolation_level=None, check_same_thread=False
    )
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY, filler BLOB)")
    return database


@pytest.fixture
def told():
    return []


@pytest.fixture
def writer(connection, told):
    made = Writer(connection, told.append)
    yield made
    made.close()


def insert(number, size=10):
    def write(connection):
        connection.execute("INSERT INTO numbers VALUES (?, ?)", (number, b"x" * size))
        return number

    return write


def numbers(tmp_path):
    reader = sqlite3.connect(tmp_path / "w.sqlite3")
    found = [row[0] for row in reader.execute("SELECT n FROM numbers ORDER BY n")]
    reader.close()
    return found


def test_a_done_future_is_a_committed_change(writer, tmp_path):
    assert writer.submit(insert(1)).result(5) == 1
    assert numbers(tmp_path) == [1]


def test_what_is_queued_becomes_one_transaction_in_order(writer, connection, tmp_path):
    commits, begun, go = [], threading.Event(), threading.Event()
    connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)

    def hold(_connection):
        begun.set()
        go.wait(10)

    writer.submit(hold)
    assert begun.wait(10)
    futures = [writer.submit(insert(number)) for number in range(100)]
    go.set()
    writer.flush(10)
    assert [future.result() for future in futures] == list(range(100))
    assert numbers(tmp_path) == list(range(100))
    assert len(commits) == 2


def test_a_change_that_fails_by_itself_fails_alone(writer, told, tmp_path):
    def refuse(connection):
        insert(7)(connection)
        raise MedviewError("no", code="split-frozen")

    first, bad, twice, last = (
        writer.submit(insert(1)),
        writer.submit(refuse),
        writer.submit(insert(1)),
        writer.submit(insert(2)),
    )
    writer.flush(5)
    assert first.result() == 1
    assert last.result() == 2
    assert bad.exception().code == "split-frozen"
    assert twice.exception().code == "workspace-write-failed"
    assert isinstance(twice.exception().__cause__, sqlite3.IntegrityError)
    assert [failure.code for failure in told] == ["split-frozen", "workspace-write-failed"]
    assert numbers(tmp_path) == [1, 2]
    assert writer.unwritten == 0


def test_a_full_disk_is_said_and_the_change_is_written_later(writer, connection, told, tmp_path):
    writer.flush()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    big = writer.submit(insert(1, 100_000))
    assert big.exception(5).code == "workspace-write-failed"
    assert "full" in str(big.exception())
    assert [failure.code for failure in told] == ["workspace-write-failed"]
    assert writer.unwritten == 1
    assert writer.submit(insert(2)).exception(5) is not None  # the order must hold
    with pytest.raises(MedviewError):
        writer.flush(5)
    assert numbers(tmp_path) == []
    connection.execute("PRAGMA max_page_count = 100000")
    assert writer.submit(insert(3)).result(5) == 3
    assert numbers(tmp_path) == [1, 2, 3]
    assert writer.unwritten == 0


def test_a_read_only_database_is_said_and_later_writes_work(writer, connection, told, tmp_path):
    writer.flush()
    connection.execute("PRAGMA query_only = ON")
    assert writer.submit(insert(1)).exception(5).code == "workspace-write-failed"
    connection.execute("PRAGMA query_only = OFF")
    assert writer.submit(insert(2)).result(5) == 2
    assert numbers(tmp_path) == [1, 2]
    assert len(told) == 1


def test_closing_writes_what_is_queued(connection, tmp_path):
    writer = Writer(connection)
    futures = [writer.submit(insert(number), durable=True) for number in range(20)]
    writer.close()
    writer.close()
    assert all(future.done() for future in futures)
    assert numbers(tmp_path) == list(range(20))
    with pytest.raises(RuntimeError):
        writer.submit(insert(99))


def test_an_error_in_the_listener_does_not_stop_the_writer(connection, tmp_path):
    def listener(_error):
        raise ValueError("a bug of the listener")

    writer = Writer(connection, listener)
    writer.submit(insert("not a number")).exception(5)
    assert writer.submit(insert(5)).result(5) == 5
    writer.close()


def test_a_change_cannot_be_cancelled(writer):
    assert writer.submit(insert(1)).cancel() is False
