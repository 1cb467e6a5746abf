"""No file makes the program take memory that the bytes in it do not justify."""

import json
import subprocess
import sys

import hostile
import imagecodecs
import numpy as np
import pytest
from pydicom.encaps import encapsulate

from medview.core.errors import MedviewError
from medview.dicom.fragments import MAX_STREAM_BYTES, _Bounded

OPEN = """
import json, sys
from pathlib import Path
from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.dicom.index import index_paths
from medview.dicom.loader import load_volume, thumbnail
from medview.dicom.series import split_volumes
report = index_paths([Path(sys.argv[1])], Progress())
codes, shapes = [one.code for one in report.skipped], []
for entry in report.series:
    for plan in split_volumes(entry):
        for read in (thumbnail, lambda plan: load_volume(plan, Progress()).voxels):
            try:
                shapes.append(read(plan).shape)
            except MedviewError as error:
                codes.append(error.code)
status = Path("/proc/self/status").read_text().split()
peak = int(status[status.index("VmHWM:") + 1]) >> 10
print(json.dumps({"codes": codes, "shapes": shapes, "peak_mb": peak}))
"""


def claim(paths, rows, columns, data):
    """Files of one JPEG-LS code stream whose header says (rows, columns)."""

    def change(dataset, _):
        dataset.Rows, dataset.Columns = rows, columns
        dataset.PixelData = encapsulate([data])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = hostile.UID(hostile.JLS)

    hostile.edit(paths, change)


def huge_stream(side, size):
    """``size`` bytes that say they are (side, side)."""
    data = bytearray(hostile.jpeg_ls(np.zeros((16, 16), np.uint16)))
    at = data.index(b"\xff\xf7")
    data[at + 5 : at + 9] = side.to_bytes(2, "big") * 2
    return bytes(data[:-2]) + bytes(size) + b"\xff\xd9"


def one_that_agrees_on_65535(folder):
    paths = hostile.series(folder)
    for path in paths[1:]:
        path.unlink()
    claim(paths[:1], 65_535, 65_535, huge_stream(65_535, 5 << 20))


def one_beyond_the_frame_limit(folder):
    paths = hostile.series(folder)
    for path in paths[1:]:
        path.unlink()
    claim(paths[:1], 12_000, 12_000, huge_stream(12_000, 200 << 10))


def many_that_are_empty(folder):
    """150 valid frames of 25 million equal pixels each, 700 bytes a frame: 7 GB from 200 KB."""
    paths = hostile.series(folder)
    data = bytes(imagecodecs.jpegls_encode(np.zeros((5000, 5000), np.uint16)))
    claim(paths[:1], 5000, 5000, data)
    head = hostile.pydicom.dcmread(paths[0])
    for path in paths[1:]:
        path.unlink()
    for number in range(1, 150):
        head.SOPInstanceUID = head.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        head.ImagePositionPatient = [0, 0, float(head.ImagePositionPatient[2]) + 1]
        head.save_as(folder / f"more-{number}.dcm")


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize(
    ("build", "codes"),
    [
        (one_that_agrees_on_65535, ["too-large", "too-large"]),
        (one_beyond_the_frame_limit, ["too-large", "too-large"]),
        (many_that_are_empty, ["too-large"]),  # its thumbnail is one frame, which is fine
    ],
)
def test_claims_do_not_cost_memory(build, codes, tmp_path):
    build(tmp_path)
    program = subprocess.run(
        [sys.executable, "-c", OPEN, str(tmp_path)], capture_output=True, text=True, check=True
    )
    answer = json.loads(program.stdout)
    assert answer["codes"] == codes
    assert answer["peak_mb"] < 512


def test_a_mask_packed_some_hundreds_to_one_opens(tmp_path, load):
    rows, columns = np.ogrid[:1024, :1024]
    disc = ((rows - 500) ** 2 + (columns - 400) ** 2 < 300**2).astype(np.uint16) * 255
    data = bytes(imagecodecs.jpegls_encode(disc))
    assert disc.nbytes > 300 * len(data)
    paths = hostile.series(tmp_path)
    claim(paths, 1024, 1024, data)
    volume = load(tmp_path)
    assert volume.is_complete
    assert all(np.array_equal(plane, disc.astype(int) - 1024) for plane in volume.voxels)


def test_no_table_makes_a_frame_of_gigabytes(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with path.open("rb") as file:
        bounded = _Bounded(file)
        assert bounded.read(4) == b"0123"
        for size in (-1, MAX_STREAM_BYTES + 1):
            with pytest.raises(MedviewError) as caught:
                bounded.read(size)
            assert caught.value.code == "too-large"
