"""The model I use is the one I chose: it never changes by itself, and a broken one says so."""

from __future__ import annotations

import json
import shutil
import sys

import pytest

from medview.core.resources import resources_path
from medview.store.workspace import Workspace

SHIPPED = resources_path() / "models" / "ct-lung" / "3.0.0"


def put_version(workspace_folder, version):
    """Another version of the bundled model among the workspace's own."""
    folder = workspace_folder / "models" / "ct-lung" / version
    shutil.copytree(SHIPPED, folder)
    card = json.loads((folder / "card.json").read_text())
    card |= {"version": version, "parent": "ct-lung@3.0.0"}
    (folder / "card.json").write_text(json.dumps(card))
    return folder


def shown_model(reader):
    """The model that the panel names."""
    return reader.window.model.model.text()


def test_a_newer_version_on_the_disk_is_only_a_candidate(desk, chest_folder, workspace_folder):
    """A candidate lies there; I start, open, segment, restart: the model in use is the old one."""
    put_version(workspace_folder, "3.1.0")
    for start in range(2):
        reader = desk.start()
        reader.open(chest_folder)
        assert shown_model(reader) == "ct-lung@3.0.0"
        if start == 0:
            reader.segment()
        assert reader.session.history.edits[-1].origin.version == "3.0.0"
        states = {row.version: row.state for row in reader.session.models()}
        older = dict.fromkeys(("1.0.0", "2.0.0"), "archived")
        assert states == older | {"3.0.0": "active", "3.1.0": "candidate"}
        desk.leave()


def test_i_use_it_and_roll_back(desk, chest_folder, workspace_folder):
    """Use is my decision, it survives a restart, and Roll Back is one click."""
    put_version(workspace_folder, "3.1.0")
    reader = desk.start()
    reader.session.use_model("ct-lung", "3.1.0")
    assert shown_model(reader) == "ct-lung@3.1.0"
    desk.leave()
    reader = desk.start()
    assert shown_model(reader) == "ct-lung@3.1.0"
    reader.choose("Model > Roll Back")
    assert shown_model(reader) == "ct-lung@3.0.0"
    assert "ct-lung@3.0.0 is the active model again" in reader.message
    reader.open(chest_folder)
    reader.segment()
    assert reader.session.history.edits[-1].origin.version == "3.0.0"


def cut_weights(folder):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])


def lose_weights(folder):
    (folder / "model.safetensors").unlink()


def spoil_card(folder):
    (folder / "card.json").write_text("{ not json")


def lose_folder(folder):
    shutil.rmtree(folder)


@pytest.mark.parametrize("damage", [cut_weights, lose_weights, spoil_card, lose_folder])
def test_a_broken_model_says_so_and_viewing_goes_on(desk, chest_folder, workspace_folder, damage):
    """One message with what to do; I scroll and paint; Roll Back gives a model that works."""
    folder = put_version(workspace_folder, "3.1.0")
    reader = desk.start()
    reader.session.use_model("ct-lung", "3.1.0")
    desk.leave()
    damage(folder)
    reader = desk.start()
    reader.open(chest_folder)
    reader.wheel(-1)
    assert reader.view.slice_index == 7
    reader.press("B")
    reader.stroke((40, 40), (44, 44))
    mask = reader.mask()
    assert mask.any()
    if reader.can_choose("segment"):
        reader.press("Ctrl+G")
        reader.until(lambda: bool(reader.messages()))
        reader.settle()
    told = reader.messages()
    assert len(told) == 1
    assert "3.1.0" in told[0]
    assert "made a mistake" not in told[0]
    assert (reader.mask() == mask).all()
    reader.click("Close")
    reader.choose("Model > Roll Back")
    assert shown_model(reader) == "ct-lung@3.0.0"
    reader.segment()


def test_without_torch_everything_else_works(desk, chest_folder, monkeypatch):
    """PyTorch does not load on this machine: one sentence, and the rest of the program is whole."""
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "medview.ai.network.predictor", raising=False)
    reader = desk.start()
    reader.until(lambda: bool(reader.messages()))
    reader.open(chest_folder)
    reader.press("Ctrl+G")
    reader.settle()
    assert len(reader.messages()) == 1
    assert "PyTorch does not load" in reader.message
    assert "Everything else works" in reader.message
    reader.press("B")
    reader.stroke((40, 40), (44, 44))
    assert reader.mask().any()
    reader.press("Ctrl+Z")
    assert not reader.mask().any()


def test_an_update_that_brings_a_newer_model_leaves_mine_in_use(desk, chest_folder):
    """I work with 2.0.0; the program ships 3.0.0 too: it is offered, and mine goes on."""
    with Workspace(desk.folder) as before:  # what a medview that shipped 2.0.0 at most left
        before.set_active("ct-lung", "2.0.0").result()
    reader = desk.start()
    reader.open(chest_folder)
    assert shown_model(reader) == "ct-lung@2.0.0"
    states = {row.version: row.state for row in reader.session.models()}
    assert states == {"1.0.0": "archived", "2.0.0": "active", "3.0.0": "candidate"}
    reader.session.use_model("ct-lung", "3.0.0")
    reader.choose("Model > Roll Back")
    assert shown_model(reader) == "ct-lung@2.0.0"
