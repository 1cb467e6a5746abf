"""Two thousand damaged files: each is opened or named, in time, and none ends the program."""

import time
import warnings

import mutate_files
import pytest
from test_hostile import SECONDS, open_all

COUNT, PER_FOLDER = 2000, 50


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return mutate_files.valid_files(tmp_path_factory.mktemp("valid"))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("first", range(0, COUNT, PER_FOLDER))
def test_damaged_files_come_to_an_end(first, files, tmp_path):
    slow = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged numbers overflow; that is no fault
        for seed in range(first, first + PER_FOLDER):
            path = tmp_path / f"{seed}.dcm"
            path.write_bytes(mutate_files.mutant(files, seed))
            started = time.monotonic()
            answer, *_ = open_all(path)
            if time.monotonic() - started > SECONDS:
                slow.append(seed)
            assert answer["outcome"] in ("opens", "opens with warning", "skipped"), seed
            path.unlink()
    assert not slow
