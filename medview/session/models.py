"""Which model is in use: versions on disk together with what the person chose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medview.ai.catalog import DEFAULT_MODEL, Catalog, ModelFolder
from medview.core.errors import MedviewError
from medview.store.workspace import Workspace

State = Literal["candidate", "active", "archived"]
_IN_USE = "model in use"  # a note of the workspace: names (JSON), the one in use last


@dataclass(frozen=True)
class ModelInfo:
    """One row of the version list. ``created`` ISO 8601; ``parent`` NAME@VERSION or "".

    Each name has its own active version; ``in_use`` is the one of them that Segment uses.
    """

    name: str
    version: str
    state: State
    parent: str
    created: str
    path: Path
    shipped: bool
    in_use: bool = False


class Models:
    """Reads the catalog and the workspace's choices; changes a choice only when told to."""

    def __init__(self, workspace: Workspace, catalog: Catalog | None = None) -> None:
        self._workspace = workspace
        self.catalog = catalog or Catalog(workspace.folder / "models")

    @property
    def in_use(self) -> str:
        """The name of the model in use."""
        return self._used_names()[-1]

    def _used_names(self) -> list[str]:
        """The names to go back to, and behind them the one in use."""
        names = json.loads(self._workspace.note(_IN_USE) or "[]")
        return [str(name) for name in names] or [DEFAULT_MODEL]

    def _write_names(self, names: list[str]) -> None:
        self._workspace.set_note(_IN_USE, json.dumps(names)).result()

    def active_folder(self, name: str | None = None) -> ModelFolder:
        """A name's active version: the chosen one, else the newest shipped one.

        Without a name it is that of the model in use.
        """
        name = name or self.in_use
        return self.catalog.find(name, self._workspace.active(name))

    def _active_or_none(self, name: str) -> ModelFolder | None:
        """As `active_folder`, None where the chosen version is no longer on disk."""
        try:
            return self.active_folder(name)
        except MedviewError:
            return None

    def _active_by_choice(self, name: str) -> ModelFolder | None:
        """As `active_folder`; one that does not ship is active only when a person said so."""
        model = self._active_or_none(name)
        if model is None or model.shipped or model.card.version == self._workspace.active(name):
            return model
        return None

    def find(self, wanted: str | None) -> ModelFolder:
        """NAME (its active version), NAME@VERSION, or None for the model in use."""
        if wanted is None:
            return self.active_folder()
        name, _, version = wanted.partition("@")
        return self.catalog.find(name, version) if version else self.active_folder(name)

    def list(self) -> list[ModelInfo]:
        """All versions: active; candidate = never used, made here or shipped and newer than the
        one in use; archived = the rest."""
        rows = []
        in_use = self.in_use
        passed_active: set[str] = set()  # names; versions come oldest first
        for model in self.catalog.versions():
            active = self._active_by_choice(model.card.name)
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
                    state == "active" and model.card.name == in_use,
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
        """Make a version its name's active one and the model in use; its files are verified."""
        from medview.ai.card import verify

        model = self.catalog.find(name, version)
        verify(model.folder)
        self.pin(name)
        self._workspace.set_active(name, version).result()
        names = self._used_names()
        if names[-1] != name:
            self._write_names([*(one for one in names if one != name), name])

    def roll_back(self) -> ModelFolder:
        """What was in use before: an earlier version of the model in use, else the model that was
        in use before that name. MedviewError "no-previous-version"."""
        *before, name = self._used_names()
        before = [one for one in before if self._active_or_none(one) is not None]
        try:
            self.rollback(name)
        except MedviewError as error:
            if error.code != "no-previous-version" or not before:
                raise
            self._write_names(before)
        return self.active_folder()

    def rollback(self, name: str) -> str:
        """Go back to the version of a name that was active before; returns it.

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
        active = self._active_by_choice(name)
        if active is not None and active.card.version == version:
            raise MedviewError(
                f"{name}@{version} is in use.", hint="Roll back first.", code="model-in-use"
            )
        self.catalog.remove(name, version)
