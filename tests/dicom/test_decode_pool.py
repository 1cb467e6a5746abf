"""A frame that crashes, hangs or bloats its decoder costs one slice, never the program."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from types import SimpleNamespace

import hostile
import imagecodecs
import numpy as np
import pytest

from medview.core.errors import MedviewError
from medview.core.job import Progress
from medview.dicom import codecs, decode_pool, decode_slot
from medview.dicom.decode_pool import Pool
from medview.dicom.header import PixelFormat
from medview.dicom.loader import load_volume

J2K, JLS, RLE = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.5"
GREY = (np.arange(40 * 30, dtype=np.uint16).reshape(40, 30) * 7) % 4096
COLOUR = np.stack([GREY // 16, GREY.T.reshape(40, 30) // 17, GREY // 18], -1).astype(np.uint8)
EIGHT = (GREY >> 4).astype(np.uint8)
FRAMES = {
    "rle": (RLE, GREY, hostile.rle),
    "jpeg": ("1.2.840.10008.1.2.4.50", EIGHT, imagecodecs.jpeg8_encode),
    "jpeg in colour": ("1.2.840.10008.1.2.4.50", COLOUR, imagecodecs.jpeg8_encode),
    "jpeg of 12 bits": (
        "1.2.840.10008.1.2.4.51",
        GREY,
        lambda a: imagecodecs.jpeg8_encode(a, level=90, bitspersample=12),
    ),
    "jpeg lossless": (
        "1.2.840.10008.1.2.4.70",
        GREY,
        lambda a: imagecodecs.ljpeg_encode(a, bitspersample=12),
    ),
    "jpeg lossless in colour": (
        "1.2.840.10008.1.2.4.57",
        COLOUR,
        lambda a: imagecodecs.jpeg8_encode(a, lossless=True, predictor=4),
    ),
    "jpeg-ls": (JLS, GREY, imagecodecs.jpegls_encode),
    "jpeg-ls in colour": (JLS, COLOUR, imagecodecs.jpegls_encode),
    "jpeg 2000": (J2K, GREY, lambda a: imagecodecs.jpeg2k_encode(a, level=0, codecformat="j2k")),
    "htj2k": ("1.2.840.10008.1.2.4.201", GREY, imagecodecs.htj2k_encode),
    "jpeg xl": (
        "1.2.840.10008.1.2.4.110",
        GREY,
        lambda a: imagecodecs.jpegxl_encode(a, lossless=True),
    ),
}
# a child whose decoder obeys the stream's first byte; others decode as they should
OBEDIENT = """
import os, sys, time
import numpy as np
from medview.dicom import codecs, decode_child
real = codecs.decode
def decode(data, pixel):
    if data[:5] == b"crash":
        os.kill(os.getpid(), 11)
    if data[:4] == b"hang":
        print("decoding", file=sys.stderr, flush=True)
        time.sleep(600)
    if data[:5] == b"bloat":
        np.ones(4 << 30, np.uint8)
    if data[:5] == b"shout":
        os.write(1, b"this is no answer\\n")
        return real(data[5:], pixel)
    return real(data, pixel)
codecs.decode = decode
sys.exit(decode_child.main())
"""


def pixel(syntax=JLS, array=GREY):
    bits = array.dtype.itemsize * 8
    samples = 3 if array.ndim == 3 else 1
    return PixelFormat(
        *array.shape[:2], samples, "RGB" if samples == 3 else "MONOCHROME2", 0, bits, bits,
        bits - 1, False, "int", syntax, True, b"OB",
    )  # fmt: skip


@pytest.fixture
def pool(monkeypatch):
    """A pool of obedient children instead of the program's."""
    monkeypatch.setattr(decode_pool, "command", lambda: [sys.executable, "-c", OBEDIENT])
    pool = Pool()
    monkeypatch.setattr(decode_pool, "_pool", pool)
    yield pool
    pool.close()


GOOD = bytes(imagecodecs.jpegls_encode(GREY))


def is_good():
    return np.array_equal(decode_pool.decode(GOOD, pixel())[0], GREY)


@pytest.mark.parametrize("name", FRAMES)
def test_the_child_gives_what_the_decoder_gives(name):
    syntax, array, encode = FRAMES[name]
    data = bytes(encode(array))
    here, is_rgb = codecs.decode(data, pixel(syntax, array))
    there, is_rgb_there = decode_pool.decode(data, pixel(syntax, array))
    assert (there.dtype, is_rgb_there) == (here.dtype, is_rgb)
    assert np.array_equal(there, here)
    if name not in ("jpeg", "jpeg in colour", "jpeg of 12 bits"):
        assert np.array_equal(there, array)


