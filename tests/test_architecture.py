"""The house rules that a machine can check: who may import what, and who may write voxels."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import medview

PACKAGE = Path(medview.__file__).parent
PROJECT = PACKAGE.parent
TORCH_ROOMS = ("medview.ai.network", "medview.ai.training")

# Runs in a fresh process: importing a blocked package is an error, and the second half of the
# arguments is imported.
IMPORT_WITHOUT = """
import importlib, sys

class Blocked:
    def __init__(self, names):
        self.names = names
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ImportError(name + " is blocked here")
        return None

blocked, modules = sys.argv[1].split(","), sys.argv[2].split(",")
sys.meta_path.insert(0, Blocked(blocked))
for name in modules:
    importlib.import_module(name)
loaded = sorted({name.partition(".")[0] for name in sys.modules})
print(",".join(loaded))
"""


def modules():
    """The names of all modules of the package."""
    found = pkgutil.walk_packages([str(PACKAGE)], "medview.", onerror=lambda name: None)
    return sorted(module.name for module in found if not module.name.endswith("__main__"))


def in_room(name, rooms):
    return any(name == room or name.startswith(room + ".") for room in rooms)


def import_without(blocked, names):
    """Import in a new process where some packages cannot be had; the packages it loaded."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT_WITHOUT, ",".join(blocked), ",".join(names)],
        capture_output=True, text=True, cwd=PROJECT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(done.stdout.strip().split(","))


def test_the_walk_sees_the_rooms():
    names = modules()
    assert len(names) > 80
    for room in ("core", "dicom", "edit", "ai", "formats", "store", "session", "gui", "commands"):
        assert any(name.startswith(f"medview.{room}.") for name in names), room


def test_everything_but_the_window_runs_without_qt():
    names = [name for name in modules() if not in_room(name, ("medview.gui",))]
    loaded = import_without(["PySide6", "pyqtgraph", "torchvision"], names)
    assert "numpy" in loaded


def test_everything_but_two_rooms_runs_without_torch():
    """The window too: a broken PyTorch disables the model and nothing else."""
    names = [name for name in modules() if not in_room(name, TORCH_ROOMS)]
    loaded = import_without(["torch", "monai", "torchvision"], names)
    assert "PySide6" in loaded


def test_the_window_starts_without_the_heavy_packages():
    loaded = import_without(
        ["torch", "monai", "torchvision", "highdicom", "nibabel", "SimpleITK"],
        ["medview.cli", "medview.gui.app"],
    )
    assert "PySide6" in loaded


def test_the_torch_rooms_never_load_torchvision():
    names = [name for name in modules() if in_room(name, TORCH_ROOMS)]
    loaded = import_without(["torchvision", "PySide6"], names)
    assert "torch" in loaded
    assert not [path for path in sources() if "torchvision" in path.read_text(encoding="utf-8")]


def test_the_import_contracts_hold():
    tool = Path(sys.executable).with_name("lint-imports")
    tool = tool if tool.exists() else tool.with_suffix(".exe")
    done = subprocess.run(
        [str(tool), "--no-cache"], capture_output=True, text=True, cwd=PROJECT, check=False
    )
    assert done.returncode == 0, done.stdout


def test_only_the_mask_editor_writes_label_voxels():
    """`LabelMap.writable` is called by the editor, and where a reader hands over its own array."""
    allowed = {"edit/mask_editor.py", "core/labelmap.py", "formats/label_files.py"}
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("writable", "_voxels")
    }
    assert users <= allowed, users - allowed


def test_nobody_prints_but_the_command_line():
    printing = {
        path.relative_to(PACKAGE).as_posix()
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    }
    assert all(name == "cli.py" or name.startswith("commands/") for name in printing), printing


def test_there_is_no_network_code():
    """No telemetry, no downloads: nothing imports a network library."""
    network = {"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "requests", "httpx",
               "aiohttp", "asyncio", "xmlrpc", "webbrowser", "QtNetwork"}  # fmt: skip
    found = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(alias.name for alias in node.names)]
            parts = {part for name in names for part in name.split(".")}
            found += [(path.name, part) for part in sorted(parts & network)]
    assert found == []


def test_every_module_has_a_caption():
    bare = [
        path.relative_to(PACKAGE).as_posix()
        for path in sources()
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert bare == []


def test_commands_are_one_file_each():
    from medview.cli import command_names

    for name in command_names():
        module = importlib.import_module(f"medview.commands.{name}")
        assert callable(module.add_arguments)
        assert callable(module.run)
        assert len((module.__doc__ or "").splitlines()[0]) < 100


def sources():
    return sorted(PACKAGE.rglob("*.py"))
