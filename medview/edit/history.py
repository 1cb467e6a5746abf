"""History: one undo stack for everything, limited by bytes, not by count."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from medview.edit.edit import Edit

DEFAULT_LIMIT_BYTES = 512 * 2**20
DEFAULT_RAW_BYTES = 48 * 2**20


class History:
    """Edits in order and a cursor: edits before it are done, those after it can be redone.

    When ``limit_bytes`` is passed, the oldest edits leave (the newest always stays). When the raw
    arrays pass ``raw_bytes``, the oldest are kept compressed only.
    """

    def __init__(
        self, limit_bytes: int = DEFAULT_LIMIT_BYTES, raw_bytes: int = DEFAULT_RAW_BYTES
    ) -> None:
        self.limit_bytes = limit_bytes
        self.raw_bytes = raw_bytes
        self._edits: list[Edit] = []
        self._cursor = 0
        self._forgotten = 0
        self._settled = 0  # leading edits that are kept compressed only
        self._settled_bytes = 0
        self._raw_bytes = 0  # of the edits behind them

    @property
    def edits(self) -> Sequence[Edit]:
        return tuple(self._edits)

    @property
    def cursor(self) -> int:
        """How many edits are done, forgotten ones included: the position the workspace keeps."""
        return self._forgotten + self._cursor

    @property
    def applied(self) -> int:
        """How many of `edits` are done."""
        return self._cursor

    @property
    def can_undo(self) -> bool:
        return self._cursor > 0

    @property
    def can_redo(self) -> bool:
        return self._cursor < len(self._edits)

    @property
    def undo_name(self) -> str:
        return self._edits[self._cursor - 1].name if self.can_undo else ""

    @property
    def redo_name(self) -> str:
        return self._edits[self._cursor].name if self.can_redo else ""

    def restore(self, edits: Sequence[Edit], cursor: int) -> None:
        """Fill from the workspace."""
        self._edits = list(edits)
        self._forgotten = 0
        self._cursor = min(max(cursor, 0), len(self._edits))
        packed = list(takewhile(lambda edit: not _raw(edit), self._edits))
        self._settled = len(packed)
        self._settled_bytes = sum(edit.kept_bytes for edit in packed)
        self._raw_bytes = sum(_raw(edit) for edit in self._edits)
        self._trim()

    def push(self, edit: Edit) -> None:
        """Add a done edit; whatever could be redone is gone."""
        for undone in reversed(self._edits[self._cursor :]):
            self._leave(len(self._edits) - 1, undone)
        self._edits.append(edit)
        self._raw_bytes += _raw(edit)
        self._cursor += 1
        self._trim()

    def step_back(self) -> Edit | None:
        """The edit to revert, after moving the cursor before it."""
        if not self.can_undo:
            return None
        self._cursor -= 1
        return self._edits[self._cursor]

    def step_forward(self) -> Edit | None:
        """The edit to apply again, after moving the cursor behind it."""
        if not self.can_redo:
            return None
        self._cursor += 1
        return self._edits[self._cursor - 1]

    def _trim(self) -> None:
        """In constant time per edit, however many there are."""
        while self._raw_bytes > self.raw_bytes and self._settled < len(self._edits) - 1:
            edit = self._edits[self._settled]
            raw = _raw(edit)
            edit.before.drop_raw()
            edit.after.drop_raw()
            if _raw(edit):
                break  # the saving thread has not compressed it yet; the next edit asks again
            self._raw_bytes -= raw
            self._settled += 1
            self._settled_bytes += edit.kept_bytes
        while self._settled_bytes + self._raw_bytes > self.limit_bytes and self._cursor > 1:
            self._leave(0, self._edits[0])
            self._cursor -= 1
            self._forgotten += 1

    def _leave(self, index: int, edit: Edit) -> None:
        """Forget an edit of the list, with what it counts for."""
        if index < self._settled:
            self._settled -= 1
            self._settled_bytes -= edit.kept_bytes
        else:
            self._raw_bytes -= _raw(edit)
        del self._edits[index]


def _raw(edit: Edit) -> int:
    return edit.before.raw_bytes + edit.after.raw_bytes
