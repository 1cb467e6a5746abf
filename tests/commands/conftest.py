"""A small chest on disk, and the command line called as a user calls it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from medview.cli import run
from medview.core.labelmap import LabelMap
from medview.core.phantom import phantom_table, thorax_phantom
from medview.dicom.phantom_series import write_series
from medview.formats import nifti, nrrd


@dataclass(frozen=True)
class Chest:
    """One phantom patient: DICOM series, mask without names (NIfTI), mask with names (NRRD)."""

    series: Path
    mask: Path
    named_mask: Path
    labelmap: LabelMap


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def make_chest(folder, seed, shape=(12, 64, 64), spacing=(25.0, 6.0, 6.0)):
    phantom = thorax_phantom(shape, spacing, seed=seed)
    write_series(phantom, folder / f"series-{seed}", patient_id=f"patient-{seed}")
    labelmap = LabelMap(phantom.geometry, phantom_table(), phantom.labels)
    nifti.write_labels(labelmap, folder / f"mask-{seed}.nii.gz")
    nrrd.write_labels(labelmap, folder / f"named-{seed}.seg.nrrd")
    return Chest(
        folder / f"series-{seed}",
        folder / f"mask-{seed}.nii.gz",
        folder / f"named-{seed}.seg.nrrd",
        labelmap,
    )


@pytest.fixture(scope="session")
def chest(tmp_path_factory):
    return make_chest(tmp_path_factory.mktemp("chest"), 1)


@pytest.fixture(scope="session")
def other_chest(tmp_path_factory):
    return make_chest(tmp_path_factory.mktemp("other-chest"), 2)


@pytest.fixture
def medview(capsys, workspace_folder):
    """Call a command; ``medview("info", path)`` in this process, in a private workspace."""

    def call(*words):
        capsys.readouterr()
        try:
            status = run([str(word) for word in words])
        except SystemExit as stop:  # argparse ends the program for wrong usage
            status = int(stop.code or 0)
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return call


@pytest.fixture
def fails(medview):
    """Call a command that must fail with status 1 and one line on stderr; returns the line."""

    def call(*words):
        outcome = medview(*words)
        assert outcome.status == 1
        assert outcome.err.startswith("medview: ")
        assert outcome.err.count("\n") == 1
        assert "Traceback" not in outcome.err
        return outcome.err

    return call
