"""The program as a process: exit status, one line of trouble, JSON alone on standard output."""

import json
import os
import subprocess
import sys

import pytest
from models import write_tiny_model

from medview.cli import command_names
from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table, thorax_phantom
from medview.dicom.phantom_series import write_series
from medview.formats import nifti


def call(*words, workspace):
    environment = {**os.environ, "MEDVIEW_WORKSPACE": str(workspace)}
    return subprocess.run(
        [sys.executable, "-m", "medview", *map(str, words)],
        capture_output=True, text=True, env=environment, timeout=120, check=False,
    )  # fmt: skip


def test_trouble_is_one_line_and_status_1(tmp_path, chest):
    names = "1=right lung,2=left lung,3=airway"
    for words in (
        ("info", tmp_path / "no", "--json"),
        ("export", tmp_path / "set", "--format", "nifti"),
        ("accept", chest.series, chest.mask, "--labels", names, "--slices", "99"),
        ("models", "rollback", "ct-lung-of-nobody"),
    ):
        done = call(*words, workspace=tmp_path / "workspace")
        assert done.returncode == 1, words
        assert done.stdout == ""
        assert done.stderr.startswith("medview: ")
        assert done.stderr.count("\n") == 1, done.stderr


def test_json_alone_is_on_standard_output(tmp_path, chest):
    write_tiny_model(tmp_path / "workspace" / "models")
    mask = tmp_path / "mask.nii.gz"
    for words in (
        ("info", chest.series, "--json"),
        ("segment", chest.series, "-o", mask, "--model", "tiny", "--json"),
        ("render", chest.series, "-o", tmp_path / "a.png", "--mask", mask, "--json"),
    ):
        done = call(*words, workspace=tmp_path / "workspace")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert done.stdout.count("\n") == 1
        json.loads(done.stdout)


@pytest.mark.parametrize("name", command_names())
def test_every_command_explains_itself(medview, name):
    outcome = medview(name, "--help")
    assert outcome.status == 0
    assert f"usage: medview {name}" in outcome.out
    assert "--json" in outcome.out
    assert "--workspace" in outcome.out


@pytest.mark.parametrize("name", command_names())
def test_wrong_usage_is_status_2(medview, name):
    outcome = medview(name, "--no-such-option")
    assert outcome.status == 2
    assert outcome.out == ""


def test_no_patient_name_ends_on_standard_error(tmp_path):
    """A library's warning about an odd name must not carry that name into a log."""
    series, mask = tmp_path / "series", tmp_path / "mask.nii.gz"
    phantom = thorax_phantom((12, 64, 64), (25.0, 6.0, 6.0))
    write_series(phantom, series, patient_id="odd", patient_name="Singlenamed")
    nifti.write_labels(LabelMap(phantom.geometry, phantom_table(), phantom.labels), mask)
    words = ["convert", str(mask), str(tmp_path / "seg.dcm"), "--reference", str(series)]
    done = subprocess.run(
        [sys.executable, "-m", "medview", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Singlenamed" not in done.stderr
