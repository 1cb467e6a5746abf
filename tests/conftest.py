"""Fixtures for all tests: offscreen Qt, the shared real data, a private workspace."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is imported
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ["LC_ALL"] = "C.UTF-8"  # the tests read English, whatever the desktop speaks
os.environ.pop("LANGUAGE", None)  # Qt asks it too

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SHARED_DATA = PROJECT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real images of ../shared/data; skips where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real images are not here: ../shared/data is absent")
    return SHARED_DATA


@pytest.fixture
def workspace_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace folder that also headless commands use."""
    folder = tmp_path / "workspace"
    monkeypatch.setenv("MEDVIEW_WORKSPACE", str(folder))
    return folder
