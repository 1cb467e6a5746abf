"""Odd and hostile inputs across the rules of reading DICOM: each says what must come of it.

A case is a function that fills an empty folder; ``CASES`` lists them. The rules' numbers:
1 find by content, 2 order and spacing, 3 splitting, 4 even spacing and tilt, 5 stored values,
6 windows, 7 colour, 8 multi-frame, 9 no geometry, 10 incomplete pixels, 11 unknown stays unknown,
12 transfer syntaxes, 13 objects that are not images, 14 text, 15 DICOMDIR, zip and preamble,
16 decoders that raise.
"""

import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID

from medview.core.phantom import thorax_phantom
from medview.dicom.phantom_series import write_series

OPENS, WARNING, SKIPPED = "opens", "opens with warning", "skipped"
SLICES, SIDE = 5, 32


@dataclass(frozen=True)
class Case:
    """One input. ``codes`` must be among the messages and skips of indexing and loading;
    ``check`` gets the loaded volumes (biggest first) and the answer of `medview info`."""

    name: str
    rule: int
    build: Callable[[Path], object]
    outcome: str
    codes: frozenset[str]
    check: Callable[..., bool] | None


CASES: list[Case] = []


def case(rule, outcome, *codes, check=None):
    def add(build):
        CASES.append(Case(build.__name__.strip("_"), rule, build, outcome, frozenset(codes), check))
        return build

    return add


# --- what the cases are made of


@cache
def phantom():
    return thorax_phantom((SLICES, SIDE, SIDE), (25.0, 12.0, 12.0), seed=1)


def series(folder, **options):
    return write_series(phantom(), folder, **options)


def edit(paths, function):
    """Change files in place: ``function(dataset, number)``."""
    for number, path in enumerate(paths):
        dataset = pydicom.dcmread(path)
        function(dataset, number)
        pydicom.dcmwrite(path, dataset, implicit_vr=False, little_endian=True, force_encoding=True)


def put(folder, which=slice(None), **values):
    """A series some of whose files get other values; None deletes."""
    paths = series(folder)

    def change(dataset, _):
        for keyword, value in values.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)

    edit(paths[which], change)
    return paths


def raw_value(paths, tag, vr, value):
    """Write the value of a short-form element as raw bytes, valid or not."""
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr
    for path in paths:
        data = path.read_bytes()
        at = data.index(head, 132)
        (length,) = struct.unpack_from("<H", data, at + 6)
        value += b" " * (len(value) % 2)
        path.write_bytes(
            data[: at + 6] + struct.pack("<H", len(value)) + value + data[at + 8 + length :]
        )
    return paths


def one_item(**values):
    inner = Dataset()
    for keyword, value in values.items():
        setattr(inner, keyword, value)
    return [inner]


def stored(dataset):
    return np.frombuffer(dataset.PixelData, "<u2").reshape(dataset.Rows, dataset.Columns).copy()


def compressed(paths, uid, encode):
    """Replace the pixels of files by one encapsulated frame each."""

    def change(dataset, _):
        dataset.PixelData = encapsulate([encode(stored(dataset))])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = UID(uid)

    edit(paths, change)
    return paths


def jpeg_ls(array):
    return imagecodecs.jpegls_encode(array)


def rle(array):
    """RLE (PS3.5 annex G) of 16 bit pixels."""
    octets = array.astype("<u2").view("u1").reshape(-1, 2)
    parts = [bytes(imagecodecs.packbits_encode(octets[:, n].tobytes())) for n in (1, 0)]
    parts = [part + b"\0" * (len(part) % 2) for part in parts]
    return struct.pack("<16I", 2, 64, 64 + len(parts[0]), *[0] * 13) + b"".join(parts)


def spacing(*expected):
    return lambda volumes, _: bool(np.allclose(volumes[0].geometry.spacing_mm, expected))


def is_phantom(volumes, _):
    return np.array_equal(volumes[0].voxels, phantom().voxels)


def shapes(*expected):
    return lambda volumes, _: [volume.voxels.shape[:3] for volume in volumes] == list(expected)


def uncalibrated(volumes, _):
    return not volumes[0].geometry.calibrated


WHOLE = (SLICES, SIDE, SIDE)
JLS, J2K = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"
RLE = "1.2.840.10008.1.2.5"

# --- 1 find by content


@case(1, OPENS, check=is_phantom)
def names_without_a_suffix(folder):
    for number, path in enumerate(series(folder)):
        path.rename(folder / f"{(number * 3) % SLICES}")


@case(1, OPENS, "not-dicom", check=is_phantom)
def other_files_beside(folder):
    series(folder)
    (folder / "readme.dcm").write_text("no image at all " * 40)
    (folder / "picture.dcm").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    (folder / "empty.dcm").touch()
    (folder / "zeros.dcm").write_bytes(bytes(5000))


@case(1, OPENS, "not-a-file", check=is_phantom)
def a_pipe_that_nobody_writes(folder):
    series(folder)
    os.mkfifo(folder / "pipe.dcm")


@case(1, OPENS, check=is_phantom)
def a_link_to_its_own_folder(folder):
    series(folder)
    (folder / "loop").symlink_to(folder)


@case(1, WARNING, check=is_phantom)
def links_to_nothing_and_to_each_other(folder):
    series(folder)
    (folder / "dangling.dcm").symlink_to(folder / "gone.dcm")
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")


@case(1, OPENS, "link-outside", check=is_phantom)
def a_link_out_of_the_folder(folder):
    series(folder)
    (folder / "zero.dcm").symlink_to("/dev/zero")
    (folder / "users.dcm").symlink_to("/etc/passwd")


@case(1, SKIPPED, "too-large")
def a_deflated_bomb(folder):
    _deflated(series(folder)[:1], lambda data: data[:8] + bytes(300 << 20))
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()


def _deflated(paths, change):
    syntax = b"1.2.840.10008.1.2.1.99"
    for path in paths:
        data = path.read_bytes()
        start = data.index(b"\x08\0\x05\0", 132)
        head = data[:start].replace(
            b"\x02\0\x10\0UI\x14\0" + b"1.2.840.10008.1.2.1\0",
            b"\x02\0\x10\0UI" + struct.pack("<H", len(syntax)) + syntax,
        )
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        path.write_bytes(head + packer.compress(change(data[start:])) + packer.flush())


