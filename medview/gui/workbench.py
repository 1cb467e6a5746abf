"""Workbench: what the window's controllers share, and the seams they are written against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from medview.core.job import Job
from medview.core.volume import Volume

if TYPE_CHECKING:
    from medview.gui.job_runner import JobRunner
    from medview.gui.panels.message_bar import MessageBar
    from medview.gui.slice_view import SliceView
    from medview.gui.view_group import ViewGroup


class Opening(Protocol):
    """`medview.session.opening`: jobs that read; items and results are told apart by attribute."""

    def index_job(self, paths: Sequence[Path]) -> Job: ...
    def load_job(self, what: Any, volume_index: int = 0) -> Job: ...
    def split_volumes(self, entry: Any) -> list[Any]: ...
    def attach_labels_job(self, what: Any, volume: Volume | None) -> Job: ...
    def tags_job(self, path: Path, frame_number: int) -> Job: ...
    def quality_job(self, volume: Volume) -> Job: ...
    def thumbnail_job(self, what: Any) -> Job: ...
    def demo_folder(self, folder: Path) -> Path: ...


@dataclass(frozen=True)
class Workbench:
    """The session, the crossing to threads, the view and the place for messages."""

    session: Any  # medview.session.session.Session
    opening: Opening
    runner: JobRunner
    views: ViewGroup
    messages: MessageBar

    @property
    def view(self) -> SliceView:
        """The main view: the stored slices, which predicting and accepting speak of."""
        return self.views.main
