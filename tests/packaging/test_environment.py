"""The two commands' helper: paths of three platforms, the stamp, and what Qt lacks."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGING = PROJECT / "packaging"


def load(name):
    sys.path.insert(0, str(PACKAGING))
    try:
        found = importlib.util.spec_from_file_location(
            f"packaging_{name}", PACKAGING / f"{name}.py"
        )
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(PACKAGING))


environment = load("_environment")


def test_the_environment_lies_in_the_project_unless_named(tmp_path):
    assert environment.environment_folder({}, tmp_path) == tmp_path / ".venv"
    chosen = environment.environment_folder({"MEDVIEW_VENV": str(tmp_path / "x")}, tmp_path)
    assert chosen == tmp_path / "x"


@pytest.mark.parametrize(
    ("platform", "python", "tool"),
    [
        ("linux", "bin/python", "bin/lint-imports"),
        ("darwin", "bin/python", "bin/lint-imports"),
        ("win32", "Scripts/python.exe", "Scripts/lint-imports.exe"),
    ],
)
def test_paths_of_the_platforms(tmp_path, platform, python, tool):
    assert environment.environment_python(tmp_path, platform) == tmp_path / python
    assert environment.environment_tool(tmp_path, "lint-imports", platform) == tmp_path / tool


def test_the_stamp_changes_with_what_is_to_be_installed(tmp_path):
    file = tmp_path / "constraints.txt"
    file.write_bytes(b"numpy==1\n")
    first = environment.wanted_stamp([file], (3, 11))
    file.write_bytes(b"numpy==1\r\n")
    assert environment.wanted_stamp([file], (3, 11)) == first
    assert environment.wanted_stamp([file], (3, 12)) != first
    file.write_bytes(b"numpy==2\n")
    assert environment.wanted_stamp([file], (3, 11)) != first


def test_an_environment_counts_as_installed_only_with_a_fitting_stamp(tmp_path):
    python = environment.environment_python(tmp_path)
    python.parent.mkdir(parents=True)
    python.touch()

    def is_installed(digest="a", extras=(), project=tmp_path):
        return environment.is_installed(tmp_path, digest, extras, project)

    assert not is_installed()
    environment.write_stamp(tmp_path, "a", ("test",), tmp_path)
    assert is_installed()
    assert is_installed(extras=("test",))
    assert not is_installed(digest="b")
    assert not is_installed(extras=("docs",))
    assert not is_installed(project=tmp_path / "moved")
    (tmp_path / environment.STAMP).write_text("[")
    assert not is_installed()
    environment.write_stamp(tmp_path, "a", (), tmp_path)
    python.unlink()
    assert not is_installed()


def test_a_second_start_needs_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDVIEW_VENV", str(tmp_path))
    python = environment.environment_python(tmp_path)
    python.parent.mkdir(parents=True)
    python.touch()
    files = [PROJECT / "pyproject.toml", environment.CONSTRAINTS]
    digest = environment.wanted_stamp(files, sys.version_info)
    environment.write_stamp(tmp_path, digest, ("test",), environment.PROJECT)
    monkeypatch.setattr(environment.subprocess, "call", lambda *a, **k: pytest.fail("not offline"))
    assert environment.prepare() == environment.prepare(("test",)) == python


def test_a_folder_with_other_things_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDVIEW_VENV", str(tmp_path))
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(environment.SetupError, match="move it away"):
        environment.prepare()
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_displays():
    assert environment.has_display({}, "darwin")
    assert environment.has_display({}, "win32")
    assert not environment.has_display({}, "linux")
    assert not environment.has_display({"DISPLAY": ""}, "linux")
    assert environment.has_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert environment.has_display({"QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert environment.needs_x11({"DISPLAY": ":0"})
    assert not environment.needs_x11({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"})
    assert not environment.needs_x11({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"})
    assert environment.needs_x11({"QT_QPA_PLATFORM": "xcb"})


def test_missing_libraries_are_named_by_their_packages():
    def nothing(_name):
        return False

    assert environment.missing_libraries({}, "darwin", nothing) == {}
    assert environment.missing_libraries({}, "linux", lambda _name: True) == {}
    base = environment.missing_libraries({}, "linux", nothing)
    assert base["libEGL.so.1"] == "libegl1"
    assert "libxcb-cursor.so.0" not in base
    with_x11 = environment.missing_libraries({"DISPLAY": ":0"}, "linux", nothing)
    assert with_x11["libxcb-cursor.so.0"] == "libxcb-cursor0"

    def only_egl_missing(name):
        return name != "libEGL.so.1"

    missing = environment.missing_libraries({}, "linux", only_egl_missing)
    text = environment.missing_text(missing, has_apt=True, is_root=False)
    assert "\n  sudo apt-get install libegl1\n" in text
    assert "\n  apt-get install libegl1\n" in environment.missing_text(
        missing, has_apt=True, is_root=True
    )
    plain = environment.missing_text(missing, has_apt=False, is_root=False)
    assert "libEGL.so.1" in plain
    assert "apt-get" not in plain


def test_a_library_that_is_not_there():
    assert not environment.loads("libmedview-does-not-exist.so.9")


def test_the_window_gets_the_paths_or_the_demo(tmp_path):
    start = load("start")
    assert start.window_arguments(start.parse([])) == ["--demo"]
    folder = tmp_path / "info"
    words = start.window_arguments(start.parse([str(folder), "--workspace", "w"]))
    assert words == [str(folder), "--workspace", "w"]
    assert Path(words[0]).is_absolute()


def test_the_checks_and_their_summary(tmp_path):
    test = load("test")
    python = environment.environment_python(tmp_path)
    checks = test.checks(python, ["-k", "one"])
    assert [name for name, _ in checks] == [
        "ruff check",
        "ruff format",
        "mypy",
        "import-linter",
        "pytest",
    ]
    spread = test.in_parallel(os.cpu_count() or 1)
    assert checks[-1][1] == [str(python), "-m", "pytest", *spread, "-k", "one"]
    assert test.in_parallel(1) == []
    assert test.in_parallel(2)[:2] == ["-n", "2"]
    assert test.in_parallel(64)[:2] == ["-n", "4"], "a test process takes a gigabyte"
    assert test.variables({})["QT_QPA_PLATFORM"] == "offscreen"
    assert test.variables({"QT_QPA_PLATFORM": "xcb"})["QT_QPA_PLATFORM"] == "xcb"
    text = test.summary([("mypy", 0, 1.5), ("pytest", 2, 60.0)])
    assert re.search(r"mypy +passed", text)
    assert re.search(r"pytest +FAILED \(2\)", text)


def test_trouble_is_said_in_words(tmp_path):
    done = subprocess.run(
        [sys.executable, str(PACKAGING / "start.py"), str(tmp_path / "nowhere")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "does not exist" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_both_commands_use_the_standard_library_alone():
    """`-S -I` starts Python without site-packages."""
    for name in ("start.py", "test.py"):
        code = (
            f"import sys, runpy; sys.path.insert(0, {str(PACKAGING)!r});"
            f"runpy.run_path({str(PACKAGING / name)!r}, run_name='loaded')"
        )
        subprocess.run([sys.executable, "-S", "-I", "-c", code], check=True)


def test_every_package_of_pyproject_is_pinned():
    import tomllib

    data = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*data["dependencies"], *data["optional-dependencies"]["test"]]
    lines = environment.CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pins = {plain(line.split("==")[0]) for line in lines if "==" in line}
    assert {plain(re.split(r"[<>=!~ ]", one)[0]) for one in wanted} <= pins


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()