@case(1, OPENS, check=is_phantom)
def deflated(folder):
    _deflated(series(folder), lambda data: data)


@case(1, WARNING, "slice-unreadable")
def deflated_pixels_cut_short(folder):
    paths = series(folder)
    _deflated(paths[:1], lambda data: data)
    paths[0].write_bytes(paths[0].read_bytes()[:-300])


@case(1, WARNING, "damaged", check=shapes((SLICES - 1, SIDE, SIDE)))
def deflated_damage(folder):
    paths = series(folder)
    _deflated(paths[:1], lambda data: data)
    data = paths[0].read_bytes()
    paths[0].write_bytes(data[:400] + b"\xff" * 300)


@case(1, WARNING, "damaged", check=shapes((SLICES - 1, SIDE, SIDE)))
def sequences_nested_without_end(folder):
    path = series(folder)[0]
    data = path.read_bytes()
    at = data.index(b"\x28\0\x02\0US")
    nest = b"\x09\0\x10\x10SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\0\xe0\xff\xff\xff\xff"
    path.write_bytes(data[:at] + nest * 20_000 + data[at:])


@case(1, OPENS, check=is_phantom)
def a_private_sequence_nested_deeply_with_lengths(folder):
    for path in series(folder):
        data = path.read_bytes()
        at = data.index(b"\x28\0\x02\0US")
        nest = b""
        for _ in range(400):
            item = b"\xfe\xff\0\xe0" + struct.pack("<I", len(nest)) + nest
            nest = b"\x09\0\x10\x10SQ\0\0" + struct.pack("<I", len(item)) + item
        path.write_bytes(data[:at] + nest + data[at:])


@case(1, WARNING, "truncated", check=shapes((SLICES - 1, SIDE, SIDE)))
def a_matrix_that_the_bytes_cannot_fill(folder):
    put(folder, slice(0, 1), Rows=65535, Columns=65535)


@case(1, WARNING, "truncated", check=shapes((SLICES - 1, SIDE, SIDE)))
def frames_that_the_bytes_cannot_fill(folder):
    put(folder, slice(0, 1), NumberOfFrames="99999")


@case(1, SKIPPED, "truncated")
def a_compressed_matrix_that_the_bytes_cannot_fill(folder):
    paths = series(folder)
    compressed(paths, JLS, jpeg_ls)
    edit(paths, lambda d, _: (setattr(d, "Rows", 65000), setattr(d, "Columns", 65000)))


@case(1, SKIPPED, "truncated")
def compressed_frames_that_the_bytes_cannot_hold(folder):
    paths = series(folder)
    compressed(paths, JLS, jpeg_ls)
    edit(paths, lambda d, _: setattr(d, "NumberOfFrames", "99999"))


@case(1, WARNING, "truncated", check=shapes((SLICES - 1, SIDE, SIDE)))
def an_element_longer_than_the_file(folder):
    path = series(folder)[0]
    data = path.read_bytes()
    at = data.index(b"\x28\0\x02\0US")
    path.write_bytes(data[:at] + b"\x09\0\x10\x10OB\0\0\xf0\xff\xff\xff" + data[at:])


@case(1, SKIPPED)
def the_magic_word_and_noise(folder):
    folder.joinpath("a.dcm").write_bytes(
        bytes(128) + b"DICM" + np.random.default_rng(3).bytes(4000)
    )


@case(1, SKIPPED)
def an_empty_folder(folder):
    (folder / "sub").mkdir()


@case(1, WARNING, "too-deep", check=is_phantom)
def folders_without_end(folder):
    series(folder)
    deep = folder
    for _ in range(60):
        deep = deep / "d"
        deep.mkdir()


@case(1, WARNING, "no-pixels", check=shapes((SLICES - 1, SIDE, SIDE)))
def no_rows(folder):
    put(folder, slice(0, 1), Rows=0)


@case(1, WARNING, "duplicate-instance", check=is_phantom)
def the_same_file_twice(folder):
    shutil.copy(series(folder)[2], folder / "copy.dcm")


# --- 2 order and spacing


@case(2, OPENS, check=is_phantom)
def instance_numbers_reversed(folder):
    edit(series(folder), lambda d, n: setattr(d, "InstanceNumber", str(SLICES - n)))


@case(2, OPENS, check=is_phantom)
def instance_numbers_all_alike(folder):
    put(folder, InstanceNumber="1")


@case(2, OPENS, check=spacing(25, 12, 12))
def thickness_and_spacing_between_slices_lie(folder):
    put(folder, SliceThickness="1", SpacingBetweenSlices="77")


@case(2, OPENS, check=is_phantom)
def slice_locations_lie(folder):
    edit(series(folder), lambda d, n: setattr(d, "SliceLocation", str((n * 31) % 7)))


# --- 3 splitting


@case(3, OPENS, check=shapes((SLICES - 1, SIDE, SIDE), (1, SIDE, SIDE)))
def a_localizer_among_the_slices(folder):
    put(folder, slice(0, 1), ImageOrientationPatient=["0", "1", "0", "0", "0", "-1"])


@case(3, OPENS, check=lambda volumes, _: len(volumes) == 2)
def two_patients_with_one_series_uid(folder):
    put(folder, slice(0, 2), PatientID="somebody else")


@case(3, OPENS, check=lambda volumes, _: len(volumes) == 2)
def two_frames_of_reference(folder):
    put(folder, slice(0, 2), FrameOfReferenceUID="1.2.3.4")


@case(3, OPENS, check=lambda volumes, _: len(volumes) == 2)
def two_pixel_spacings(folder):
    put(folder, slice(0, 2), PixelSpacing=["11", "11"])


