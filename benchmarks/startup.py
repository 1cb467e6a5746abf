"""Start-up: from starting the process to the first paint of the window, torch not imported.

python benchmarks/startup.py [--json FILE]. Seven starts of each, in turn, after one that warms the
file cache; offscreen, an empty workspace. Bound: a process that shows one empty Qt window.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import Figure, in_turn, main

RUNS = 7
WINDOW = """
import json, sys, time
from medview.cli import run
from medview.gui import app

def painted(window, session, paths, *, demo):
    slow = sorted({"torch", "monai", "pydicom", "skimage", "highdicom"} & set(sys.modules))
    print(json.dumps({"at": time.time(), "slow": slow}), flush=True)
    window.close()

assert app.begin
app.begin = painted  # what the program does in the turn after its first paint
sys.exit(run(["--workspace", sys.argv[1]]))
"""
BARE = """
import json, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(json.dumps({"at": time.time(), "slow": []}), flush=True)
        QTimer.singleShot(0, self.close)

app = QApplication([])
window = Window()
window.resize(1480, 940)
window.show()
app.exec()
"""


def start(program: str, seconds: list[float]) -> None:
    """Run a program until its window is painted; adds the seconds from process start to paint."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.time()
        done = subprocess.run(
            [sys.executable, "-c", program, str(Path(folder) / "workspace")],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    report = json.loads(done.stdout.splitlines()[0])
    if report["slow"]:
        raise SystemExit(f"imported before the first paint: {report['slow']}")
    seconds.append(report["at"] - started)


def measure() -> list[Figure]:
    start(WINDOW, [])
    start(BARE, [])
    window: list[float] = []
    bare: list[float] = []
    in_turn({"window": lambda: start(WINDOW, window), "bare": lambda: start(BARE, bare)}, RUNS)
    ours, bound = sorted(window)[RUNS // 2], sorted(bare)[RUNS // 2]
    return [Figure("process start to first paint", ours, "s", "an empty Qt window", bound)]


if __name__ == "__main__":
    main(__doc__ or "", measure)
