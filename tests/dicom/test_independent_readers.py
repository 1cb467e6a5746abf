"""Pixel and display values equal those of readers that share no code with ours.

SimpleITK (GDCM) and pydicom give modality values, pydicom and highdicom display values. Every file
of the shared data and of pydicom's own collection that one of them can read is compared; what none
can read is listed with the reason by `test_what_no_one_else_reads`.
"""

import logging
import warnings
from collections import Counter
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi, apply_windowing

from medview.core.display import to_grey
from medview.core.errors import MedviewError
from medview.dicom.decode import decode_into
from medview.dicom.describe import is_inverted
from medview.dicom.header import FrameRef
from medview.dicom.header_scan import NotDicomError
from medview.dicom.read_header import read_header
from medview.dicom.voi import windows_of

SHARED = Path(__file__).parents[3] / "shared/data"
BUNDLED = Path(pydicom.__file__).parent / "data/test_files"
# root, every how many-th file (of series whose slices are all alike), files compared at least
ROOTS = {
    "pydicom": (BUNDLED, 1, 75),
    "fixtures": (SHARED / "fixtures", 1, 150),
    "series": (SHARED / "series", 20, 20),
    "slices": (SHARED / "chest_ct/slices", 3, 15),
    "hard": (SHARED / "chest_ct/hard_unlabelled", 3, 8),
}
FRAMES = 3
LOSSY_GREY, LOSSY_COLOR = 2.0, 2.0  # stored units: two decoders round the inverse DCT differently
LOSSY = ("4.50", "4.51", "4.53", "4.55", "4.81", "4.91")
NO_OTHER = {  # nobody else here reads these either: the reason
    "JPEG2000-embedded-sequence-delimiter.dcm": "the code stream's size is overwritten",
    "MR_truncated.dcm": "pixels are missing",
}