@case(3, OPENS, check=lambda volumes, _: len(volumes) == 2)
def two_matrices(folder):
    put(folder, slice(0, 2), Rows=SIDE // 2, Columns=SIDE * 2)


@case(3, OPENS, check=shapes(WHOLE, WHOLE))
def two_echoes_at_each_position(folder):
    series(folder / "a")
    paths = series(folder / "b")
    edit(sorted((folder / "a").iterdir()), lambda d, _: setattr(d, "EchoTime", "10"))

    def second(dataset, number):
        dataset.EchoTime = "20"
        dataset.SOPInstanceUID = f"1.2.3.{number + 1}"

    edit(paths, second)


@case(3, WARNING, "duplicate-position")
def one_position_twice_and_nothing_else(folder):
    paths = series(folder)
    shutil.copy(paths[2], folder / "twin.dcm")
    edit([folder / "twin.dcm"], lambda d, _: setattr(d, "SOPInstanceUID", "1.2.3.9"))


@case(3, OPENS, check=is_phantom)
def no_uids_at_all(folder):
    put(folder, StudyInstanceUID=None, SeriesInstanceUID=None, FrameOfReferenceUID=None)


@case(3, OPENS, check=lambda v, _: [len(volume.voxels) for volume in v] == [SLICES] * 3)
def three_b_values_at_each_position(folder):
    for name, value in (("a", 0.0), ("b", 1000.0), ("c", 50.0)):
        (folder / name).mkdir()

        def change(dataset, number, name=name, value=value):
            dataset.DiffusionBValue = value
            dataset.SOPInstanceUID = f"1.2.3.{ord(name)}.{number + 1}"

        edit(series(folder / name), change)


# --- 4 even spacing, tilt, orientation


@case(4, WARNING, "missing-slices")
def a_missing_slice(folder):
    series(folder)[2].unlink()


def _shift(folder, number, **offsets):
    paths = series(folder)

    def move(dataset, n):
        x, y, z = map(float, dataset.ImagePositionPatient)
        if n == number or number is None:
            factor = n if number is None else 1
            x, y = x + offsets.get("x", 0) * factor, y + offsets.get("y", 0) * factor
            z += offsets.get("z", 0) * factor
        dataset.ImagePositionPatient = [f"{v:.6f}" for v in (x, y, z)]

    edit(paths, move)


@case(4, WARNING, "uneven-spacing")
def uneven_spacing(folder):
    _shift(folder, 2, z=7.0)


@case(4, WARNING, "off-line")
def a_slice_beside_the_line(folder):
    _shift(folder, 2, x=40.0)


@case(4, WARNING, "gantry-tilt")
def gantry_tilt(folder):
    _shift(folder, None, y=9.0)


def _turned(folder, orientation):
    row, column = np.array(orientation[:3], float), np.array(orientation[3:], float)
    normal = np.cross(row, column)

    def turn(dataset, n):
        dataset.ImageOrientationPatient = [f"{v:.8f}" for v in orientation]
        dataset.ImagePositionPatient = [f"{v:.6f}" for v in normal * 25.0 * n]

    edit(series(folder), turn)


@case(4, OPENS, check=spacing(25, 12, 12))
def sagittal(folder):
    _turned(folder, (0, 1, 0, 0, 0, -1))


@case(4, OPENS, check=spacing(25, 12, 12))
def coronal(folder):
    _turned(folder, (1, 0, 0, 0, 0, -1))


@case(4, OPENS, check=spacing(25, 12, 12))
def doubly_oblique(folder):
    _turned(folder, (0.8, 0.6, 0, -0.48, 0.64, 0.6))


@case(4, OPENS, "no-thickness", check=lambda v, _: not v[0].is_measurable)
def one_slice_without_a_thickness(folder):
    for path in put(folder, SliceThickness=None)[1:]:
        path.unlink()


# --- 5 stored values


@case(5, OPENS, check=lambda volumes, _: volumes[0].voxels.min() == -1024 - 5)
def signed_twelve_bits(folder):
    def change(dataset, _):
        values = stored(dataset)
        values[...] = np.int16(-5).view(np.uint16) & 0x0FFF
        dataset.PixelRepresentation, dataset.PixelData = 1, values.tobytes()

    edit(series(folder), change)


@case(5, OPENS, check=is_phantom)
def high_bit_on_top(folder):
    def change(dataset, _):
        dataset.PixelData = (stored(dataset) << 4).tobytes()
        dataset.HighBit = 15

    edit(series(folder), change)


@case(5, OPENS, check=is_phantom)
def rubbish_in_the_unused_bits(folder):
    def change(dataset, _):
        dataset.PixelData = (stored(dataset) | 0xF000).tobytes()

    edit(series(folder), change)


@case(5, OPENS, check=is_phantom)
def impossible_bits_stored_and_high_bit(folder):
    put(folder, BitsStored=99, HighBit=77)


@case(5, OPENS, check=lambda v, _: [int(v[0].voxels[n].min()) for n in (0, 4)] == [-1024, -1020])
def a_rescale_of_each_slice(folder):
    def change(dataset, number):
        dataset.RescaleIntercept = str(-1024 + number)
        dataset.PixelData = bytes(len(dataset.PixelData))

    edit(series(folder), change)


@case(5, WARNING, "no-rescale", check=lambda volumes, _: volumes[0].units == "")
def slopes_of_zero(folder):
    put(folder, RescaleSlope="0")


@case(5, WARNING, "no-rescale", check=lambda volumes, _: volumes[0].units == "")
def an_enormous_slope(folder):
    raw_value(series(folder), 0x00281053, b"DS", b"1e300")


@case(5, WARNING, "no-rescale", check=lambda volumes, _: volumes[0].units == "")
def an_intercept_of_words(folder):
    raw_value(series(folder), 0x00281052, b"DS", b"water")


@case(5, OPENS, check=is_phantom)
def thirty_two_bits(folder):
    def change(dataset, _):
        dataset.PixelData = stored(dataset).astype("<u4").tobytes()
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 32, 32, 31

    edit(series(folder), change)


@case(5, SKIPPED, "unsupported-bits")
def twelve_bits_allocated(folder):
    put(folder, BitsAllocated=12)


@case(5, OPENS, check=is_phantom)
def high_bit_on_top_in_run_lengths(folder):
    paths = compressed(series(folder), RLE, lambda array: rle(array << 4))
    edit(paths, lambda d, _: setattr(d, "HighBit", 15))


# --- 6 windows


@case(6, OPENS, check=lambda volumes, _: volumes[0].windows == ())
def windows_without_meaning(folder):
    put(folder, WindowWidth=["0", "-5"])


@case(6, OPENS, check=lambda volumes, _: len(volumes[0].windows) == 1)
def more_centres_than_widths(folder):
    put(folder, WindowWidth="300")


@case(6, OPENS, check=lambda volumes, _: volumes[0].windows[0].function == "LINEAR")
def an_unknown_window_function(folder):
    put(folder, VOILUTFunction="WHATEVER")


@case(6, OPENS, check=lambda volumes, _: volumes[0].inverted)
def monochrome_1(folder):
    put(folder, PhotometricInterpretation="MONOCHROME1")


def _lookup_table(first, entries, bits=12):
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries) % 65536, first, bits])
    item.add_new("LUTData", "OW", np.asarray(entries, "<u2").tobytes())
    item.LUTExplanation = "CONTRAST"
    return [item]


