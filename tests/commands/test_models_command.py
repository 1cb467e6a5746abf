"""medview models: the registry of versions, and what may come into it."""

import json
import shutil
import zipfile

import pytest
from models import write_tiny_model
from safetensors.numpy import load_file, save_file

from medview.ai.card import file_sha256


@pytest.fixture
def tiny(workspace_folder):
    return write_tiny_model(workspace_folder / "models")


def rows_of(medview):
    rows = medview("models", "list", "--json").json
    for row in rows:
        assert set(row) == {"name", "version", "state", "parent", "created", "in_use"}
        assert row["state"] in ("candidate", "active", "archived")
    return {row["version"]: row["state"] for row in rows if row["name"] == "tiny"}


def rezip(source, target, change):
    """A copy of a zip with its members run through ``change(name, data) -> (name, data)``."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            new.writestr(*change(member.filename, old.read(member)))
    return target


def test_use_and_roll_back(medview, fails, tiny, workspace_folder):
    write_tiny_model(workspace_folder / "models", "1.1.0", seed=1, parent="tiny@1.0.0")
    assert medview("models", "use", "tiny@1.0.0").out == "tiny@1.0.0\n"
    assert rows_of(medview) == {"1.0.0": "active", "1.1.0": "candidate"}
    used = medview("models", "use", "tiny@1.1.0", "--json").json
    assert used == {"name": "tiny", "version": "1.1.0", "active": "tiny@1.1.0"}
    assert rows_of(medview) == {"1.0.0": "archived", "1.1.0": "active"}
    assert medview("models", "rollback", "tiny").out == "tiny@1.0.0\n"
    assert rows_of(medview)["1.0.0"] == "active"
    assert "NAME@VERSION" in fails("models", "use", "tiny")
    assert "no model tiny@9.0.0" in fails("models", "use", "tiny@9.0.0")
    assert "no model nothing" in fails("models", "rollback", "nothing")


def in_use(medview):
    rows = medview("models", "list", "--json").json
    return [f"{row['name']}@{row['version']}" for row in rows if row["in_use"]]


def test_the_model_in_use_is_chosen_by_name(medview, tiny):
    (before,) = in_use(medview)
    medview("models", "use", "tiny@1.0.0")
    assert in_use(medview) == ["tiny@1.0.0"]
    (line,) = (
        line for line in medview("models", "list").out.splitlines() if "active, in use" in line
    )
    assert line.startswith("tiny@1.0.0 ")
    assert medview("models", "show", "--json").json["card"]["name"] == "tiny"
    assert medview("models", "rollback").out == f"{before}\n"
    assert in_use(medview) == [before]


def test_nothing_to_roll_back_to(fails, tiny):
    assert "no earlier version" in fails("models", "rollback", "tiny")


def test_listing_makes_no_workspace(medview, tmp_path):
    folder = tmp_path / "elsewhere"
    assert medview("models", "list", "--json", "--workspace", folder).status == 0
    assert not folder.exists()


def test_show(medview, tiny):
    shown = medview("models", "show", "tiny", "--json").json
    assert shown["card"]["name"] == "tiny"
    assert shown["path"] == str(tiny)
    assert "medical device" in medview("models", "show", "tiny").out


def test_a_model_travels_as_a_zip(medview, fails, tiny, tmp_path, workspace_folder):
    packed = tmp_path / "tiny.zip"
    outcome = medview("models", "export", "tiny@1.0.0", packed, "--json")
    assert outcome.json["bytes"] == packed.stat().st_size
    with zipfile.ZipFile(packed) as archive:
        assert set(archive.namelist()) == {
            "tiny/1.0.0/card.json",
            "tiny/1.0.0/metrics.json",
            "tiny/1.0.0/model.safetensors",
        }
    assert "already" in fails("models", "import", packed)
    elsewhere = ("--workspace", tmp_path / "other")
    taken = medview("models", "import", packed, *elsewhere, "--json").json
    assert taken["path"] == str(tmp_path / "other" / "models" / "tiny" / "1.0.0")
    weights = tmp_path / "other" / "models" / "tiny" / "1.0.0" / "model.safetensors"
    assert file_sha256(weights) == file_sha256(tiny / "model.safetensors")
    assert medview("models", "verify", "tiny", *elsewhere).status == 0
    shutil.rmtree(workspace_folder / "models" / "tiny")
    assert medview("models", "import", tmp_path / "other" / "models" / "tiny").status == 0


def test_a_changed_weight_is_found(medview, fails, tiny, tmp_path):
    packed = tmp_path / "tiny.zip"
    medview("models", "export", "tiny", packed)
    weights = load_file(tiny / "model.safetensors")
    weights["head.bias"] = weights["head.bias"] + 1
    save_file(weights, tiny / "model.safetensors")
    assert "sha256" in fails("models", "use", "tiny@1.0.0")
    assert "sha256" in fails("models", "export", "tiny", tmp_path / "again.zip")
    assert not (tmp_path / "again.zip").exists()
    outcome = medview("models", "verify", "tiny", "--json")
    assert outcome.status == 1
    assert outcome.json["models"][0]["ok"] is False


def card_with(change):
    def apply(name, data):
        if name.endswith("card.json"):
            card = json.loads(data)
            change(card)
            data = json.dumps(card)
        return name, data

    return apply


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda name, data: (f"../{name}", data), "leaves the archive"),
        (lambda name, data: (f"/{name}", data), "leaves the archive"),
        (lambda name, data: (name.replace("1.0.0", f"{len(data)}"), data), "not hold one model"),
        (lambda name, data: (name, b"{}" if name.endswith("card.json") else data), "model card"),
        (lambda name, data: (name, data[:-4] if name.endswith("tensors") else data), "sha256"),
        (card_with(lambda card: card.update(name="../../evil")), "not a model name"),
        (card_with(lambda card: card.update(sha256="0" * 64)), "sha256"),
        (card_with(lambda card: card["arguments"].update(base=8)), "does not fit"),
        (card_with(lambda card: card.update(architecture="os.system")), "does not fit"),
    ],
)
def test_bad_packages_change_nothing(medview, fails, tiny, tmp_path, change, says):
    packed = tmp_path / "tiny.zip"
    medview("models", "export", "tiny", packed)
    bad = rezip(packed, tmp_path / "bad.zip", change)
    target = tmp_path / "other"
    assert says in fails("models", "import", bad, "--workspace", target)
    assert list(tmp_path.rglob("*evil*")) == []
    assert not list(target.rglob("*.safetensors"))


def test_weights_that_are_not_numbers(medview, fails, tiny, tmp_path):
    weights = load_file(tiny / "model.safetensors")
    weights["head.bias"][:] = float("nan")
    save_file(weights, tiny / "model.safetensors")
    card = json.loads((tiny / "card.json").read_text())
    card["sha256"] = file_sha256(tiny / "model.safetensors")
    (tiny / "card.json").write_text(json.dumps(card))
    assert "not finite" in fails("models", "import", tiny, "--workspace", tmp_path / "other")


def test_usage_and_what_is_no_model(medview, fails, tmp_path):
    assert medview("models").status == 2
    assert medview("models", "paint").status == 2
    assert "does not exist" in fails("models", "import", tmp_path / "no.zip")
    (tmp_path / "text.zip").write_text("no zip")
    assert "no zip file" in fails("models", "import", tmp_path / "text.zip")
    (tmp_path / "empty").mkdir()
    assert "0 model cards" in fails("models", "import", tmp_path / "empty")


# ---- ONNX, PyTorch files, MONAI bundles


def test_export_as_onnx_says_the_same_as_the_network(medview, fails, tiny, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    path = tmp_path / "tiny.onnx"
    done = medview("models", "export", "tiny@1.0.0", "--onnx", path, "--json").json
    assert done["largest_difference"] <= 1e-3
    assert done["bytes"] == path.stat().st_size
    facts = onnxruntime.InferenceSession(str(path)).get_modelmeta().custom_metadata_map
    assert facts["model"] == "tiny@1.0.0"
    assert json.loads(facts["labels"])["0"] == "background"
    assert facts["sha256"] == file_sha256(tiny / "model.safetensors")
    assert "must end in .onnx" in fails("models", "export", "tiny", "--onnx", tmp_path / "x.zip")


def test_an_onnx_file_that_differs_does_not_appear(fails, tiny, tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    from medview.ai.network import onnx_export

    monkeypatch.setattr(onnx_export, "LARGEST_DIFFERENCE", -1.0)
    assert "would differ" in fails("models", "export", "tiny", "--onnx", tmp_path / "x.onnx")
    assert not list(tmp_path.glob("*onnx*"))


def test_import_pytorch_weights(medview, fails, tiny, tmp_path):
    import torch

    path = tmp_path / "My Weights.pt"
    weights = load_file(tiny / "model.safetensors")
    torch.save({name: torch.from_numpy(value) for name, value in weights.items()}, path)
    taken = medview("models", "import", path, "--like", "tiny", "--json").json
    assert (taken["name"], taken["version"]) == ("my-weights", "1.0.0")
    assert medview("models", "verify", "my-weights@1.0.0").status == 0
    assert "there already" in fails("models", "import", path, "--like", "tiny")
    named = medview("models", "import", path, "--like", "tiny", "--name", "other@2.0.0")
    assert named.out.startswith("other@2.0.0 imported")


def test_show_a_bundle(medview, fails, tiny, tmp_path):
    (tmp_path / "metadata.json").write_text('{"monai_version": "1.3.0", "name": "Spleen"}')
    assert "name: Spleen" in medview("models", "show", tmp_path).out
    assert medview("models", "show", tmp_path, "--json").json["monai_bundle"]["name"] == "Spleen"
    assert medview("models", "show", tiny).out.startswith("tiny@1.0.0 in ")
    assert "MONAI" in fails("models", "show", tmp_path.parent)
