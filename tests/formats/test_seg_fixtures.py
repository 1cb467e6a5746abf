"""Segmentations of other programs hold the voxels that highdicom finds in them."""

import highdicom
import numpy as np
import pytest

from medview.core.errors import MedviewError
from medview.formats.dicom_seg import read_labels

READABLE = (
    "highdicom/seg_image_ct_binary.dcm",
    "highdicom/seg_image_ct_binary_fractional.dcm",
    "highdicom/seg_image_ct_binary_overlap.dcm",
    "highdicom/seg_image_ct_binary_single_frame.dcm",
    "highdicom/seg_image_ct_true_fractional.dcm",
    "dcmqi/data/segmentations/liver.dcm",
    "dcmqi/data/segmentations/partial_overlaps.dcm",
    "dcmqi/data/segmentations/24x38x3/seg/label.seg",
    "dcmqi/data/segmentations/23x38x3/seg/label.seg",
    "dcmqi/data/segmentations/sparse-labelmap-ppv5.dcm",
    "dcmqi/data/segmentations/sparse-labelmap-noppv.dcm",
    "dcmqi/data/sr-example/seg.dcm",
)
SLIDES = (
    "seg_image_sm_control.dcm",
    "seg_image_sm_control_labelmap.dcm",
    "seg_image_sm_control_labelmap_palette_color.dcm",
    "seg_image_sm_dots.dcm",
    "seg_image_sm_dots_tiled_full.dcm",
    "seg_image_sm_numbers.dcm",
)


def places(voxels, to_patient):
    """The patient positions of all voxels, sorted, to a hundredth of a millimetre."""
    found = to_patient(np.argwhere(voxels))
    return sorted(map(tuple, np.round(found, 2) + 0.0))


@pytest.mark.parametrize("name", READABLE)
def test_voxels_lie_where_highdicom_puts_them(shared_data, name):
    path = shared_data / "fixtures" / name
    messages = []
    ours = read_labels(path, messages=messages)
    segmentation = highdicom.seg.segread(path)
    kinds = segmentation.segmentation_type.value
    numbers = sorted(n for n in segmentation.segment_numbers if n)  # 0 is background
    assert len(ours.table) == len(numbers)
    covered = np.zeros(0)
    for label, number in reversed(list(zip(ours.table, numbers, strict=True))):
        volume = segmentation.get_volume(
            segment_numbers=[number], rescale_fractional=True, allow_missing_positions=True
        )
        values = volume.array[..., 0] if volume.array.ndim == 4 else volume.array
        inside = values >= 0.5 if kinds == "FRACTIONAL" else values > 0
        if covered.shape != inside.shape:
            covered = np.zeros(inside.shape, bool)
        later, covered = covered, covered | inside  # the later segment keeps shared voxels

        def to_patient(index, affine=volume.affine):
            return index @ affine[:3, :3].T + affine[:3, 3]

        drawn = places(ours.voxels == label.id, ours.geometry.to_patient)
        assert drawn == places(inside & ~later, to_patient), label.name
    overlap = {"segments-overlap"} & {message.code for message in messages}
    assert bool(overlap) == ("overlap" in name)


@pytest.mark.parametrize("name", SLIDES)
def test_microscopy_is_refused_with_a_reason(shared_data, name):
    with pytest.raises(MedviewError, match="microscopy") as caught:
        read_labels(shared_data / "fixtures" / "highdicom" / name)
    assert caught.value.code == "not-a-segmentation"


def test_a_projection_has_one_slice_without_millimetres(shared_data):
    path = shared_data / "fixtures" / "highdicom" / "seg_image_cr_binary.dcm"
    ours = read_labels(path)
    pixels = highdicom.seg.segread(path).pixel_array
    assert not ours.geometry.calibrated
    assert np.array_equal(ours.voxels[0] > 0, np.atleast_3d(pixels.T).T.any(axis=0))
