"""Odd and hostile inputs come out as hostile.py says: no traceback, no hang, bounded memory."""

import json
import os
import sys
import time
from collections import Counter

import pytest
from hostile import CASES

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.dicom.index import index_paths
from medview.dicom.loader import load_volume, thumbnail
from medview.dicom.report import info
from medview.dicom.series import split_volumes

SECONDS, MEGABYTES = 10.0, 1024


def peak_mb():
    """The most memory this process has held, or 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


def open_all(folder):
    """(`medview info`'s answer, outcome with loading, loaded volumes, all codes)."""
    answer = info([folder], Progress())
    json.dumps(answer)
    found = {item["code"] for item in answer["skipped"] + answer["messages"]}
    outcome, volumes, planned = answer["outcome"], [], 0
    for entry in index_paths([folder], Progress()).series:
        for plan in split_volumes(entry):
            planned += 1
            try:
                volumes.append(load_volume(plan, Progress()))
            except MedviewError as error:
                found.add(error.code)
                outcome = "opens with warning"
                continue
            found |= {message.code for message in volumes[-1].messages}
            if any(message.severity == "warning" for message in volumes[-1].messages):
                outcome = "opens with warning"
            try:
                thumbnail(plan)
            except (MedviewError, ValueError, RuntimeError, OSError):
                continue  # its caller shows none
    return answer, "skipped" if planned and not volumes else outcome, volumes, found


@pytest.mark.timeout(30)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.name}")
def test_comes_out_as_expected(case, tmp_path):
    if os.name == "nt" and ("pipe" in case.name or "link" in case.name):
        pytest.skip("no pipes, and links need rights")
    case.build(tmp_path)
    before, started = peak_mb(), time.monotonic()
    answer, outcome, volumes, found = open_all(tmp_path)
    assert time.monotonic() - started < SECONDS
    assert peak_mb() - before < MEGABYTES
    assert (outcome, case.codes - found) == (case.outcome, set()), (found, answer)
    if case.check is not None:
        assert case.check(volumes, answer)


def test_every_rule_has_cases():
    assert set(Counter(case.rule for case in CASES)) == set(range(1, 17))
    assert len({case.name for case in CASES}) == len(CASES) >= 60
