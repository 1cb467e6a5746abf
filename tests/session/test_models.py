"""Versions: what is active stays so until a person says otherwise, and going back is one step."""

from dataclasses import replace

import pytest
from models import write_tiny_model
from small_models import random_card, write_model

from medview.ai.catalog import Catalog
from medview.core.errors import MedviewError
from medview.session.models import Models
from medview.store.workspace import Workspace


def states(session):
    return {model.version: model.state for model in session.models()}


def test_a_new_version_is_a_candidate_until_it_is_used(session, add_version):
    add_version("1.1.0")
    assert states(session) == {"1.0.0": "active", "1.1.0": "candidate"}
    assert session.active_model.version == "1.0.0"
    heard = []
    session.models_changed.connect(lambda: heard.append(session.active_model.version))
    session.use_model("ct-lung", "1.1.0")
    assert states(session) == {"1.0.0": "archived", "1.1.0": "active"}
    assert session.roll_back_model() == "ct-lung@1.0.0"
    assert states(session) == {"1.0.0": "active", "1.1.0": "archived"}
    assert heard == ["1.1.0", "1.0.0"]


def test_the_choice_survives_a_restart(desk, session, add_version):
    add_version("1.1.0")
    session.use_model("ct-lung", "1.1.0")
    assert desk.open().active_model.version == "1.1.0"


def test_a_damaged_version_is_not_made_active(session, add_version):
    folder = add_version("1.1.0")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"xxxx")
    with pytest.raises(MedviewError) as trouble:
        session.use_model("ct-lung", "1.1.0")
    assert trouble.value.code == "bad-model"
    assert session.active_model.version == "1.0.0"


def test_nothing_to_roll_back_is_said(session):
    with pytest.raises(MedviewError) as trouble:
        session.roll_back_model()
    assert trouble.value.code == "no-previous-version"


def test_the_active_version_cannot_be_discarded(session, add_version):
    add_version("1.1.0")
    session.use_model("ct-lung", "1.1.0")
    with pytest.raises(MedviewError) as trouble:
        session.discard_model("ct-lung", "1.1.0")
    assert trouble.value.code == "model-in-use"
    with pytest.raises(MedviewError) as trouble:
        session.discard_model("ct-lung", "1.0.0")
    assert trouble.value.code == "shipped-model"
    session.roll_back_model()
    session.discard_model("ct-lung", "1.1.0")
    assert list(states(session)) == ["1.0.0"]


def test_rolling_back_passes_over_versions_that_were_discarded(session, add_version):
    for version in ("1.1.0", "1.2.0"):
        add_version(version)
        session.use_model("ct-lung", version)
    session.discard_model("ct-lung", "1.1.0")
    assert session.roll_back_model() == "ct-lung@1.0.0"
    assert session.active_model.version == "1.0.0"


def test_an_active_version_that_vanished_leaves_the_list_readable(desk, session, add_version):
    import shutil

    folder = add_version("1.1.0")
    session.use_model("ct-lung", "1.1.0")
    shutil.rmtree(folder)
    session = desk.open()
    assert states(session) == {"1.0.0": "archived"}
    assert session.active_model is None, "another version is never used in silence"
    assert session.roll_back_model() == "ct-lung@1.0.0"
    assert session.active_model.version == "1.0.0"


def test_models_are_found_by_name_and_version(session, add_version):
    add_version("1.1.0")
    find = session.registry.find
    assert find(None).card.version == "1.0.0"
    assert find("ct-lung").card.version == "1.0.0"
    assert find("ct-lung@1.1.0").card.version == "1.1.0"
    for wrong in ("ct-lung@9.9.9", "spleen"):
        with pytest.raises(MedviewError) as trouble:
            find(wrong)
        assert trouble.value.code == "no-such-model"


def test_the_training_childs_command(session, desk):
    with pytest.raises(MedviewError) as trouble:
        session.retrain_command()
    assert trouble.value.code == "nothing-accepted"
    session.accept_slices([3])
    words = session.retrain_command(budget="30s", out_name="ct-lung@1.1.0")
    assert words[1:5] == ["-m", "medview", "retrain", "--json"]
    assert words[5:] == [
        "--workspace", str(desk.folder), "--budget", "30s", "--out-name", "ct-lung@1.1.0",
    ]  # fmt: skip


def test_a_newer_shipped_version_does_not_take_the_place_of_the_one_in_use(tmp_path):
    """The model in use never changes by itself, not even with an update of the program."""
    shipped = tmp_path / "shipped"
    write_tiny_model(shipped, "1.0.0")
    with Workspace(tmp_path / "workspace") as workspace:
        catalog = Catalog(tmp_path / "own", shipped)
        models = Models(workspace, catalog)
        models.pin("tiny")
        write_tiny_model(shipped, "2.0.0", seed=1)
        assert models.active_folder("tiny").card.version == "1.0.0"
        with pytest.raises(MedviewError, match="no earlier version"):
            models.rollback("tiny")
        assert models.active_folder("tiny").card.version == "1.0.0"


def add_other(workspace_folder, version="1.0.0"):
    """A model of another name among the workspace's own."""
    card = replace(random_card(version=version), name="bones")
    return write_model(workspace_folder / "models" / "bones" / version, card, 3)


def test_the_model_in_use_is_chosen_by_name(desk, session, workspace_folder):
    add_other(workspace_folder)
    assert session.active_model.name == "ct-lung", "a model that appears is not in use by itself"
    session.use_model("bones", "1.0.0")
    assert session.active_model.name == "bones"
    assert session.registry.find(None).card.id == "bones@1.0.0"
    rows = {model.name: (model.state, model.in_use) for model in session.models()}
    assert rows == {"bones": ("active", True), "ct-lung": ("active", False)}
    session = desk.open()
    assert session.active_model.name == "bones", "it survives a restart"
    session.use_model("ct-lung", "1.0.0")
    assert session.active_model.name == "ct-lung"
    assert sum(model.in_use for model in session.models()) == 1


def test_rolling_back_goes_through_versions_and_then_to_the_name_before(
    session, add_version, workspace_folder
):
    add_version("1.1.0")
    session.use_model("ct-lung", "1.1.0")
    for version in ("1.0.0", "1.1.0"):
        add_other(workspace_folder, version)
        session.use_model("bones", version)
    back = [session.roll_back_model() for _ in range(3)]
    assert back == ["bones@1.0.0", "ct-lung@1.1.0", "ct-lung@1.0.0"]
    with pytest.raises(MedviewError) as trouble:
        session.roll_back_model()
    assert trouble.value.code == "no-previous-version"
    assert session.active_model.version == "1.0.0"


def test_a_name_that_vanished_is_never_replaced_in_silence(session, workspace_folder):
    import shutil

    folder = add_other(workspace_folder)
    session.use_model("bones", "1.0.0")
    shutil.rmtree(folder)
    assert session.active_model is None
    assert session.roll_back_model() == "ct-lung@1.0.0"


def test_a_new_model_that_was_never_used_can_be_discarded(session, workspace_folder):
    folder = add_other(workspace_folder)
    session.discard_model("bones", "1.0.0")
    assert not folder.exists()
