"""ReviewController: accepting slices and writing files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from medview.core.errors import MedviewError
from medview.gui.panels.review_panel import ReviewPanel
from medview.gui.words import counted, tr
from medview.gui.workbench import Workbench

# kind: (what to write, name filter or "" for a folder, suffix)
EXPORTS: dict[str, tuple[str, str, str]] = {
    "dicom-seg": ("DICOM segmentation", "DICOM segmentation (*.dcm)", ".dcm"),
    "rtstruct": ("DICOM structure set", "RT Structure Set (*.rtstruct.dcm)", ".rtstruct.dcm"),
    "nifti": ("NIfTI labels", "NIfTI (*.nii.gz)", ".nii.gz"),
    "nrrd": ("NRRD labels", "NRRD segmentation (*.seg.nrrd)", ".seg.nrrd"),
    "png": ("PNG slices", "", ""),
    "nnunet": ("nnU-Net dataset", "", ""),
}


class ReviewController(QObject):
    """Accept, take back, export; every export is read back and compared by its job."""

    def __init__(self, bench: Workbench, panel: ReviewPanel, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._panel = panel
        self._window = window
        self.keep_identity = False  # in exported DICOM objects; each start begins without
        panel.accept_slice_wanted.connect(self.accept_slice)
        panel.accept_case_wanted.connect(self.accept_case)

    @property
    def slice_is_accepted(self) -> bool:
        return self._bench.view.slice_index in self._bench.session.accepted

    def accept_slice(self) -> None:
        """The labels on the visible slice are right."""
        self._try(lambda: self._bench.session.accept_slices([self._bench.view.slice_index]))

    def unaccept_slice(self) -> None:
        self._try(lambda: self._bench.session.unaccept_slices([self._bench.view.slice_index]))

    def accept_case(self) -> None:
        """Every slice that could be read is right."""
        self._try(lambda: self._bench.session.accept_slices(None))
        volume = self._bench.session.volume
        if volume is not None and volume.unreadable:
            lost = counted(len(volume.unreadable), "{count} slice", "{count} slices")
            self._bench.messages.show_note(
                tr("{lost} could not be read and cannot be accepted.").format(lost=lost)
            )

    def export(self, kind: str, path: Path | None = None) -> None:
        """Write labels as ``kind``; asks where when ``path`` is None."""
        target = path or self._ask(kind)
        if target is None:
            return
        try:
            job = self._bench.session.export_job(kind, target, keep_identity=self.keep_identity)
        except MedviewError as error:
            self._bench.messages.show_error(error)
            return
        what = tr(EXPORTS[kind][0])
        self._bench.runner.start(
            job,
            on_done=lambda _result: self._bench.messages.show_note(
                tr("{what} written to {target} and read back without a difference.").format(
                    what=what, target=target
                )
            ),
            on_error=self._bench.messages.show_error,
            on_cancelled=lambda: self._bench.messages.show_note(tr("Export cancelled.")),
        )

    def show_counts(self) -> None:
        """Bring the panel in line with the session."""
        session = self._bench.session
        slices = 0 if session.volume is None else session.volume.geometry.shape[0]
        here = session.volume is not None and self.slice_is_accepted
        self._panel.show_counts(len(session.accepted), slices, this_slice=here)

    def _ask(self, kind: str) -> Path | None:
        what, filters, suffix = EXPORTS[kind]
        folder = self._bench.session.settings.get("export_folder", "") or str(Path.home())
        title = tr("Export {what}").format(what=tr(what))
        if filters:
            start = str(Path(folder) / f"labels{suffix}")
            chosen, _ = QFileDialog.getSaveFileName(self._window, title, start, tr(filters))
        else:
            chosen = QFileDialog.getExistingDirectory(self._window, title, folder)
        if not chosen:
            return None
        path = Path(chosen)
        if suffix and not path.name.endswith(suffix):
            path = path.with_name(path.name + suffix)
        self._bench.session.settings.set("export_folder", str(path.parent if suffix else path))
        return path

    def _try(self, action: Any) -> None:
        try:
            action()
        except MedviewError as error:
            self._bench.messages.show_error(error)
