"""medview render draws a slice with its layers, offscreen, in any plane."""

import numpy as np
import pytest
from PIL import Image

from medview.commands.render import axis_order, parse_window
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.formats import nifti


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def test_the_mask_is_seen(medview, chest, tmp_path):
    plain, masked = tmp_path / "plain.png", tmp_path / "masked.png"
    common = ("--slice", 5, "--size", 300, "--window", "lung")
    outcome = medview("render", chest.series, "-o", plain, *common, "--json")
    assert outcome.status == 0
    assert outcome.json == {"output": str(plain), "slice": 5, "slices": 12}
    assert medview("render", chest.series, "-o", masked, *common, "--mask", chest.mask).status == 0
    one, two = pixels(plain), pixels(masked)
    assert one.shape == two.shape == (300, 300, 3)
    assert one.max() > 200
    changed = np.abs(one - two).sum(axis=2) > 0
    assert 0.02 < changed.mean() < 0.6
    # the right lung's blue lies at the left of the picture
    blue = (two[..., 2] - two[..., 0]) > 40
    assert np.nonzero(blue)[1].mean() < 150


def test_a_heat_map_is_seen(medview, fails, chest, tmp_path):
    values = np.zeros(chest.labelmap.geometry.shape, np.float32)
    values[5, 20:40, 20:40] = 1.0
    heat = tmp_path / "heat.nii.gz"
    nifti.write_map(values, chest.labelmap.geometry, heat)
    plain, warm = tmp_path / "plain.png", tmp_path / "warm.png"
    medview("render", chest.series, "-o", plain, "--slice", 5, "--size", 300)
    assert (
        medview(
            "render", chest.series, "-o", warm, "--slice", 5, "--size", 300, "--heatmap", heat
        ).status
        == 0
    )
    assert np.abs(pixels(plain) - pixels(warm)).sum() > 0
    nifti.write_map(values * 3, chest.labelmap.geometry, heat)
    assert "no heat map" in fails("render", chest.series, "-o", warm, "--heatmap", heat)


@pytest.mark.parametrize(("plane", "count"), [("axial", 12), ("coronal", 64), ("sagittal", 64)])
def test_planes(medview, chest, tmp_path, plane, count):
    outcome = medview(
        "render", chest.series, "-o", tmp_path / "a.png", "--plane", plane, "--size", 200,
        "--mask", chest.mask, "--json",
    )  # fmt: skip
    assert outcome.status == 0
    assert outcome.json["slices"] == count
    assert outcome.json["slice"] == count // 2


def test_the_order_of_axes_follows_the_geometry():
    axial = Geometry.axial((4, 5, 6), (3, 2, 1))
    assert axis_order(axial, None) == axis_order(axial, "axial") == (0, 1, 2)
    assert axis_order(axial, "coronal") == (1, 0, 2)
    assert axis_order(axial, "sagittal") == (2, 0, 1)
    stored_sagittal = axial.reordered((2, 0, 1), (False, True, False))
    assert axis_order(stored_sagittal, "sagittal") == (0, 1, 2)
    assert (
        stored_sagittal.reordered(
            axis_order(stored_sagittal, "axial"), (False, False, False)
        ).orientation
        == "axial"
    )
    with pytest.raises(MedviewError, match="how it lies"):
        axis_order(Geometry.uncalibrated((4, 5, 6)), "coronal")


def test_windows():
    assert parse_window(None) is None
    assert parse_window("Lung").width == 1500
    assert (parse_window("40,400").center, parse_window("40,400").width) == (40, 400)
    for text in ("wide", "40", "40,0", "nan,5", "1,2,3"):
        with pytest.raises(MedviewError, match="no window"):
            parse_window(text)


def test_trouble(medview, fails, chest, tmp_path):
    out = tmp_path / "a.png"
    assert "0 to 11" in fails("render", chest.series, "-o", out, "--slice", 12)
    assert "--size" in fails("render", chest.series, "-o", out, "--size", 1000000)
    assert "does not exist" in fails("render", tmp_path / "no", "-o", out)
    assert medview("render", chest.series).status == 2
    assert not out.exists()