@pytest.mark.parametrize("bits", [2, 5, 8, 9, 10, 12, 14, 16])
@pytest.mark.parametrize("predictor", [1, 4, 7])
def test_jpeg_lossless_of_any_precision(bits, predictor):
    kind = np.uint8 if bits <= 8 else np.uint16
    array = np.random.default_rng(bits).integers(0, 1 << bits, (21, 34)).astype(kind)
    data = imagecodecs.jpeg8_encode(array, lossless=True, predictor=predictor, bitspersample=bits)
    form = pixel("1.2.840.10008.1.2.4.57", array)
    assert np.array_equal(codecs.decode(bytes(data), form)[0], array)


def test_frames_grow_and_shrink_in_one_child(pool):
    for side in (8, 900, 16, 1500, 8):
        array = np.random.default_rng(side).integers(0, 4096, (side, side)).astype(np.uint16)
        data = bytes(imagecodecs.jpegls_encode(array))
        assert np.array_equal(decode_pool.decode(data, pixel(JLS, array))[0], array)


def test_a_crash_costs_one_frame(pool):
    for _ in range(3):
        with pytest.raises(MedviewError, match="stopped working"):
            decode_pool.decode(b"crash", pixel())
        assert all(is_good() for _ in range(12))


def test_a_decoder_that_hangs_is_ended(pool, monkeypatch):
    assert is_good()
    monkeypatch.setattr(decode_pool, "FRAME_SECONDS", 0.3)
    started = time.monotonic()
    with pytest.raises(MedviewError) as caught:
        decode_pool.decode(b"hang", pixel())
    assert caught.value.code == "too-slow"
    assert time.monotonic() - started < 10
    monkeypatch.setattr(decode_pool, "FRAME_SECONDS", 10.0)
    assert is_good()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_memory_has_a_limit(pool):
    with pytest.raises(MedviewError) as caught:
        decode_pool.decode(b"bloat", pixel())
    assert caught.value.code == "too-large"
    assert is_good()


def test_what_a_library_prints_is_no_answer(pool):
    assert np.array_equal(decode_pool.decode(b"shout" + GOOD, pixel())[0], GREY)


