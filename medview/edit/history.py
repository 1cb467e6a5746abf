"""History: one undo stack for everything, limited by bytes, not by count."""

from __future__ import annotations

from collections.abc import Sequence

from medview.edit.edit import Edit

DEFAULT_LIMIT_BYTES = 512 * 2**20
DEFAULT_RAW_BYTES = 192 * 2**20


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
        self._trim()

    def push(self, edit: Edit) -> None:
        """Add a done edit; whatever could be redone is gone."""
        del self._edits[self._cursor :]
        self._edits.append(edit)
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
        raw = 0
        for edit in reversed(self._edits):
            raw += edit.before.raw_bytes + edit.after.raw_bytes
            if raw > self.raw_bytes and edit is not self._edits[-1]:
                edit.before.drop_raw()
                edit.after.drop_raw()
        total = sum(edit.kept_bytes for edit in self._edits)
        while total > self.limit_bytes and self._cursor > 1:
            total -= self._edits[0].kept_bytes
            del self._edits[0]
            self._cursor -= 1
            self._forgotten += 1
