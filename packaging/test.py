"""Runs everything CI runs: python3 packaging/test.py [arguments for pytest].

Makes a virtual environment (.venv in the project, or $MEDVIEW_VENV), installs medview with its
test packages once, then runs ruff, mypy, import-linter and pytest. Standard library only.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file must still say so on an older Python
    sys.exit(
        "medview needs Python 3.11 or newer, and this is Python {}.{}.\n"
        "Install a newer one (python.org, or your system's packages) and start this file "
        "with it, for example: python3.12 packaging/test.py".format(*sys.version_info[:2])
    )

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import _environment as environment


def checks(python: Path, arguments: Sequence[str]) -> list[tuple[str, list[str]]]:
    """(name, command) of each check, in the order they run."""
    lint_imports = environment.environment_tool(python.parent.parent, "lint-imports")
    module = [str(python), "-m"]
    return [
        ("ruff check", [*module, "ruff", "check", "."]),
        ("ruff format", [*module, "ruff", "format", "--check", "."]),
        ("mypy", [*module, "mypy"]),
        ("import-linter", [str(lint_imports)]),
        ("pytest", [*module, "pytest", *in_parallel(os.cpu_count() or 1), *arguments]),
    ]


def in_parallel(cores: int) -> list[str]:
    """A test process for each core, four at most: each one takes a gigabyte."""
    return ["-n", str(min(cores, 4)), "--dist", "worksteal"] if cores > 1 else []


def variables(outer: dict[str, str]) -> dict[str, str]:
    """The checks' environment: Qt draws offscreen unless told otherwise, one core a process."""
    inner = dict(outer)
    inner.setdefault("QT_QPA_PLATFORM", "offscreen")
    inner.setdefault("GOMP_SPINCOUNT", "0")
    inner.setdefault("OMP_NUM_THREADS", "1")  # torch's, in every test process and its children
    return inner


def summary(results: Sequence[tuple[str, int, float]]) -> str:
    """One line per check."""
    lines = []
    for name, status, seconds in results:
        word = "passed" if status == 0 else f"FAILED ({status})"
        lines.append(f"  {name:<14} {word:<12} {seconds:7.1f} s")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Run all checks, also after one failed; 0 when all passed, else 1."""
    inner = variables(dict(os.environ))
    try:
        environment.check_libraries(inner)
        python = environment.prepare(("test",))
    except environment.SetupError as error:
        print(f"medview: {error}", file=sys.stderr)
        return 1
    results = []
    for name, command in checks(python, arguments):
        environment.say(f"running {name}")
        started = time.monotonic()
        status = subprocess.call(command, cwd=environment.PROJECT, env=inner)
        results.append((name, status, time.monotonic() - started))
    print("\n" + summary(results), flush=True)
    return 1 if any(status for _, status, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
