"""Notes on the quality of a volume: each check says what was put in, and nothing else."""

import time
from dataclasses import replace

import numpy as np
import pytest

from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.phantom import thorax_phantom
from medview.core.quality import border_share, check_quality, noise_hu
from medview.core.volume import Volume

SHAPE = (20, 96, 96)


def body(noise=10.0, radius=0.8, shape=SHAPE, seed=1):
    """A round body of water in air, in HU."""
    y, x = np.ogrid[-1 : 1 : shape[1] * 1j, -1 : 1 : shape[2] * 1j]
    plane = np.where(np.hypot(y, x) < radius, 40.0, -1000.0)
    random = np.random.default_rng(seed).normal(0.0, noise, shape)
    return (plane + random).round()


def volume(values, spacing=(2.0, 1.0, 1.0), **more):
    geometry = Geometry.axial(values.shape, spacing)
    return Volume(values.astype(np.int16), geometry, "CT", "HU", **more)


def found(one):
    notes = check_quality(one, Progress())
    assert {note.severity for note in notes} <= {"note"}
    return {note.code.removeprefix("quality-") for note in notes}


def test_a_good_volume_has_no_notes():
    assert found(volume(body())) == set()


@pytest.mark.parametrize("noise", [8.0, 25.0, 60.0])
def test_the_noise_is_measured(noise):
    one = volume(body(noise))
    measured = noise_hu(one, one.voxels.astype(np.float32))
    assert measured == pytest.approx(noise, rel=0.1)
    assert ("noise" in found(one)) is (noise > 40)


def test_edges_are_not_taken_for_noise():
    values = body(10.0)
    values[:, 30:60:6, 30:60] += 60.0  # bars of other tissue
    one = volume(values)
    assert noise_hu(one, values.astype(np.float32)) == pytest.approx(10.0, rel=0.15)


def test_a_body_cut_by_the_field_of_view():
    assert found(volume(body(radius=1.2))) == {"cut-body"}
    assert border_share(body(0.0, 1.2)[0].astype(np.float32)) > 0.5


def test_a_body_cut_by_a_round_field_of_view():
    values = body(radius=1.6)
    y, x = np.ogrid[-1 : 1 : SHAPE[1] * 1j, -1 : 1 : SHAPE[2] * 1j]
    values[:, np.hypot(y, x) > 1.0] = -2000
    assert found(volume(values, padding=(-2000.0, -2000.0))) == {"cut-body"}


def test_metal():
    values = body()
    values[8:12, 40:50, 40:50] = 3071
    assert found(volume(values)) == {"metal"}


def test_stored_values_are_no_hu():
    assert "not-hu" in found(volume(body() + 1024))
    assert "not-hu" in found(volume(np.full(SHAPE, 2000.0) + body() * 0.1))


def test_8_bits():
    assert "eight-bit" in found(volume(np.clip((body() + 1000) / 4.5, 0, 255).round()))


def test_thick_and_few_slices():
    assert found(volume(body(shape=(9, 96, 96)), (8.0, 1.0, 1.0))) == {"thick-slices", "few-slices"}
    assert found(volume(body(), (5.0, 1.0, 1.0))) == set()


def test_padding_within_the_picture():
    values = body()
    values[:, :20] = -2000
    assert found(volume(values, padding=(-2000.0, -2000.0))) == set()
    values[10, 45:50, 45:50] = -2000
    assert found(volume(values, padding=(-2000.0, -2000.0))) <= {"padding-inside"}
    values[:, 45:50, 45:50] = -2000
    assert found(volume(values, padding=(-2000.0, -2000.0))) == {"padding-inside"}


def test_unreadable_slices_and_colour_are_not_looked_at():
    values = body()
    values[3:] = 3071
    lost = dict.fromkeys(range(3, 20), "lost")
    assert "metal" not in found(volume(values, unreadable=lost))
    rgb = Volume(np.zeros((2, 8, 8, 3), np.uint8), Geometry.uncalibrated((2, 8, 8)))
    assert check_quality(rgb, Progress()) == ()


def test_of_other_modalities_only_slices_and_padding_are_judged():
    assert found(replace(volume(body() + 1024), modality="MR", units="")) == set()


def test_not_a_number_is_no_value():
    values = body().astype(np.float32)
    values[:, :5] = np.nan
    one = replace(volume(body()), voxels=values)
    assert found(one) == set()


def test_the_demo_is_good():
    phantom = thorax_phantom((60, 128, 128), (5.0, 3.0, 3.0))
    assert found(volume(phantom.voxels, (5.0, 3.0, 3.0))) == set()


def test_300_slices_do_not_hang():
    one = volume(np.broadcast_to(body(shape=(1, 512, 512)), (300, 512, 512)))
    started = time.monotonic()
    check_quality(one, Progress())
    assert time.monotonic() - started < 10
