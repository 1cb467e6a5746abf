"""Settings are typed, keep what they do not know, and survive a broken file."""

import json
from pathlib import Path

import pytest

from medview.core.errors import MedviewError
from medview.store.settings import Settings


def test_values_come_back_after_a_restart(tmp_path):
    settings = Settings(tmp_path)
    settings.set("scroll_speed", 1.5)
    settings.set("window_state", {"left": 3})
    settings.set("dark", True)
    again = Settings(tmp_path)
    assert again.get("scroll_speed", 1.0) == 1.5
    assert again.get("window_state", {}) == {"left": 3}
    assert again.get("dark", False) is True


def test_a_value_of_another_type_is_not_believed(tmp_path):
    (tmp_path / "settings.json").write_text('{"opacity": "high", "count": true, "gain": 2}')
    settings = Settings(tmp_path)
    assert settings.get("opacity", 0.5) == 0.5
    assert settings.get("count", 3) == 3
    assert settings.get("gain", 1.0) == 2.0
    assert isinstance(settings.get("gain", 1.0), float)


def test_unknown_names_are_kept(tmp_path):
    (tmp_path / "settings.json").write_text('{"of_a_later_version": [1, 2]}')
    Settings(tmp_path).set("dark", False)
    assert json.loads((tmp_path / "settings.json").read_text()) == {
        "dark": False,
        "of_a_later_version": [1, 2],
    }


def test_a_list_given_out_is_a_copy(tmp_path):
    settings = Settings(tmp_path)
    settings.set("names", ["a"])
    settings.get("names", []).append("b")
    assert settings.get("names", []) == ["a"]


@pytest.mark.parametrize("text", ["{", "[1]", "\x00"])
def test_a_broken_file_is_set_aside(tmp_path, text):
    (tmp_path / "settings.json").write_text(text)
    settings = Settings(tmp_path)
    assert settings.get("dark", False) is False
    assert (tmp_path / "settings.broken.json").read_text() == text
    settings.set("dark", True)
    assert Settings(tmp_path).get("dark", False) is True


def test_recent_paths_are_unique_newest_first_and_limited(tmp_path):
    settings = Settings(tmp_path)
    for number in range(15):
        settings.add_recent_path(tmp_path / f"scan {number}")
    settings.add_recent_path(tmp_path / "scan 9")
    recent = Settings(tmp_path).recent_paths()
    assert [path.name for path in recent[:3]] == ["scan 9", "scan 14", "scan 13"]
    assert len(recent) == len(set(recent)) == 12
    settings.clear_recent_paths()
    assert Settings(tmp_path).recent_paths() == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "folder")
    with pytest.raises(MedviewError) as caught:
        settings.set("dark", True)
    assert caught.value.code == "write-failed"
    assert settings.get("dark", False) is True
    assert isinstance(settings.path, Path)