@case(6, OPENS, check=lambda v, _: [w.name for w in v[0].windows][:1] == ["CONTRAST"])
def a_voi_lookup_table_from_a_negative_value(folder):
    put(folder, VOILUTSequence=_lookup_table(-1024, np.arange(4096)))


@case(6, OPENS, check=lambda v, _: len(v[0].windows[0].table.outputs) == 65536)
def a_voi_lookup_table_of_65536_entries(folder):
    put(folder, VOILUTSequence=_lookup_table(-1024, np.arange(65536), 16))


@case(6, OPENS, "voi-lut-unreadable", check=lambda v, _: v[0].windows[0].function == "LINEAR")
def a_voi_lookup_table_without_its_entries(folder):
    put(
        folder,
        VOILUTSequence=_lookup_table(0, np.arange(4096)),
        WindowCenter="40",
        WindowWidth="400",
    )
    edit(sorted(folder.iterdir()), lambda d, _: setattr(d.VOILUTSequence[0], "LUTData", b"\0\0"))


@case(6, OPENS, check=lambda v, _: v[0].inverted)
def an_inverse_presentation_with_monochrome_1(folder):
    put(folder, PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE")


@case(14, OPENS, "contrast-agent", check=is_phantom)
def a_contrast_agent_with_markup(folder):
    put(folder, ContrastBolusAgent="IOMEPROL <b>")


@case(3, OPENS, "localizer", check=is_phantom)
def a_series_of_localizers(folder):
    put(folder, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])


# --- 7 colour


def _colour(folder, photometric, planar, shape):
    rgb = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)

    def change(dataset, _):
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, photometric
        dataset.PlanarConfiguration = planar
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
        dataset.PixelData = rgb.tobytes()
        dataset["PixelData"].VR = "OB"

    edit(series(folder), change)


@case(7, OPENS, check=lambda volumes, _: volumes[0].is_color)
def red_green_blue_by_plane(folder):
    _colour(folder, "RGB", 1, (3, SIDE, SIDE))


@case(7, OPENS, check=lambda volumes, _: volumes[0].is_color)
def ybr_full(folder):
    _colour(folder, "YBR_FULL", 0, (SIDE, SIDE, 3))


@case(7, OPENS, check=lambda volumes, _: volumes[0].is_color)
def a_colour_space_that_nobody_knows(folder):
    _colour(folder, "HSV", 0, (SIDE, SIDE, 3))


@case(7, SKIPPED, "unreadable")
def ybr_422_of_an_odd_width(folder):
    paths = series(folder)
    _colour(folder, "YBR_FULL_422", 0, (SIDE, 16, 4))
    edit(paths, lambda d, _: (setattr(d, "Columns", SIDE - 1), setattr(d, "Rows", SIDE)))


@case(7, SKIPPED, "unreadable")
def a_palette_that_is_not_there(folder):
    put(folder, PhotometricInterpretation="PALETTE COLOR")


@case(7, OPENS, check=lambda volumes, _: np.array_equal(
    volumes[0].voxels[..., 1], (phantom().voxels + 1024) >> 4))  # fmt: skip
def a_palette(folder):
    def change(dataset, _):
        dataset.PhotometricInterpretation = "PALETTE COLOR"
        dataset.PixelData = (stored(dataset) >> 4).astype("u1").tobytes()
        dataset["PixelData"].VR = "OB"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
        for name in ("Red", "Green", "Blue"):
            table = (np.arange(256, dtype="<u2") * 257).tobytes()
            dataset.add_new(f"{name}PaletteColorLookupTableDescriptor", "US", [256, 0, 16])
            dataset.add_new(f"{name}PaletteColorLookupTableData", "OW", table)

    edit(series(folder), change)


def _overlay(dataset, rows, columns, data, origin=(1, 1)):
    for element, vr, value in ((0x10, "US", rows), (0x11, "US", columns), (0x40, "CS", "G"),
                               (0x50, "SS", list(origin)), (0x100, "US", 1), (0x102, "US", 0),
                               (0x3000, "OW", data)):  # fmt: skip
        dataset.add_new((0x6000, element), vr, value)


