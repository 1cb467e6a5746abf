"""ReportController: a case's report as PDF: count, draw the key pictures, write."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from medview.gui.picture_controller import PictureController
from medview.gui.picture_feed import PictureFeed
from medview.gui.report_page import report_pdf_job
from medview.gui.words import counted, tr
from medview.gui.workbench import Workbench
from medview.session.reporting import CaseReport, report_job

_LONGEST = 900  # pixels of a key picture's longer side


class ReportController(QObject):
    """The patient's name is printed only where pictures carry it too ("With Names")."""

    def __init__(self, bench: Workbench, pictures: PictureController, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._pictures = pictures

    def save(self, path: Path | None = None) -> None:
        """Write the report of the open case; asks where when ``path`` is None."""
        bench = self._bench
        if bench.session.volume is None:
            return
        target = path or self._pictures.ask("pdf", "report")
        if target is None:
            return
        names = self._pictures.with_names
        bench.runner.start(
            report_job(bench.session, bench.view.slice_index, names=names),
            on_done=lambda report: self._write(report, target, names=names),
            on_error=bench.messages.show_error,
        )

    def _write(self, report: CaseReport, target: Path, *, names: bool) -> None:
        bench = self._bench
        view = bench.view
        ratio = _LONGEST / max(view.width(), view.height())
        indices = [index for index, _ in report.key_slices]
        feed = PictureFeed(view, indices, ratio, names=names)
        running = bench.runner.start(
            report_pdf_job(report, feed.images(), target),
            on_done=lambda pages: bench.messages.show_note(
                tr("Report of {page}: {target}").format(
                    page=counted(pages, "{count} page", "{count} pages"), target=target
                )
            ),
            on_error=bench.messages.show_error,
            on_cancelled=lambda: bench.messages.show_note(tr("No report was written.")),
        )
        self._pictures.end_with(running, feed)