@contextmanager
def quiet():
    """Readers print and log what they think of odd files."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


@cache
def headers(name):
    """The image headers below a root, and the files that hold none with the reason."""
    root, step, _ = ROOTS[name]
    if not root.is_dir():
        pytest.skip(f"{root} is not here")
    found, skipped = [], {}
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    for path in paths[::step]:
        try:
            header = read_header(path, path.stat().st_size)
        except (NotDicomError, MedviewError) as error:
            skipped[path.name] = getattr(error, "code", "not-dicom")
            continue
        if header.kind == "image":
            found.append(header)
    return found, skipped


@cache
def ours(path):
    """Up to `FRAMES` frames of a file as (frames, rows, columns[, 3])."""
    header = read_header(path, path.stat().st_size)
    pixel, frames = header.pixel, []
    for number in range(1, min(len(header.frames), FRAMES) + 1):
        shape = (pixel.rows, pixel.columns, 3) if pixel.is_color else (pixel.rows, pixel.columns)
        frames.append(np.zeros(shape, np.uint8 if pixel.is_color else np.float32))
        decode_into(FrameRef(header, number), frames[-1])
    return np.stack(frames)


def by_itk(header):
    """GDCM's values; it inverts MONOCHROME1, so such files are pydicom's to check."""
    sitk = pytest.importorskip("SimpleITK")
    sitk.ProcessObject_SetGlobalWarningDisplay(False)
    if header.pixel.photometric == "MONOCHROME1":
        raise NotImplementedError("inverts MONOCHROME1")
    if header.pixel.is_color and header.pixel.bits_allocated > 8:
        raise NotImplementedError("mixes up the bytes of wide RLE colour (pydicom and we agree)")
    reader = sitk.ImageFileReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileName(str(header.path))
    return sitk.GetArrayFromImage(reader.Execute())


def by_pydicom(header):
    dataset = pydicom.dcmread(header.path, force=True)
    if len({(frame.slope, frame.intercept) for frame in header.frames}) > 1:
        raise NotImplementedError("a rescale of each frame")
    array = dataset.pixel_array
    if int(dataset.get("NumberOfFrames", 1) or 1) == 1:
        array = array[None]
    if header.pixel.photometric == "PALETTE COLOR":
        return apply_color_lut(array, dataset)[..., :3]
    if header.pixel.is_color:
        return array
    groups = "SharedFunctionalGroupsSequence" in dataset
    info = header.frames[0]
    if groups:  # pydicom leaves the groups' rescale to its caller
        return array * np.float64(info.slope) + info.intercept
    return apply_modality_lut(array, dataset)


def expected(values, header):
    """Their values as ours are kept: colour as 8 bits."""
    if not header.pixel.is_color or values.dtype == np.uint8:
        return values
    bits = 16 if header.pixel.photometric == "PALETTE COLOR" else header.pixel.bits_stored
    return values >> max(bits - 8, 0)


def tolerance(header):
    """How far two decoders may be apart, in modality values."""
    if header.pixel.is_color:
        return LOSSY_COLOR if header.pixel.transfer_syntax.endswith(LOSSY) else 0.0
    slope = max(abs(frame.slope) for frame in header.frames)
    lossy = LOSSY_GREY * slope if header.pixel.transfer_syntax.endswith(LOSSY) else 0.0
    return lossy + 1e-6 * max(float(np.nanmax(np.abs(ours(header.path)))), 1.0)  # float32


def difference(values, header):
    mine = ours(header.path)
    theirs = expected(values, header)[: len(mine)]
    if theirs.shape != mine.shape:
        return f"{theirs.shape} against {mine.shape}"
    apart = np.abs(mine.astype(np.float64) - theirs)
    worst = float(np.nanmax(apart)) if np.isfinite(apart).any() else 0.0
    return f"{worst:.4g} apart" if worst > tolerance(header) else ""


def readers():
    return {"SimpleITK": by_itk, "pydicom": by_pydicom}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ROOTS)
def test_pixel_values_are_those_of_other_readers(name):
    wrong, compared, alone = [], Counter(), []
    with quiet():
        for header in headers(name)[0]:
            try:
                ours(header.path)
            except MedviewError as error:
                if header.path.name not in NO_OTHER:
                    wrong.append(f"{header.path.name}: ours: {error.message}")
                continue
            told = False
            for reader, read in readers().items():
                try:
                    values = read(header)
                except Exception:  # noqa: BLE001 - what this reader cannot read, another may
                    continue
                told = True
                compared[reader] += 1
                apart = difference(values, header)
                if apart:
                    wrong.append(f"{header.path.name}: {reader}: {apart}")
            if not told:
                alone.append(header.path.name)
    assert wrong == []
    assert alone == []
    assert max(compared.values()) >= ROOTS[name][2], compared


def test_what_no_one_else_reads():
    with quiet():
        for header in headers("pydicom")[0]:
            if header.path.name not in NO_OTHER:
                continue
            for read in readers().values():
                with pytest.raises(Exception):  # noqa: B017 - each reader has its own
                    difference(read(header), header)


def shown_by_pydicom(header):
    """Display values 0..255 of the first frame (PS3.3 C.11.2), from pydicom's own functions."""
    dataset = pydicom.dcmread(header.path, force=True)
    array = dataset.pixel_array
    array = array if int(dataset.get("NumberOfFrames", 1) or 1) == 1 else array[0]
    values = apply_modality_lut(array, dataset)
    if "VOILUTSequence" in dataset:
        top = 2 ** dataset.VOILUTSequence[0].LUTDescriptor[2] - 1
        return apply_voi(values.astype(np.int64), dataset) / top * 255.0
    bits, signed = dataset.BitsStored, dataset.PixelRepresentation == 1
    ends = np.array([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] if signed else [0, 2**bits - 1])
    low, high = apply_modality_lut(ends, dataset)
    return (apply_windowing(values, dataset) - low) / (high - low) * 255.0


def shown_by_highdicom(header):
    import highdicom

    if header.frames[0].slope != 1.0:  # it moves the window to stored values: not C.11.2.1.2.1
        raise NotImplementedError("a slope")
    return highdicom.imread(header.path).get_frame(
        1, apply_real_world_transform=False, apply_modality_transform=True,
        apply_voi_transform=True, voi_output_range=(0.0, 255.0), apply_presentation_lut=True,
        dtype=np.float64,
    )  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("name", "at_least"), [("pydicom", 40), ("fixtures", 50), ("hard", 5)])
def test_display_values_are_those_of_other_readers(name, at_least):
    wrong, compared = [], 0
    with quiet():
        for header in headers(name)[0]:
            frame = FrameRef(header, 1)
            windows = () if header.pixel.is_color else windows_of(frame)
            if not windows or header.path.name in NO_OTHER:
                continue
            mine = to_grey(ours(header.path)[0], windows[0], inverted=is_inverted(frame))
            for reader in (shown_by_pydicom, shown_by_highdicom):
                if reader is shown_by_pydicom and len(header.frames) > 1:
                    continue  # it does not read functional groups
                try:
                    theirs = reader(header)
                except Exception:  # noqa: BLE001 - what this reader cannot read, another may
                    continue
                if reader is shown_by_pydicom and is_inverted(frame):
                    theirs = 255.0 - theirs
                compared += 1
                apart = float(np.abs(mine.astype(np.float64) - theirs).max())
                if apart > 1.0:  # one rounding each
                    wrong.append(f"{header.path.name}: {reader.__name__}: {apart:.2f} apart")
    assert wrong == []
    assert compared >= at_least
