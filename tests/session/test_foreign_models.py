"""Models from strangers: whatever a file holds, nothing of it is executed or half taken."""

import json
import os
import pickle
import struct
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from models import write_tiny_model

from medview.ai.card import CARD, WEIGHTS, file_sha256, read_card
from medview.ai.catalog import Catalog
from medview.ai.network.predictor import load_network
from medview.core.errors import MedviewError
from medview.session.foreign_weights import import_weights
from medview.session.model_packages import card_text, import_model
from medview.session.monai_bundle import bundle_lines, bundle_metadata

MUTANTS = 200


class Payload:
    """Pickled, it makes a file wherever it is opened carelessly."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"{sys.executable} -c \"open(r'{self.path}', 'w')\"",)


@pytest.fixture
def catalog(tmp_path):
    """A catalog with one model in use."""
    write_tiny_model(tmp_path / "own")
    return Catalog(tmp_path / "own", tmp_path / "none")


@pytest.fixture
def in_use(catalog):
    """The files of the model in use, to be compared afterwards."""
    folder = catalog.find("tiny", "1.0.0").folder
    before = {path: path.read_bytes() for path in folder.iterdir()}
    yield folder
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def candidate(folder, in_use, data, version="2.0.0"):
    """A model folder whose card vouches for whatever ``data`` is."""
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(data)
    card = replace(read_card(in_use), version=version, sha256=file_sha256(folder / WEIGHTS))
    (folder / CARD).write_text(card_text(card))
    return folder


def mutant(data, random, kind):
    """One damaged copy of a weight file."""
    changed = bytearray(data)
    header = struct.unpack("<Q", data[:8])[0]
    if kind == 0:  # anywhere
        for _ in range(int(random.integers(1, 9))):
            changed[int(random.integers(len(data)))] = int(random.integers(256))
    elif kind == 1:  # in the header
        for _ in range(int(random.integers(1, 5))):
            changed[8 + int(random.integers(header))] = int(random.integers(256))
    elif kind == 2:  # cut off, or with something behind
        cut = int(random.integers(len(data)))
        changed = changed[:cut] if random.random() < 0.7 else changed + bytes(cut)
    elif kind == 3:  # another length of the header
        lengths = [0, 1, header + 8, 2**31, 2**63 - 1, int(random.integers(2 * header))]
        changed[:8] = struct.pack("<Q", lengths[int(random.integers(len(lengths)))])
    else:  # weights that are no numbers
        at = 8 + header + 4 * int(random.integers((len(data) - 8 - header) // 4))
        changed[at : at + 4] = struct.pack("<f", [np.nan, np.inf, -np.inf][kind % 3])
    return bytes(changed)


def attempt(source, catalog):
    """The model taken, or why it was not."""
    try:
        return import_model(source, catalog), None
    except MedviewError as error:
        return None, error


def test_two_hundred_damaged_weight_files(tmp_path, catalog, in_use):
    """Each is refused with a reason, or is a whole model of finite numbers."""
    data = (in_use / WEIGHTS).read_bytes()
    random = np.random.default_rng(7)
    refused = taken = 0
    for n in range(MUTANTS):
        kind = n % 7
        source = candidate(tmp_path / f"m{n}", in_use, mutant(data, random, kind), f"2.0.{n}")
        known = {one.card.id for one in catalog.versions()}
        made, trouble = attempt(source, catalog)
        if made is None:
            refused += 1
            assert trouble.code == "bad-model"
            assert len(trouble.message) > 20
            assert {one.card.id for one in catalog.versions()} == known, "nothing half taken"
        else:
            taken += 1
            assert kind < 4, "not a finite number"
            _, network = load_network(made.folder)
            with torch.inference_mode():
                assert network(torch.zeros(1, 4, 64, 64)).shape == (1, 4, 64, 64)
    assert refused + taken == MUTANTS
    assert refused > MUTANTS // 2
    assert not list(catalog.own.rglob(".medview-*")), "no leftovers"


def test_a_damaged_file_whose_card_is_the_old_one(tmp_path, catalog, in_use):
    source = candidate(tmp_path / "m", in_use, (in_use / WEIGHTS).read_bytes())
    with (source / WEIGHTS).open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x7f")
    with pytest.raises(MedviewError, match="sha256 differs"):
        import_model(source, catalog)


@pytest.mark.parametrize("saved_by", ["pickle", "torch", "old torch"])
def test_a_pickle_that_calls_itself_safetensors(tmp_path, catalog, in_use, saved_by):
    """It would make a file; it is refused, and no file is made."""
    trap = tmp_path / "trap"
    plain = tmp_path / "plain.bin"
    if saved_by == "pickle":
        plain.write_bytes(pickle.dumps({"weights": Payload(trap)}))
    else:
        zipped = saved_by == "torch"
        torch.save({"w": Payload(trap)}, plain, _use_new_zipfile_serialization=zipped)
    source = candidate(tmp_path / "m", in_use, plain.read_bytes())
    with pytest.raises(MedviewError) as trouble:
        import_model(source, catalog)
    assert trouble.value.code == "bad-model"
    with pytest.raises(MedviewError, match="no file of weights alone"):
        import_weights(plain, catalog, read_card(in_use), "strange", "1.0.0")
    assert not trap.exists()
    assert [one.card.id for one in catalog.versions()] == ["tiny@1.0.0"]


def test_the_trap_of_these_tests_works(tmp_path):
    """Opened carelessly it does make the file, so the tests above can fail."""
    pickle.loads(pickle.dumps(Payload(tmp_path / "trap")))
    assert (tmp_path / "trap").exists()


# ---- PyTorch files


def weights_of(folder):
    return load_network(folder)[1].state_dict()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: state,
        lambda state: {"state_dict": {f"module.{k}": v for k, v in state.items()}, "epoch": 3},
        lambda state: {k: v.half() for k, v in state.items()},
    ],
    ids=["plain", "a checkpoint", "half precision"],
)
def test_weights_that_fit_become_a_model(tmp_path, catalog, in_use, wrap):
    path = tmp_path / "mine.pt"
    torch.save(wrap(weights_of(in_use)), path)
    made = import_weights(path, catalog, read_card(in_use), "mine", "1.0.0")
    assert made.card.id == "mine@1.0.0"
    assert made.card.labels == read_card(in_use).labels
    assert not made.card.heatmap, "nobody measured its maps"
    for name, value in weights_of(made.folder).items():
        assert torch.allclose(value, weights_of(in_use)[name], atol=1e-3)


def test_the_width_is_read_from_the_weights(tmp_path, catalog, in_use):
    from medview.ai.network.unet import UNet

    torch.save(UNet(4, 4, 8).state_dict(), tmp_path / "wide.pt")
    made = import_weights(tmp_path / "wide.pt", catalog, read_card(in_use), "wide", "1.0.0")
    assert made.card.arguments["base"] == 8


def test_the_widths_of_all_levels_are_read_from_the_weights(tmp_path, catalog, in_use):
    from medview.ai.network.unet import UNet

    widths = [8, 8, 16, 24, 48]
    torch.save(UNet(4, 4, widths).state_dict(), tmp_path / "wide.pt")
    made = import_weights(tmp_path / "wide.pt", catalog, read_card(in_use), "wide", "1.0.0")
    assert made.card.arguments["base"] == widths


def without_head(state):
    return {name: value for name, value in state.items() if not name.startswith("head")}


def with_nan(state):
    state["head.bias"][0] = torch.nan
    return state


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without_head, "head.weight is missing"),
        (lambda state: {**state, "extra": torch.zeros(2)}, "extra is .*not known"),
        (lambda state: {**state, "head.bias": torch.zeros(9)}, r"head.bias is \(9,\), not \(4,\)"),
        (with_nan, "not finite"),
        (lambda state: {"a": 3}, "no tensor"),
        (lambda state: [1, 2], "no dictionary"),
        (lambda state: {n: v.long() for n, v in state.items()}, "floating-point"),
    ],
)
def test_weights_that_do_not_fit_are_refused_with_the_reason(
    tmp_path, catalog, in_use, change, words
):
    torch.save(change(weights_of(in_use)), tmp_path / "mine.pt")
    with pytest.raises(MedviewError, match=words) as trouble:
        import_weights(tmp_path / "mine.pt", catalog, read_card(in_use), "mine", "1.0.0")
    assert trouble.value.code == "bad-model"
    assert [one.card.id for one in catalog.versions()] == ["tiny@1.0.0"]


def test_this_process_never_opens_the_file(tmp_path, catalog, in_use, monkeypatch):
    torch.save(weights_of(in_use), tmp_path / "mine.pt")
    monkeypatch.setattr(torch, "load", None)
    import_weights(tmp_path / "mine.pt", catalog, read_card(in_use), "mine", "1.0.0")


def test_a_child_that_dies_is_said_in_words(tmp_path, catalog, in_use, monkeypatch):
    (tmp_path / "mine.pt").write_bytes(b"x")
    real = subprocess.run

    def killed(command, **options):
        return real([sys.executable, "-c", "import os; os.abort()"], **options)

    monkeypatch.setattr("medview.session.foreign_weights.subprocess.run", killed)
    with pytest.raises(MedviewError, match="ended early"):
        import_weights(tmp_path / "mine.pt", catalog, read_card(in_use), "mine", "1.0.0")


# ---- MONAI bundles

METADATA = {
    "name": "Spleen",
    "version": "0.5.3",
    "monai_version": "1.3.0",
    "description": "A network for the spleen",
    "network_data_format": {
        "inputs": {"image": {"modality": "CT", "num_channels": 1, "spatial_shape": [96, 96, 96]}},
        "outputs": {"pred": {"num_channels": 2, "channel_def": {"0": "background", "1": "spleen"}}},
    },
}


@pytest.mark.parametrize("form", ["folder", "zip", "file"])
def test_a_bundle_says_what_it_is_and_nothing_of_it_runs(tmp_path, form):
    import zipfile

    trap = tmp_path / "trap"
    bundle = tmp_path / "bundle"
    (bundle / "configs").mkdir(parents=True)
    (bundle / "scripts").mkdir()
    (bundle / "configs/metadata.json").write_text(json.dumps(METADATA))
    (bundle / "configs/inference.json").write_text(
        json.dumps({"imports": [f"$open(r'{trap}', 'w')"]})
    )
    (bundle / "scripts/__init__.py").write_text(f"open(r'{trap}', 'w')")
    path = {"folder": bundle, "file": bundle / "configs/metadata.json"}.get(form)
    if path is None:
        path = tmp_path / "bundle.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for one in bundle.rglob("*.*"):
                archive.write(one, f"bundle/{one.relative_to(bundle).as_posix()}")
    data = bundle_metadata(path)
    assert data == METADATA
    lines = bundle_lines(data)
    assert "name: Spleen" in lines
    assert any("CT" in line and "96" in line for line in lines)
    assert any("1 spleen" in line for line in lines)
    assert not trap.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"a": 1}', "[" * 100_000, "x" * (2 << 20)])
def test_what_is_no_metadata_is_said(tmp_path, text):
    (tmp_path / "metadata.json").write_text(text)
    for path in (tmp_path, tmp_path / "metadata.json"):
        with pytest.raises(MedviewError) as trouble:
            bundle_metadata(path)
        assert trouble.value.code == "no-bundle"


def test_odd_metadata_is_shown_as_far_as_it_goes():
    odd = {"monai_version": 3, "network_data_format": {"inputs": [1], "outputs": {"a": 2}}}
    assert bundle_lines(odd) == []
