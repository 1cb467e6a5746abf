"""A small chest as a DICOM series, and helpers to read folders and to change files."""

from pathlib import Path

import pydicom
import pytest

from medview.core.job import Progress
from medview.core.phantom import thorax_phantom
from medview.dicom.index import index_paths
from medview.dicom.loader import load_volume
from medview.dicom.phantom_series import write_series
from medview.dicom.series import split_volumes


@pytest.fixture(scope="session")
def phantom():
    return thorax_phantom((12, 48, 64), (25.0, 8.0, 6.0), seed=1)


@pytest.fixture
def series(phantom, tmp_path):
    """Folder and files of the phantom's series, feet to head."""
    folder = tmp_path / "series"
    return folder, write_series(phantom, folder)


@pytest.fixture
def index():
    def _index(*paths):
        return index_paths([Path(path) for path in paths], Progress())

    return _index


@pytest.fixture
def plans(index):
    """All volumes of all image series in some paths."""

    def _plans(*paths):
        return [plan for entry in index(*paths).series for plan in split_volumes(entry)]

    return _plans


@pytest.fixture
def load(plans):
    """The only volume, or volume ``number``, of some paths."""

    def _load(*paths, number=0):
        return load_volume(plans(*paths)[number], Progress())

    return _load


@pytest.fixture
def change():
    """Change a file in place: ``change(path, function)``; ``function`` gets the data set."""

    def _change(path, function):
        dataset = pydicom.dcmread(path)
        function(dataset)
        pydicom.dcmwrite(path, dataset, implicit_vr=False, little_endian=True, force_encoding=True)

    return _change


@pytest.fixture
def codes():
    """The set of codes of some messages."""
    return lambda messages: {message.code for message in messages}
