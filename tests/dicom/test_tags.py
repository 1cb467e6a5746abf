"""The tag browser's tree: every attribute, plain, within limits."""

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from medview.core.errors import MedviewError
from medview.core.phantom import thorax_phantom
from medview.dicom import tags
from medview.dicom.phantom_series import write_series
from medview.dicom.tags import read_tags


@pytest.fixture
def slice_file(tmp_path):
    phantom = thorax_phantom((3, 16, 16), (40.0, 24.0, 24.0))
    return write_series(phantom, tmp_path, patient_id="P1", patient_name="Doe^Jane")[0]


def change(path, function):
    dataset = pydicom.dcmread(path)
    function(dataset)
    dataset.save_as(path)


def by_tag(nodes):
    return {node.tag: node for node in nodes}


def test_every_attribute_is_there_with_its_name_and_value(slice_file):
    found = by_tag(read_tags(slice_file))
    assert found["(0010,0010)"].name == "Patient's Name"
    assert found["(0010,0010)"].value == "Doe^Jane"
    assert found["(0028,0030)"].value == "24\\24"
    assert found["(0002,0010)"].value == "1.2.840.10008.1.2.1"
    assert "(7FE0,0010)" not in found


def test_nested_sequences_and_private_tags(slice_file):
    def nest(dataset):
        inner = Dataset()
        inner.CodeValue = "T-28000"
        outer = Dataset()
        outer.AnatomicRegionSequence = Sequence([inner])
        dataset.RequestAttributesSequence = Sequence([outer, Dataset()])
        block = dataset.private_block(0x0029, "ACME", create=True)
        block.add_new(1, "LO", "secret sauce")

    change(slice_file, nest)
    found = by_tag(read_tags(slice_file))
    outer = found["(0040,0275)"]
    assert outer.value == "2 items"
    assert [item.tag for item in outer.children] == ["item 1", "item 2"]
    assert outer.children[0].children[0].children[0].children[0].value == "T-28000"
    assert found["(0029,1001)"].is_private
    assert found["(0029,1001)"].value == "secret sauce"


def test_only_the_visible_frame_of_the_per_frame_groups(slice_file):
    def frames(dataset):
        items = []
        for number in range(1, 6):
            content = Dataset()
            content.FrameAcquisitionNumber = number
            item = Dataset()
            item.FrameContentSequence = Sequence([content])
            items.append(item)
        dataset.PerFrameFunctionalGroupsSequence = Sequence(items)

    change(slice_file, frames)
    groups = by_tag(read_tags(slice_file, frame_number=4))["(5200,9230)"]
    assert groups.value == "5 items"
    assert [(item.tag, item.name) for item in groups.children] == [("item 4", "this frame")]
    assert groups.children[0].children[0].children[0].children[0].value == "4"


def test_control_characters_and_markup_stay_plain_text(slice_file):
    def odd(dataset):
        dataset.StudyDescription = "<b>bold</b>\x1b[31m"

    change(slice_file, odd)
    value = by_tag(read_tags(slice_file))["(0008,1030)"].value
    assert value == "<b>bold</b>\\x1b[31m"


def test_a_huge_header_is_cut_and_says_so(slice_file, monkeypatch):
    monkeypatch.setattr(tags, "MAX_TAGS", 10)
    nodes = read_tags(slice_file)
    assert len(nodes) == 11
    assert "more attributes are not listed" in nodes[-1].name


def test_long_and_binary_values_are_shortened(slice_file):
    def long(dataset):
        dataset.add_new(0x00291010, "OB", bytes(range(256)) * 100)
        dataset.ImageComments = "x" * 9000

    change(slice_file, long)
    found = by_tag(read_tags(slice_file))
    assert found["(0029,1010)"].value.startswith("25600 bytes: 00 01 02")
    assert len(found["(0020,4000)"].value) < 2100


def test_what_is_no_dicom_is_refused_in_words(tmp_path):
    path = tmp_path / "note.dcm"
    path.write_bytes(np.arange(200, dtype=np.uint8).tobytes())
    with pytest.raises(MedviewError, match=r"note\.dcm"):
        read_tags(path)
    with pytest.raises(MedviewError, match="No such file"):
        read_tags(tmp_path / "gone.dcm")
