"""Small DICOM files, and seeded mutants of them: damage in the header and in the pixels."""

import random
import struct
from pathlib import Path

import hostile
import imagecodecs
import pydicom

_VRS = (b"AE", b"DS", b"FD", b"IS", b"OB", b"OW", b"PN", b"SQ", b"UI", b"UL", b"UN", b"US", b"ZZ")


def valid_files(folder: Path) -> list[bytes]:
    """One small file of each kind: plain, compressed, deflated, enhanced, colour, implicit."""
    builders = (
        hostile.series,
        hostile.deflated,
        hostile.jpeg_ls_lossless,
        hostile.run_lengths,
        hostile.jpeg_lossless,
        hostile.jpeg_2000_lossless,
        hostile.enhanced,
        hostile.a_cine_loop,
        hostile.red_green_blue_by_plane,
        hostile.a_palette,
        hostile.one_bit_pixels,
        hostile.implicit_where_explicit_is_said,
        hostile.japanese_with_escapes,
        hostile.a_structure_set_of_nothing,
        lambda path: hostile.compressed(
            hostile.series(path),
            "1.2.840.10008.1.2.4.201",
            imagecodecs.htj2k_encode,
        ),
    )
    files = []
    for number, build in enumerate(builders):
        target = folder / f"valid-{number}"
        target.mkdir(parents=True)
        build(target)
        files.append(min(target.rglob("*.dcm")).read_bytes())
    big = pydicom.dcmread(folder / "valid-0" / "slice-0000.dcm")
    big.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRBigEndian
    big.PixelData = hostile.stored(big).astype(">u2").tobytes()
    path = folder / "big-endian.dcm"
    pydicom.dcmwrite(path, big, implicit_vr=False, little_endian=False, force_encoding=True)
    return [*files, path.read_bytes()]


def mutant(files: list[bytes], seed: int) -> bytes:
    """The mutant that a seed stands for: one to three changes, most of them in the header."""
    random_ = random.Random(seed)
    data = bytearray(random_.choice(files))
    for _ in range(random_.choice((1, 1, 2, 3))):
        random_.choice((_flip, _flip, _run, _cut, _length, _length, _vr, _splice, _digits))(
            random_, data, files
        )
    return bytes(data)


def _place(random_, data):
    """Behind the preamble; three times in four in the header."""
    end = len(data) if random_.random() < 0.25 else min(len(data), 1900)
    return random_.randrange(128, end) if end > 128 else 0


def _flip(random_, data, _):
    for _n in range(random_.choice((1, 1, 2, 8))):
        if data:
            data[min(_place(random_, data), len(data) - 1)] ^= 1 << random_.randrange(8)


def _run(random_, data, _):
    at, size = _place(random_, data), random_.choice((1, 2, 4, 16, 64))
    fill = random_.choice((b"\0", b"\xff", b"\\", None))
    data[at : at + size] = random_.randbytes(size) if fill is None else fill * size


def _cut(random_, data, _):
    del data[_place(random_, data) :]


def _element(random_, data):
    """Where one of the short elements' heads begins, found by its VR; 0 when there is none."""
    start = _place(random_, data)
    found = [
        at
        for vr in (b"US", b"DS", b"IS", b"UI", b"LO", b"PN", b"CS", b"OW", b"OB", b"SQ")
        if (at := data.find(vr, start)) > 4
    ]
    return random_.choice(found) - 4 if found else 0


def _length(random_, data, _):
    at = _element(random_, data)
    value = random_.choice((0, 1, 2, 3, 0x7F, 0xFF, 0x7FFF, 0xFFFE, 0xFFFF))
    long = random_.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF))
    if at and random_.random() < 0.5:
        data[at + 6 : at + 8] = struct.pack("<H", value)
    elif at:
        data[at + 6 : at + 12] = b"\0\0" + struct.pack("<I", long)


def _vr(random_, data, _):
    at = _element(random_, data)
    if at:
        data[at + 4 : at + 6] = random_.choice(_VRS)


def _splice(random_, data, files):
    other, size = random_.choice(files), random_.choice((8, 32, 256, 1024))
    start, at = random_.randrange(len(other)), _place(random_, data)
    kind = random_.randrange(3)
    data[at : at + (0 if kind == 1 else size)] = b"" if kind == 0 else other[start : start + size]


def _digits(random_, data, _):
    """Another value: a number of a short element becomes an extreme one."""
    at = _element(random_, data)
    if at and bytes(data[at + 4 : at + 6]) == b"US":
        value = random_.choice((0, 1, 2, 3, 12, 31, 33, 64, 255, 256, 32767, 32768, 65535))
        data[at + 8 : at + 10] = struct.pack("<H", value)
    elif at:
        text = random_.choice((b"1e999", b"-1", b"nan", b"99999999999", b"0", b"1e-300", b"\\\\\\"))
        data[at + 8 : at + 8 + len(text)] = text
