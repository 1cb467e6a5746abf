"""TrainingPart: the session's side of the training set: look through, leave out, take in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from psygnal import SignalInstance

from medview.core.errors import MedviewError
from medview.core.job import Job
from medview.core.volume import Volume
from medview.session.lineage import seen_patients
from medview.session.models import Models
from medview.session.training_browser import entries_job
from medview.session.training_child import cross_validate_command
from medview.store.settings import Settings
from medview.store.workspace import Workspace


class TrainingPart:
    """A part of `Session`, which has the state; here is what concerns all accepted slices."""

    workspace: Workspace
    settings: Settings
    registry: Models
    volume: Volume | None
    reviews_changed: SignalInstance

    @property
    def person(self) -> str:
        raise NotImplementedError

    def flush(self) -> None:
        raise NotImplementedError

    def training_entries_job(self) -> Job:
        """Every accepted slice with its picture, in lists; see `entries_job`."""
        self.flush()
        try:
            seen = seen_patients(self.registry.catalog, self.registry.active_folder().card)
        except MedviewError:  # the model cannot be read: the set still can
            seen = ()
        return entries_job(self.workspace, seen)

    def training_set_job(self, kind: str, folder: Path) -> Job:
        """Write all accepted slices for other programs, without identity; a `Written`."""
        from medview.session.training_set import write_training_set  # pydicom: not at the start

        self.flush()
        return Job(
            "Export the training set",
            lambda progress: write_training_set(self.workspace, kind, folder, progress),
        )

    def report_job(self, model: str, images: Path | None = None, labels: Path | None = None) -> Job:
        """Evaluate a version (NAME@VERSION) and write an HTML report; the result is its path.

        On the held-out cases, or on ``images`` against ``labels``.
        """
        from medview.session.evaluate_files import files_report_job  # pydicom: not at the start
        from medview.session.evaluate_held_out import report_job

        self.flush()
        folder = self.registry.find(model).folder
        path = self._report_path(model)
        if images is not None and labels is not None:
            return files_report_job(folder, images, labels, path)
        return report_job(self.workspace, folder, path)

    def cross_validation_command(self, base: str, folds: int) -> list[str]:
        """The command line of a child that cross-validates the retraining of ``base``
        (NAME@VERSION) on the accepted slices, as retrainings are set, and writes a report."""
        self.flush()
        path = self._report_path(f"{base}-cross-validated")
        chosen = self.settings.get("retrain", {})
        return cross_validate_command(self.workspace, base, folds, path, **chosen)

    def _report_path(self, name: str) -> Path:
        now = datetime.now(UTC).astimezone().strftime("%Y-%m-%d-%H%M%S")
        path = self.workspace.folder / "reports" / f"{name.replace('@', '-')}-{now}.html"
        path.parent.mkdir(exist_ok=True)
        return path

    def exclude_slices(self, slices: Iterable[tuple[str, int]], reason: str) -> None:
        """Leave accepted slices (case, slice) out of training and measuring."""
        self.workspace.exclude(slices, reason, self.person).result()
        self.reviews_changed.emit()

    def include_slices(self, slices: Iterable[tuple[str, int]]) -> None:
        """`exclude_slices` undone."""
        self.workspace.include(slices).result()
        self.reviews_changed.emit()

    def bulk_accept_job(self, source: Path, labels: Path | None = None) -> Job:
        """Accept all labelled cases of a manifest, an nnU-Net dataset or two folders.

        The open case is left out: its labels are being worked on.
        """
        from medview.session.bulk_accept import bulk_job  # pydicom: not at the start

        self.flush()
        skip = () if self.volume is None else (self.volume.case_key,)
        return bulk_job(self.workspace, source, labels, self.person, skip)
