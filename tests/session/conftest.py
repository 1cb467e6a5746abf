"""A real session on a private workspace, with a small random model for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_models import phantom_volume, random_card, write_model

from medview.ai.catalog import Catalog
from medview.session.models import Models
from medview.session.session import Session
from medview.store.workspace import Workspace


class Desk:
    """A workspace folder and the sessions that are opened on it, one after the other."""

    def __init__(self, folder: Path, shipped: Path) -> None:
        self.folder, self.shipped = folder, shipped
        self.workspace: Workspace | None = None
        self.session: Session | None = None

    def open(self, volume=None) -> Session:
        """A new session, as after a start of the program; the old one is closed properly."""
        self.close()
        self.workspace = Workspace(self.folder)
        registry = Models(self.workspace, Catalog(self.folder / "models", self.shipped))
        registry.pin("ct-lung")  # before the session pins what really ships
        self.session = Session(self.workspace)
        self.session.registry = self.session.findings._models = registry
        self.session._jobs._models = self.session.registry
        self.session.worklist._models = self.session.registry
        if volume is not None:
            self.session.open_volume(volume)
        return self.session

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None
        if self.workspace is not None:
            self.workspace.close()
            self.workspace = None


@pytest.fixture(scope="session")
def shipped(tmp_path_factory) -> Path:
    """A folder of shipped models with one random ct-lung 1.0.0."""
    root = tmp_path_factory.mktemp("shipped")
    write_model(root / "ct-lung" / "1.0.0", random_card(), seed=5)
    return root


@pytest.fixture
def desk(workspace_folder, shipped):
    desk = Desk(workspace_folder, shipped)
    yield desk
    desk.close()


@pytest.fixture
def session(desk) -> Session:
    return desk.open(phantom_volume())


@pytest.fixture
def add_version(workspace_folder):
    """Puts another version of ct-lung among the workspace's own models."""

    def add(version: str, seed: int = 1) -> Path:
        card = replace(random_card(version=version), parent="ct-lung@1.0.0")
        return write_model(workspace_folder / "models" / "ct-lung" / version, card, seed)

    return add
