"""Child process of the kill test: appends edits and prints each acknowledged sequence."""

import sys
from pathlib import Path

from store_samples import an_edit

from medview.store.workspace import Workspace


def main() -> None:
    workspace = Workspace(Path(sys.argv[1]))
    sequence = workspace.cursor("series#0")

    def acknowledge(number: int):
        def done(future) -> None:
            if future.exception() is None:
                sys.stdout.write(f"{number}\n")
                sys.stdout.flush()

        return done

    while True:
        future = workspace.append_edit(an_edit(sequence, value=sequence % 256))
        future.add_done_callback(acknowledge(sequence))
        if sequence % 7 == 0:
            future.result()
        sequence += 1


if __name__ == "__main__":
    main()
