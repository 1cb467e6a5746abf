"""What the two commands share: the virtual environment, its stamp, and what Qt needs on Linux.

Standard library only: it runs on a fresh machine, before anything is installed.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONSTRAINTS = PROJECT / "packaging" / "constraints.txt"
STAMP = "medview-installed.json"

# Shared library -> Debian package. The first group every Qt program needs, also offscreen.
BASE_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
}


class SetupError(Exception):
    """Trouble that the user can mend; the text says how."""


def say(text: str) -> None:
    print(f"medview: {text}", flush=True)


def environment_folder(variables: Mapping[str, str], project: Path = PROJECT) -> Path:
    """Where the virtual environment lies: $MEDVIEW_VENV, else `.venv` in the project."""
    chosen = variables.get("MEDVIEW_VENV")
    return Path(chosen).expanduser().resolve() if chosen else project / ".venv"


def environment_python(folder: Path, platform: str = sys.platform) -> Path:
    """The interpreter inside a virtual environment, on this or another platform."""
    if platform == "win32":
        return folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"


def environment_tool(folder: Path, name: str, platform: str = sys.platform) -> Path:
    """A console script inside a virtual environment."""
    python = environment_python(folder, platform)
    return python.with_name(name + (".exe" if platform == "win32" else ""))


def wanted_stamp(files: Iterable[Path], version: Sequence[int]) -> str:
    """A digest of what decides about the installed packages; line ends do not count."""
    digest = hashlib.sha256(f"python {version[0]}.{version[1]}".encode())
    for path in files:
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def is_installed(folder: Path, digest: str, extras: Iterable[str], project: Path) -> bool:
    """Whether the environment holds this project with these extras, as its stamp says."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return (
            stamp["digest"] == digest
            and stamp["project"] == str(project)
            and set(extras) <= set(stamp["extras"])
            and environment_python(folder).exists()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_stamp(folder: Path, digest: str, extras: Iterable[str], project: Path) -> None:
    """Written last, so that a broken-off installation is done again."""
    stamp = {"digest": digest, "project": str(project), "extras": sorted(extras)}
    temporary = folder / (STAMP + ".new")
    temporary.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
    temporary.replace(folder / STAMP)


def prepare(extras: tuple[str, ...] = ()) -> Path:
    """The environment's interpreter, after making and filling the environment where needed.

    Without work to do it touches neither the network nor the disk. Raises SetupError.
    """
    folder = environment_folder(os.environ)
    digest = wanted_stamp([PROJECT / "pyproject.toml", CONSTRAINTS], sys.version_info[:2])
    python = environment_python(folder)
    if is_installed(folder, digest, extras, PROJECT):
        return python
    if not runs(python):
        _make(folder)
    else:
        (folder / STAMP).unlink(missing_ok=True)
    what = f"medview[{','.join(extras)}]" if extras else "medview"
    say(f"installing {what} and its packages (PyTorch among them: this takes some minutes once)")
    target = str(PROJECT) + (f"[{','.join(extras)}]" if extras else "")
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    status = subprocess.call([*pip, "--constraint", str(CONSTRAINTS), "--editable", target])
    if status != 0:
        raise SetupError(
            "pip could not install the packages (its message is above). The first run needs the "
            "network, or a pip configuration that names a local index; after that none is needed."
        )
    write_stamp(folder, digest, extras, PROJECT)
    say("installed; the next start needs no network")
    return python


def runs(python: Path) -> bool:
    """Whether this interpreter is there and works."""
    if not python.exists():
        return False
    try:
        return subprocess.call([str(python), "-c", ""], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _make(folder: Path) -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise SetupError(
            "This Python cannot make virtual environments.\n"
            f"On Debian and Ubuntu: sudo apt-get install {package}"
        )
    command = [sys.executable, "-m", "venv"]
    if (folder / "pyvenv.cfg").is_file():
        say(f"the virtual environment {folder} does not work any more; making it anew")
        command.append("--clear")
    elif folder.exists() and any(folder.iterdir()):
        raise SetupError(f"{folder} is there already and is no virtual environment; move it away.")
    else:
        say(f"making a virtual environment in {folder}")
    if subprocess.call([*command, str(folder)]) != 0:
        raise SetupError(f"The virtual environment {folder} could not be made (message above).")


def loads(library: str) -> bool:
    """Whether the system has this shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_display(variables: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can be shown: Linux needs X11 or Wayland, or a chosen Qt platform."""
    if not platform.startswith("linux"):
        return True
    return any(variables.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def needs_x11(variables: Mapping[str, str]) -> bool:
    """Whether Qt will take its xcb plug-in."""
    chosen = variables.get("QT_QPA_PLATFORM", "")
    if chosen:
        return chosen.startswith("xcb")
    return bool(variables.get("DISPLAY")) and not variables.get("WAYLAND_DISPLAY")


def missing_libraries(
    variables: Mapping[str, str],
    platform: str = sys.platform,
    is_there: Callable[[str], bool] = loads,
) -> dict[str, str]:
    """The libraries Qt lacks here, with their Debian packages; empty outside Linux."""
    if not platform.startswith("linux"):
        return {}
    wanted = dict(BASE_LIBRARIES)
    if needs_x11(variables):
        wanted.update(X11_LIBRARIES)
    return {name: package for name, package in wanted.items() if not is_there(name)}


def missing_text(missing: Mapping[str, str], *, has_apt: bool, is_root: bool) -> str:
    """What to do about missing libraries: the exact line on Debian, else the libraries' names."""
    names = ", ".join(missing)
    text = f"Qt, which draws the window, needs system libraries that are missing here: {names}."
    if not has_apt:
        return f"{text}\nInstall them with your system's package manager, then start again."
    packages = " ".join(sorted(set(missing.values())))
    sudo = "" if is_root else "sudo "
    return f"{text}\nInstall them with:\n  {sudo}apt-get install {packages}\nthen start again."


def check_libraries(variables: Mapping[str, str]) -> None:
    """SetupError with the line to type when Qt could not load."""
    missing = missing_libraries(variables)
    if missing:
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        has_apt = shutil.which("apt-get") is not None
        raise SetupError(missing_text(missing, has_apt=has_apt, is_root=is_root))
