"""Which model is in use: versions on disk together with what the person chose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medview.ai.catalog import DEFAULT_MODEL, Catalog, ModelFolder
from medview.core.errors import MedviewError
from medview.store.workspace import Workspace

State = Literal["candidate", "active", "archived"]


@dataclass(frozen=True)
class ModelInfo:
    """One row of the version list. ``created`` ISO 8601; ``parent`` NAME@VERSION or ""."""

    name: str
    version: str
    state: State
    parent: str
    created: str
    path: Path
    shipped: bool


class Models:
    """Reads the catalog and the workspace's choices; changes a choice only when told to."""

    def __init__(self, workspace: Workspace, catalog: Catalog | None = None) -> None:
        self._workspace = workspace
        self.catalog = catalog or Catalog(workspace.folder / "models")

    def active_folder(self, name: str = DEFAULT_MODEL) -> ModelFolder:
        """The version in use: the chosen one, else the newest shipped one."""
        return self.catalog.find(name, self._workspace.active(name))

    def _active_or_none(self, name: str) -> ModelFolder | None:
        """As `active_folder`, None where the chosen version is no longer on disk."""
        try:
            return self.active_folder(name)
        except MedviewError:
            return None

    def find(self, wanted: str | None) -> ModelFolder:
        """NAME, NAME@VERSION, or None for the default model's active version."""
        if wanted is None:
            return self.active_folder()
        name, _, version = wanted.partition("@")
        return self.catalog.find(name, version) if version else self.active_folder(name)

    def list(self) -> list[ModelInfo]:
        """All versions: active; candidate = never used, made here or shipped and newer than the
        one in use; archived = the rest."""
        rows = []
        passed_active: set[str] = set()  # names; versions come oldest first
        for model in self.catalog.versions():
            active = self._active_or_none(model.card.name)
            if active is not None and not active.shipped:  # in use only when a person said so
                chosen_now = self._workspace.active(model.card.name)
                active = active if active.card.version == chosen_now else None
            state: State = "archived"
            if active is not None and model.folder == active.folder:
                state = "active"
                passed_active.add(model.card.name)
            elif model.card.version not in self._workspace.chosen(model.card.name) and (
                not model.shipped or model.card.name in passed_active
            ):
                state = "candidate"
            rows.append(
                ModelInfo(
                    model.card.name,
                    model.card.version,
                    state,
                    model.card.parent,
                    model.card.created,
                    model.folder,
                    model.shipped,
                )
            )
        return rows

    def pin(self, name: str) -> None:
        """Write down the version in use, so that a newer shipped one does not take its place."""
        if self._workspace.active(name) is None:
            model = self._active_or_none(name)
            if model is not None and model.shipped:
                self._workspace.set_active(name, model.card.version)

    def use(self, name: str, version: str) -> None:
        """Make a version the active one, after its files passed verification."""
        from medview.ai.card import verify

        model = self.catalog.find(name, version)
        verify(model.folder)
        self.pin(name)
        self._workspace.set_active(name, version).result()

    def rollback(self, name: str) -> str:
        """Go back to the version that was active before; returns it.

        Versions that were deleted meanwhile are passed over.
        """
        now = self._workspace.active(name)
        before = self._workspace.rollback(name)
        while before is not None and self._active_or_none(name) is None:
            before = self._workspace.rollback(name)
        if before is None and now is not None:  # the pinned version was the first
            self._workspace.set_active(name, now).result()
            raise MedviewError(
                f"The model {name} has no earlier version to go back to.",
                code="no-previous-version",
            )
        return self.active_folder(name).card.version

    def discard(self, name: str, version: str) -> None:
        """Delete a version that is not in use."""
        if self.active_folder(name).card.version == version:
            raise MedviewError(
                f"{name}@{version} is in use.", hint="Roll back first.", code="model-in-use"
            )
        self.catalog.remove(name, version)
