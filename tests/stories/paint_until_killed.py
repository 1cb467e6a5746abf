"""The child of the kill story: a real window that is painted in until somebody kills it.

Arguments: workspace folder, image folder, seed, and "segment" to let the model work and to fill
now and then.
Prints "open", then after each action that the workspace acknowledged one line: how many edits are
done, and the mask's hash.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest
from reader import Reader

from medview.gui.app import LateOpening
from medview.gui.application import application
from medview.gui.main_window import MainWindow
from medview.session.session import Session
from medview.store.workspace import Workspace

MODEL = sys.argv[4:] == ["segment"]


def wait(condition, milliseconds: int) -> None:
    """Run the event loop until the condition holds."""
    loop = QEventLoop()
    look, end = QTimer(), QTimer()
    look.timeout.connect(lambda: loop.quit() if condition() else None)
    end.setSingleShot(True)
    end.timeout.connect(lambda: loop.exit(1))
    look.start(1)
    end.start(milliseconds)
    if not condition() and loop.exec() != 0:
        raise TimeoutError


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def act(reader: Reader, chance: random.Random) -> None:
    """A stroke somewhere with some label, or now and then Undo or Redo."""
    what = chance.random()
    if MODEL and what < 0.1 and reader.can_choose("segment"):
        edits = reader.session.history.applied
        reader.press("Ctrl+G")
        reader.settle(60)
        if reader.session.history.applied > edits:
            return
    if MODEL and 0.3 <= what < 0.5:
        fill(reader, chance)
    elif what < 0.2 and reader.can_choose("undo"):
        reader.press("Ctrl+Z")
    elif what < 0.3 and reader.can_choose("redo"):
        reader.press("Ctrl+Shift+Z")
    else:
        reader.wheel(chance.choice((-1, 1, 2, -2)))
        reader.press(chance.choice("123"))
        rows = [chance.uniform(20, 70) for _ in range(3)]
        columns = [chance.uniform(20, 70) for _ in range(3)]
        reader.stroke(*zip(rows, columns, strict=True))


def fill(reader: Reader, chance: random.Random) -> None:
    """Flood a part of the slice, or all slices between those that were drawn."""
    if chance.random() < 0.5:
        reader.press(chance.choice("123"))
        reader.press("Q")
        reader.stroke((chance.uniform(20, 70), chance.uniform(20, 70)))
    else:
        reader.choose("Edit > Operations > Fill Between Slices")
    reader.settle(60)
    reader.press("Return")
    reader.settle(60)
    reader.press("B")


def main() -> None:
    folder, image, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    app = application()
    with Workspace(folder) as workspace:
        session = Session(workspace)
        window = MainWindow(session, LateOpening())
        window.show()
        QTest.qWaitForWindowExposed(window)
        reader = Reader(window, wait)
        reader.open(image)
        reader.press("B")
        say("open")
        chance = random.Random(seed)
        while app is not None:
            act(reader, chance)
            reader.until(lambda: session.is_saved)
            say(f"{session.history.applied} {reader.mask_hash()}")


if __name__ == "__main__":
    main()