def test_an_answer_to_another_frame_is_not_taken(pool):
    assert is_good()
    child = pool._places.queue[-1]
    child._answers.put(b'{"number": 1, "shape": [40, 30], "type": "<u2", "rgb": false}\n')
    with pytest.raises(MedviewError, match="stopped working"):
        decode_pool.decode(GOOD, pixel())
    assert is_good()


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_shared_memory_grows_and_leaves_no_file(platform, monkeypatch, tmp_path):
    if sys.platform not in ("linux", platform):
        pytest.skip("needs another system")
    monkeypatch.setattr(decode_slot, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    slot = decode_slot.Slot()
    for size in (10, 3 << 20):
        slot.put(bytes(range(10)), size)
        other = decode_slot.attach(slot.place, slot.size)
        assert other[:10] == bytes(range(10))
        other[:4] = np.array([7, 9], np.uint16).tobytes()
        assert slot.array((1, 2), "<u2").tolist() == [[7, 9]]
        with pytest.raises(ValueError, match="buffer"):
            slot.array((9000, 9000), "<u2")
    slot.close()
    assert not list(tmp_path.iterdir())


def test_killed_from_outside_while_it_decodes(pool):
    assert is_good()
    child = pool._places.queue[-1]
    threading.Timer(0.3, child._process.kill).start()
    with pytest.raises(MedviewError, match="stopped working"):
        decode_pool.decode(b"hang", pixel())
    assert is_good()


def test_killed_while_it_waited_costs_nothing(pool):
    assert is_good()
    child = pool._places.queue[-1]
    child._process.kill()
    child._process.wait()
    assert is_good()


def test_many_threads_share_the_children(pool):
    wrong = []

    def work(seed):
        random = np.random.default_rng(seed)
        for number in range(10):
            if (seed + number) % 7 == 0:
                with pytest.raises(MedviewError):
                    decode_pool.decode(b"crash", pixel())
                continue
            array = random.integers(0, 4096, (30 + seed, 40)).astype(np.uint16)
            data = bytes(imagecodecs.jpegls_encode(array))
            if not np.array_equal(decode_pool.decode(data, pixel(JLS, array))[0], array):
                wrong.append((seed, number))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_child_that_does_not_start_is_said(pool, monkeypatch):
    monkeypatch.setattr(decode_pool, "command", lambda: [sys.executable, "-c", "pass"])
    with pytest.raises(MedviewError) as caught:
        decode_pool.decode(GOOD, pixel())
    assert caught.value.code == "no-decoder"
    monkeypatch.setattr(decode_pool, "command", lambda: ["/no/such/program"])
    with pytest.raises(MedviewError) as caught:
        decode_pool.decode(GOOD, pixel())
    assert caught.value.code == "no-decoder"


def test_a_huge_frame_starts_nothing(pool):
    form = PixelFormat(
        65_535, 65_535, 1, "MONOCHROME2", 0, 8, 8, 7, False, "int", JLS, True, b"OB"
    )  # fmt: skip
    with pytest.raises(MedviewError) as caught:
        decode_pool.decode(GOOD, form)
    assert caught.value.code == "too-large"
    assert list(pool._places.queue) == [None, None]


def test_a_crash_in_a_series_leaves_the_other_slices(tmp_path, plans, pool, phantom):
    paths = hostile.compressed(hostile.series(tmp_path), JLS, hostile.jpeg_ls)
    hostile.edit(
        paths[4:5],
        lambda d, _: setattr(d, "PixelData", hostile.encapsulate([b"crash\xff\xd9\0"])),
    )
    volume = load_volume(plans(tmp_path)[0], Progress())
    others = [index for index in range(volume.voxels.shape[0]) if index != 4]
    assert np.array_equal(volume.voxels[others], hostile.phantom().voxels[others])
    assert dict(volume.unreadable) == {4: "the decoder stopped working on this frame"}
    assert [message.code for message in volume.messages] == ["slice-unreadable"]
    assert "(5)" in volume.messages[0].text


def test_indexing_a_compressed_series_starts_the_children(tmp_path, index, pool):
    hostile.series(tmp_path)
    index(tmp_path)
    assert list(pool._places.queue) == [None, None]
    hostile.compressed(hostile.series(tmp_path), JLS, hostile.jpeg_ls)
    index(tmp_path)
    assert all(child.is_alive for child in pool._places.queue)


PARENT = """
import sys, threading, time
from medview.dicom import decode_pool
from test_decode_pool import GOOD, OBEDIENT, pixel
decode_pool.command = lambda: [sys.executable, "-c", OBEDIENT]
decode_pool.warm_up()
decode_pool.decode(GOOD, pixel())
children = [child._process.pid for child in decode_pool._pool._places.queue]
threading.Thread(target=decode_pool.decode, args=(b"hang", pixel()), daemon=True).start()
time.sleep(0.3)
print(*children, flush=True)
if sys.argv[1] == "wait":
    time.sleep(600)
"""


def is_running(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process}/stat") as file:  # noqa: PTH123
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("end", ["wait", "exit"])
def test_the_children_end_with_the_program(end):
    """Killed in the middle, or at its end: nothing is left, of a child that hangs neither."""
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(__file__)}  # noqa: PTH120
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, end], stdout=subprocess.PIPE, env=environment, text=True
    ) as program:
        children = [int(word) for word in program.stdout.readline().split()]
        if end == "wait":
            assert all(is_running(child) for child in children)
            program.send_signal(signal.SIGKILL)
        program.wait(20)
    assert len(children) == 2
    deadline = time.monotonic() + 10
    while any(is_running(child) for child in children):
        assert time.monotonic() < deadline, "a child outlived the program"
        time.sleep(0.05)


def test_the_child_imports_little():
    """It starts in a tenth of a second: no Qt, torch or pydicom, and no command line."""
    code = (
        "import sys, medview.dicom.decode_child\n"
        "heavy = {'PySide6', 'torch', 'pydicom', 'scipy', 'argparse', 'medview.cli'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("frozen", [False, True])
def test_how_a_child_is_started(frozen, monkeypatch):
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    words = ["-m", "medview"] * (not frozen)
    assert decode_pool.command() == [sys.executable, *words, "--decode-frames"]


def test_the_hidden_argument_comes_before_the_command_line(monkeypatch):
    """As a frozen program starts its child: the same program, one argument."""
    import medview.__main__ as program
    from medview.dicom import decode_child

    monkeypatch.setattr(sys, "argv", ["medview", "--decode-frames"])
    monkeypatch.setattr(decode_child, "main", lambda: 7)
    assert program.main() == 7