@case(7, OPENS, check=lambda v, _: bool(v[0].overlays[0].all()) and is_phantom(v, _))
def an_overlay_on_every_pixel(folder):
    edit(series(folder), lambda d, _: _overlay(d, SIDE, SIDE, b"\xff" * (SIDE * SIDE // 8)))


@case(7, OPENS, "overlay-unreadable", check=is_phantom)
def an_overlay_that_claims_a_huge_size(folder):
    edit(series(folder), lambda d, _: _overlay(d, 65535, 65535, b"\xff" * 128))


@case(7, OPENS, check=lambda v, _: int(v[0].overlays[0].sum()) == 4)
def an_overlay_that_begins_outside(folder):
    data = b"\xff" * (SIDE * SIDE // 8)
    edit(series(folder), lambda d, _: _overlay(d, SIDE, SIDE, data, (3 - SIDE, 3 - SIDE)))


@case(7, OPENS, "overlay-unreadable", check=is_phantom)
def an_overlay_in_a_bit_of_the_value(folder):
    def change(dataset, _):
        _overlay(dataset, SIDE, SIDE, b"")
        del dataset[0x60003000]
        dataset[0x60000102].value = 5

    edit(series(folder), change)


@case(7, OPENS, check=lambda v, _: bool((v[0].overlays[2] == (_plain_slice(2) > 1000)).all()))
def an_overlay_in_an_unused_bit_of_run_lengths(folder):
    def with_bit(array):
        return rle((array & 0x0FFF) | (array > 1000).astype("<u2") << 14)

    def change(dataset, _):
        _overlay(dataset, SIDE, SIDE, b"")
        del dataset[0x60003000]
        dataset[0x60000102].value = 14

    edit(compressed(series(folder), RLE, with_bit), change)


# --- 8 multi-frame


def _frames(path, count, **values):
    def change(dataset, _):
        dataset.SOPClassUID = UID("1.2.840.10008.5.1.4.1.1.3.1")
        dataset.Modality, dataset.NumberOfFrames = "US", str(count)
        del dataset.ImagePositionPatient
        del dataset.ImageOrientationPatient
        for keyword, value in values.items():
            setattr(dataset, keyword, value)

    edit([path], change)


@case(8, OPENS, check=lambda volumes, _: volumes[0].voxels.shape == WHOLE)
def a_cine_loop(folder):
    paths = series(folder)
    data = b"".join(pydicom.dcmread(path).PixelData for path in paths)
    _frames(paths[0], SLICES, PixelData=data, FrameTime="40")
    for path in paths[1:]:
        path.unlink()


@case(8, OPENS, check=is_phantom)
def no_frames_at_all(folder):
    put(folder, NumberOfFrames="0")


@case(8, OPENS, check=is_phantom)
def frames_that_are_no_number(folder):
    raw_value(put(folder, NumberOfFrames="1"), 0x00280008, b"IS", b"many")


@case(8, WARNING, "no-pixels")
def a_negative_number_of_frames(folder):
    raw_value(put(folder, NumberOfFrames="1")[:1], 0x00280008, b"IS", b"-3")


def _enhanced(folder, groups, shared=None):
    paths = series(folder)
    data = b"".join(pydicom.dcmread(path).PixelData for path in paths)

    def change(dataset, _):
        dataset.SOPClassUID = pydicom.uid.EnhancedCTImageStorage
        dataset.NumberOfFrames, dataset.PixelData = str(SLICES), data
        for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
            delattr(dataset, keyword)
        if shared is not None:
            dataset.SharedFunctionalGroupsSequence = shared
        dataset.PerFrameFunctionalGroupsSequence = groups

    edit(paths[:1], change)
    for path in paths[1:]:
        path.unlink()


def _shared():
    return one_item(
        PixelMeasuresSequence=one_item(PixelSpacing=["12", "12"], SliceThickness="25"),
        PlaneOrientationSequence=one_item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"]),
        PixelValueTransformationSequence=one_item(RescaleSlope="1", RescaleIntercept="-1024"),
    )


def _groups(count):
    found = []
    for index in range(count):
        position = [f"{v:.6f}" for v in phantom().geometry.to_patient((index, 0, 0))]
        found += one_item(PlanePositionSequence=one_item(ImagePositionPatient=position))
    return found


@case(8, OPENS, check=is_phantom)
def enhanced(folder):
    _enhanced(folder, _groups(SLICES), _shared())


@case(8, WARNING, "no-geometry")
def enhanced_with_too_few_groups(folder):
    _enhanced(folder, _groups(2), _shared())


@case(8, OPENS, check=is_phantom)
def enhanced_with_too_many_groups(folder):
    _enhanced(folder, _groups(SLICES) + _groups(2), _shared())


@case(8, WARNING, "no-geometry", check=uncalibrated)
def enhanced_with_empty_groups(folder):
    _enhanced(folder, [Dataset() for _ in range(SLICES)], [])


@case(8, WARNING, "one-position")
def enhanced_with_one_position(folder):
    _enhanced(folder, _groups(1) * SLICES, _shared())


@case(8, OPENS, check=lambda volumes, _: set(np.unique(volumes[0].voxels)) == {-1024, -1023})
def one_bit_pixels(folder):
    def change(dataset, _):
        bits = np.packbits(stored(dataset).ravel() > 900, bitorder="little")
        dataset.PixelData = bits.tobytes()
        dataset["PixelData"].VR = "OB"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 1, 1, 0

    edit(series(folder), change)


@case(8, OPENS, check=lambda volumes, _: bool(np.isfinite(volumes[0].voxels).any()))
def float_pixels_with_nan_and_infinity(folder):
    def change(dataset, _):
        values = stored(dataset).astype("<f4")
        values[0, :3] = np.nan, np.inf, -np.inf
        del dataset.PixelData
        dataset.add_new(0x7FE00008, "OF", values.tobytes())
        dataset.BitsAllocated = 32

    edit(series(folder), change)


@case(8, WARNING, "no-rescale", check=lambda volumes, _: volumes[0].units == "")
def enhanced_with_a_slope_of_zero(folder):
    shared = _shared()
    shared[0].PixelValueTransformationSequence[0].RescaleSlope = "0"
    _enhanced(folder, _groups(SLICES), shared)


@case(8, OPENS, "no-geometry", check=lambda v, _: v[0].frame_time_ms == 40.0)
def a_cine_with_its_time(folder):
    paths = series(folder)
    data = b"".join(pydicom.dcmread(path).PixelData for path in paths)
    _frames(paths[0], SLICES, PixelData=data, FrameTime="40")
    for path in paths[1:]:
        path.unlink()


@case(8, OPENS, check=lambda v, _: v[0].frame_time_ms is None)
def a_cine_whose_time_is_no_number(folder):
    a_cine_with_its_time(folder)
    raw_value(sorted(folder.iterdir()), 0x00181063, b"DS", b"fast")


@case(8, OPENS, check=lambda v, _: [w.name for w in v[0].windows] == ["CONTRAST", "BONE"])
def enhanced_with_a_lookup_table_in_its_groups(folder):
    shared = _shared()
    (item,) = one_item(WindowCenter="300", WindowWidth="1500")
    item.WindowCenterWidthExplanation = "BONE"
    item.VOILUTSequence = _lookup_table(-1024, np.arange(4096))
    shared[0].FrameVOILUTSequence = [item]
    _enhanced(folder, _groups(SLICES), shared)


# --- 9 no geometry


@case(9, OPENS, "no-geometry", check=uncalibrated)
def a_radiograph_with_the_spacing_at_the_detector(folder):
    put(folder, Modality="CR", PixelSpacing=None, ImagerPixelSpacing=["0.1", "0.1"],
        ImagePositionPatient=None, ImageOrientationPatient=None)  # fmt: skip


@case(9, WARNING, "no-geometry", check=uncalibrated)
def a_ct_without_positions(folder):
    put(folder, ImagePositionPatient=None)


@case(9, WARNING, "no-geometry", check=uncalibrated)
def spacings_of_zero(folder):
    put(folder, PixelSpacing=["0", "0"])


@case(9, WARNING, "no-geometry", check=uncalibrated)
def negative_spacings(folder):
    put(folder, PixelSpacing=["-1", "1"])


@case(9, WARNING, "no-geometry", check=uncalibrated)
def one_spacing_instead_of_two(folder):
    put(folder, PixelSpacing="1")


def in_plane(*expected):
    return lambda volumes, _: volumes[0].geometry.in_plane_mm == expected


@case(9, OPENS, "no-geometry", check=in_plane(0.2, 0.1))
def a_radiograph_with_its_spacing(folder):
    put(
        folder,
        Modality="DX",
        PixelSpacing=["0.2", "0.1"],
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
    )


@case(9, OPENS, "no-geometry", check=lambda v, _: v[0].geometry.in_plane_mm is None)
def a_radiograph_whose_spacing_is_the_detectors(folder):
    put(
        folder,
        Modality="DX",
        PixelSpacing=["0.1", "0.1"],
        ImagerPixelSpacing=["0.1", "0.1"],
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
    )


@case(9, OPENS, "no-geometry", check=lambda v, _: v[0].geometry.spacing_mm[1:] == (2.0, 1.0))
def pixels_twice_as_high_as_wide(folder):
    put(
        folder,
        Modality="OT",
        PixelSpacing=None,
        PixelAspectRatio=["2", "1"],
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
    )


def _regions(*scales, units=3):
    return [one_item(RegionSpatialFormat=1, RegionDataType=1, PhysicalUnitsXDirection=units,
                     PhysicalUnitsYDirection=units, PhysicalDeltaX=x, PhysicalDeltaY=y)[0]
            for y, x in scales]  # fmt: skip


def _ultrasound(folder, regions):
    put(
        folder,
        Modality="US",
        PixelSpacing=None,
        SequenceOfUltrasoundRegions=regions,
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
    )


@case(9, OPENS, "no-geometry", check=in_plane(0.4, 0.3))
def ultrasound_of_one_scale(folder):
    _ultrasound(folder, _regions((0.04, 0.03), (0.04, -0.03)))


@case(
    9,
    OPENS,
    "no-geometry",
    check=lambda v, answer: v[0].geometry.in_plane_mm is None and "different scales" in str(answer),
)
def ultrasound_of_two_scales(folder):
    _ultrasound(folder, _regions((0.04, 0.03), (0.02, 0.02)))


@case(9, OPENS, "no-geometry", check=lambda v, _: v[0].geometry.in_plane_mm is None)
def ultrasound_of_seconds(folder):
    _ultrasound(folder, _regions((0.04, 0.03), units=4))


# --- 10 incomplete pixels


@case(10, WARNING, "slice-unreadable")
def a_slice_cut_in_half(folder):
    path = series(folder)[2]
    path.write_bytes(path.read_bytes()[: -SIDE * SIDE])


@case(10, WARNING, "slice-unreadable")
def a_slice_without_its_last_byte(folder):
    path = series(folder)[2]
    path.write_bytes(path.read_bytes()[:-1])


@case(10, WARNING, "no-pixels")
def a_slice_without_pixel_data(folder):
    paths = series(folder)
    edit(paths[2:3], lambda d, _: delattr(d, "PixelData"))


@case(10, WARNING, "truncated")
def a_slice_with_empty_pixel_data(folder):
    put(folder, slice(2, 3), PixelData=b"")


@case(10, WARNING, "truncated")
def a_slice_cut_inside_its_header(folder):
    path = series(folder)[2]
    path.write_bytes(path.read_bytes()[:700])


@case(10, OPENS, check=is_phantom)
def bytes_after_the_pixels(folder):
    for path in series(folder):
        path.write_bytes(path.read_bytes() + b"\xfc\xff\xfc\xffOB\0\0\x08\0\0\0" + bytes(8))


@case(10, WARNING, "slice-unreadable")
def fragments_cut_short(folder):
    path = compressed(series(folder), JLS, jpeg_ls)[2]
    path.write_bytes(path.read_bytes()[:-60])


@case(10, WARNING, "slice-unreadable")
def a_fragment_without_end_marker(folder):
    paths = compressed(series(folder), JLS, jpeg_ls)
    edit(paths[2:3], lambda d, _: setattr(d, "PixelData", encapsulate([b"\xff\xd8\xff\xf7" * 40])))


# --- 11 unknown stays unknown


@case(11, WARNING, "no-geometry", check=uncalibrated)
def positions_that_are_no_numbers(folder):
    raw_value(series(folder), 0x00200032, b"DS", b"left\\of\\heart")


@case(11, WARNING, "no-geometry", check=uncalibrated)
def positions_that_are_not_finite(folder):
    raw_value(series(folder), 0x00200032, b"DS", b"nan\\1e999\\-inf")


@case(11, WARNING, "no-geometry", check=uncalibrated)
def an_orientation_of_zeros(folder):
    put(folder, ImageOrientationPatient=["0"] * 6)


@case(11, WARNING, "no-geometry", check=uncalibrated)
def an_orientation_that_is_not_at_right_angles(folder):
    put(folder, ImageOrientationPatient=["1", "0", "0", "0.7", "0.7", "0"])


@case(11, WARNING, "no-geometry", check=uncalibrated)
def commas_instead_of_points(folder):
    raw_value(series(folder), 0x00280030, b"DS", b"0,7\\0,7")


@case(11, OPENS, check=lambda volumes, _: volumes[0].source.series_number is None)
def a_series_number_of_words(folder):
    raw_value(series(folder), 0x00200011, b"IS", b"three")


@case(11, OPENS, check=is_phantom)
def dates_and_ages_of_nonsense(folder):
    raw_value(series(folder), 0x00080020, b"DA", b"31.12.99")


# --- 12 transfer syntaxes


@case(12, OPENS, check=is_phantom)
def jpeg_ls_lossless(folder):
    compressed(series(folder), JLS, jpeg_ls)


@case(12, OPENS, check=is_phantom)
def jpeg_2000_lossless(folder):
    compressed(
        series(folder), J2K, lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k")
    )


@case(12, OPENS, check=is_phantom)
def high_throughput_jpeg_2000(folder):
    compressed(series(folder), "1.2.840.10008.1.2.4.201", imagecodecs.htj2k_encode)


@case(12, OPENS, check=is_phantom)
def jpeg_lossless(folder):
    compressed(
        series(folder),
        "1.2.840.10008.1.2.4.70",
        lambda a: imagecodecs.ljpeg_encode(a, bitspersample=16),
    )


@case(12, OPENS, check=is_phantom)
def jpeg_xl_lossless(folder):
    compressed(
        series(folder),
        "1.2.840.10008.1.2.4.110",
        lambda a: imagecodecs.jpegxl_encode(a, lossless=True),
    )


@case(12, OPENS, check=is_phantom)
def run_lengths(folder):
    compressed(series(folder), RLE, rle)


@case(12, WARNING, "slice-unreadable")
def run_lengths_that_point_outside(folder):
    paths = compressed(series(folder), RLE, rle)

    def bad(array):
        data = bytearray(rle(array))
        data[4:12] = struct.pack("<II", 0xFFFFFF00, 0x7FFFFFFF)
        return bytes(data)

    edit(paths[2:3], lambda d, _: setattr(d, "PixelData", encapsulate([bad(_plain_slice(2))])))


@case(12, WARNING, "slice-unreadable")
def run_lengths_of_a_thousand_segments(folder):
    paths = compressed(series(folder), RLE, rle)
    bad = struct.pack("<16I", 1000, *range(64, 79)) + bytes(200)
    edit(paths[2:3], lambda d, _: setattr(d, "PixelData", encapsulate([bad])))


@case(12, WARNING, "slice-unreadable")
def a_code_stream_of_another_matrix(folder):
    paths = compressed(series(folder), JLS, jpeg_ls)
    other = jpeg_ls(np.zeros((SIDE * 2, SIDE), np.uint16))
    edit(paths[2:3], lambda d, _: setattr(d, "PixelData", encapsulate([other])))


@case(12, WARNING, "slice-unreadable")
def a_code_stream_that_claims_a_huge_matrix(folder):
    paths = compressed(series(folder), JLS, jpeg_ls)
    data = bytearray(jpeg_ls(_plain_slice(2)))
    at = data.index(b"\xff\xf7")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    edit(paths[2:3], lambda d, _: setattr(d, "PixelData", encapsulate([bytes(data)])))


@case(12, SKIPPED, "too-large")
def a_header_and_a_stream_that_agree_on_a_huge_matrix(folder):
    paths = series(folder)
    data = bytearray(jpeg_ls(_plain_slice(2)))
    at = data.index(b"\xff\xf7")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    for path in paths[1:]:
        path.unlink()
    compressed(paths[:1], JLS, lambda _: bytes(data[:-2]) + bytes(5 << 20) + b"\xff\xd9")
    edit(paths[:1], lambda d, _: d.update({"Rows": 65_535, "Columns": 65_535}))


@case(12, SKIPPED, "too-large")
def a_frame_of_more_pixels_than_any_detector_has(folder):
    paths = series(folder)
    data = bytearray(jpeg_ls(_plain_slice(2)))
    at = data.index(b"\xff\xf7")
    data[at + 5 : at + 9] = struct.pack(">HH", 12_000, 12_000)
    compressed(paths, JLS, lambda _: bytes(data[:-2]) + bytes(1 << 18) + b"\xff\xd9")
    for path in paths[1:]:
        path.unlink()
    edit(paths[:1], lambda d, _: d.update({"Rows": 12_000, "Columns": 12_000}))


@case(12, WARNING, "slice-unreadable")
def a_colour_stream_in_a_grey_series(folder):
    paths = compressed(series(folder), JLS, jpeg_ls)
    other = imagecodecs.jpegls_encode(np.zeros((SIDE, SIDE, 3), np.uint8))
    edit(paths[2:3], lambda d, _: setattr(d, "PixelData", encapsulate([other])))


def _plain_slice(index):
    return (phantom().voxels[index].astype(np.int32) + 1024).astype("<u2")


def _renamed(folder, uid):
    for path in series(folder):
        data = path.read_bytes()
        uid += b"\0" * (len(uid) % 2)
        old = b"\x02\0\x10\0UI\x14\0" + b"1.2.840.10008.1.2.1\0"
        new = b"\x02\0\x10\0UI" + struct.pack("<H", len(uid)) + uid
        path.write_bytes(data.replace(old, new))


@case(12, SKIPPED, "unsupported-syntax",
      check=lambda _, answer: "1.2.840.113619.5.2" in answer["skipped"][0]["reason"])  # fmt: skip
def ge_private_syntax(folder):
    _renamed(folder, b"1.2.840.113619.5.2")


@case(12, SKIPPED, "unsupported-syntax",
      check=lambda _, answer: "MPEG" in answer["skipped"][0]["reason"])  # fmt: skip
def a_film(folder):
    _renamed(folder, b"1.2.840.10008.1.2.4.102")


@case(12, SKIPPED, "unsupported-syntax")
def a_syntax_of_noise(folder):
    _renamed(folder, b"not-a-uid\xff\xfe")


@case(12, OPENS, check=is_phantom)
def implicit_where_explicit_is_said(folder):
    for path in series(folder):
        dataset = pydicom.dcmread(path)
        dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2")
        dataset.save_as(path, implicit_vr=True, little_endian=True)
        data = path.read_bytes()
        path.write_bytes(
            data.replace(
                b"\x02\0\x10\0UI\x12\0" + b"1.2.840.10008.1.2\0",
                b"\x02\0\x10\0UI\x14\0" + b"1.2.840.10008.1.2.1\0",
            )
        )


# --- 13 objects that are not images


def _object(folder, sop_class, modality):
    def change(dataset, _):
        dataset.SOPClassUID, dataset.Modality = UID(sop_class), modality
        for keyword in ("PixelData", "Rows", "Columns"):
            delattr(dataset, keyword)

    edit(series(folder)[:1], change)
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()


@case(13, SKIPPED, "listed-other")
def a_report(folder):
    _object(folder, "1.2.840.10008.5.1.4.1.1.88.11", "SR")


@case(13, SKIPPED, "listed-other")
def a_document(folder):
    _object(folder, "1.2.840.10008.5.1.4.1.1.104.1", "DOC")


@case(13, OPENS, "listed-rtstruct")
def a_structure_set_of_nothing(folder):
    _object(folder, "1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT")


@case(13, OPENS, "listed-seg")
def a_segmentation_without_segments(folder):
    _object(folder, "1.2.840.10008.5.1.4.1.1.66.4", "SEG")


# --- 14 text


@case(14, OPENS, check=lambda v, answer: "\x1b" not in answer["studies"][0]["patient_name"])
def control_characters_in_a_name(folder):
    raw_value(series(folder), 0x00100010, b"PN", b"\x1b[31mEvil\x00\x07^Name\r\n")


@case(14, OPENS, check=is_phantom)
def a_character_set_that_does_not_exist(folder):
    raw_value(series(folder), 0x00080005, b"CS", b"KLINGON 5")


@case(14, OPENS, check=is_phantom)
def bytes_that_are_not_their_character_set(folder):
    raw_value(series(folder), 0x00100010, b"PN", b"\xff\xfe\xc3\x28^\xa0\xa1")


@case(14, OPENS, check=lambda v, answer: "山田" in answer["studies"][0]["patient_name"])
def japanese_with_escapes(folder):
    put(folder, SpecificCharacterSet=["", "ISO 2022 IR 87"], PatientName="Yamada^T=山田^太郎")


@case(14, OPENS, check=lambda v, answer: "王" in answer["studies"][0]["patient_name"])
def chinese(folder):
    put(folder, SpecificCharacterSet="GB18030", PatientName="Wang^X=王^小东")


@case(14, OPENS, check=is_phantom)
def broken_escapes(folder):
    paths = put(folder, SpecificCharacterSet=["", "ISO 2022 IR 87"])
    raw_value(paths, 0x00100010, b"PN", b"A\x1b$\x1b$B\xff\x1b^\x1b(")


@case(14, OPENS, check=is_phantom)
def a_name_of_sixty_thousand_letters(folder):
    raw_value(series(folder), 0x00100010, b"PN", b"<b>&" * 15_000)


# --- 15 DICOMDIR, zip, preamble


def _directory(folder, record):
    head = pydicom.dcmread(series(folder)[0]).file_meta
    head.MediaStorageSOPClassUID = UID("1.2.840.10008.1.3.10")
    directory = Dataset()
    directory.file_meta = head
    directory.SOPClassUID = UID("1.2.840.10008.1.3.10")
    directory.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 400
    directory.DirectoryRecordSequence = Sequence([record])
    directory.save_as(folder / "DICOMDIR", enforce_file_format=True)


@case(15, OPENS, "dicomdir", check=is_phantom)
def a_directory_whose_record_points_to_itself(folder):
    _directory(folder, one_item(DirectoryRecordType="PATIENT", RecordInUseFlag=0xFFFF,
                                OffsetOfTheNextDirectoryRecord=400,
                                OffsetOfReferencedLowerLevelDirectoryEntity=400)[0])  # fmt: skip


@case(15, OPENS, "dicomdir", check=is_phantom)
def a_directory_that_points_outside(folder):
    _directory(folder, one_item(DirectoryRecordType="IMAGE",
                                ReferencedFileID=["..", "..", "etc", "passwd"])[0])  # fmt: skip


def _zip(folder):
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in series(folder / "s"):
            packed.write(path, path.name)
    shutil.rmtree(folder / "s")
    return folder / "all.zip"


@case(15, OPENS, check=is_phantom)
def a_zip(folder):
    _zip(folder)


@case(15, OPENS, "not-dicom", check=is_phantom)
def a_zip_with_another_format_in_it(folder):
    with zipfile.ZipFile(_zip(folder), "a") as packed:
        packed.writestr("files/image.nii", bytes(400))


@case(15, WARNING, "zip-member", check=is_phantom)
def a_zip_whose_names_leave_it(folder):
    with zipfile.ZipFile(_zip(folder), "a") as packed:
        for name in ("../../evil.dcm", "/evil.dcm", "C:\\evil.dcm", "a/../../evil.dcm"):
            packed.writestr(name, b"evil")


@case(15, SKIPPED, "too-large")
def a_zip_bomb(folder):
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", bytes(80 << 20))


@case(15, SKIPPED)
def a_zip_in_a_zip(folder):
    inner = _zip(folder)
    with zipfile.ZipFile(folder / "outer.zip", "w") as packed:
        packed.write(inner, "inner.zip")
    inner.unlink()


@case(15, SKIPPED, "damaged-archive")
def a_zip_cut_in_half(folder):
    path = _zip(folder)
    path.write_bytes(path.read_bytes()[:-2000])


@case(15, WARNING, "damaged-archive")
def a_zip_with_a_wrong_checksum(folder):
    path = _zip(folder)
    data = bytearray(path.read_bytes())
    data[600:640] = bytes(40)
    path.write_bytes(data)
    series(folder / "plain")


def _preamble(folder, start):
    for path in series(folder):
        path.write_bytes(start + path.read_bytes()[len(start) :])


@case(15, WARNING, "executable-preamble", check=is_phantom)
def a_windows_program_in_the_preamble(folder):
    _preamble(folder, b"MZ\x90\0")


@case(15, WARNING, "executable-preamble", check=is_phantom)
def a_script_in_the_preamble(folder):
    _preamble(folder, b"#!/bin/sh\nrm -rf ~\n")


@case(15, OPENS, check=is_phantom)
def a_tiff_in_the_preamble(folder):
    _preamble(folder, b"II*\0\x08\0\0\0")


# --- 16 decoders that raise


@case(16, WARNING, "slice-unreadable")
def noise_for_a_code_stream(folder):
    paths = compressed(series(folder), J2K, lambda a: imagecodecs.jpeg2k_encode(
        a, level=0, codecformat="j2k"))  # fmt: skip
    noise = np.random.default_rng(5).bytes(3000) + b"\xff\xd9"
    edit(paths[2:3], lambda d, _: setattr(d, "PixelData", encapsulate([noise])))


@case(16, WARNING, "slice-unreadable")
def an_empty_code_stream(folder):
    paths = compressed(series(folder), JLS, jpeg_ls)
    edit(paths[2:3], lambda d, _: setattr(d, "PixelData", encapsulate([b"\0\0"])))


@case(16, WARNING, "slice-unreadable")
def zeros_in_the_middle_of_a_code_stream(folder):
    paths = compressed(series(folder), JLS, jpeg_ls)

    def hole(array):
        data = bytearray(jpeg_ls(array))
        data[30:60] = bytes(30)
        return bytes(data)

    edit(paths[2:3], lambda d, _: setattr(d, "PixelData", encapsulate([hole(_plain_slice(2))])))
