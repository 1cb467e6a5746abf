"""Movie: pictures in a row written as an animated GIF, or as MP4 by the program ffmpeg."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError
from medview.core.job import Job, Progress

MovieKind = Literal["gif", "mp4"]
Frame = NDArray[np.uint8]  # (rows, columns, 3), all of one size

_END_SECONDS = 60.0  # for ffmpeg to finish after its last frame


def movie_job(frames: Iterable[Frame], count: int, path: Path, kind: MovieKind, rate: float) -> Job:
    """Write ``count`` frames at ``rate`` a second; they may come while the job runs.

    The job ends with MedviewError "no-ffmpeg", "write-failed" or "movie-failed".
    """
    write = {"gif": _write_gif, "mp4": _write_mp4}[kind]

    def work(progress: Progress) -> None:
        with atomic_path(path) as temporary:
            write(_counted(frames, count, progress), temporary, rate)
            progress.check()

    return Job(f"Film {path.name}", work)


def need(kind: MovieKind) -> str:
    """The program that a kind needs ("" for none); MedviewError "no-ffmpeg" without it."""
    program = shutil.which("ffmpeg") or ""
    if kind == "mp4" and not program:
        raise MedviewError(
            "MP4 films need the program ffmpeg, which is not on the PATH.",
            hint="Install ffmpeg, or save the film as GIF.",
            code="no-ffmpeg",
        )
    return program if kind == "mp4" else ""


def _counted(frames: Iterable[Frame], count: int, progress: Progress) -> Iterator[Frame]:
    for number, frame in enumerate(frames):
        progress.report(number / max(count, 1), f"frame {number + 1} of {count}")
        yield frame


def _write_gif(frames: Iterator[Frame], path: Path, rate: float) -> None:
    """Each frame with a palette of its own; GIF counts time in hundredths of a second."""
    from PIL import Image

    shown = max(round(100.0 / rate), 2) * 10  # players take less for a mistake
    pictures = (Image.fromarray(frame).quantize(256, dither=Image.Dither.NONE) for frame in frames)
    first = next(pictures)
    first.save(path, "GIF", save_all=True, append_images=pictures, duration=shown, loop=0)
    with Image.open(path) as written:
        if written.size != first.size:
            raise _failed(path, "it was not read back as written")


def _write_mp4(frames: Iterator[Frame], path: Path, rate: float) -> None:
    """H.264 in yuv420p, which every player knows; sides are cut to even numbers for it."""
    program = need(kind="mp4")
    first = next(frames)
    rows, columns = (size - size % 2 for size in first.shape[:2])
    command = [program, "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{columns}x{rows}", "-r", f"{rate:g}", "-i", "-", "-an"]
    command += ["-c:v", "libx264", "-pix_fmt", "yuv420p", str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        try:
            _feed(child.stdin, first, frames, rows, columns)
            _, said = child.communicate(timeout=_END_SECONDS)
        except BaseException:
            child.kill()
            raise
    if child.returncode or not path.is_file():
        words = said.decode(errors="replace").strip().splitlines()
        raise _failed(path, words[-1] if words else f"ffmpeg ended with {child.returncode}")


def _feed(pipe: IO[Any], first: Frame, rest: Iterator[Frame], rows: int, columns: int) -> None:
    """Send frames until there are none, or until ffmpeg does not want any more."""
    try:
        pipe.write(np.ascontiguousarray(first[:rows, :columns]).tobytes())
        for frame in rest:
            pipe.write(np.ascontiguousarray(frame[:rows, :columns]).tobytes())
    except BrokenPipeError:
        return  # its own words say why


def _failed(path: Path, why: str) -> MedviewError:
    return MedviewError(
        f"The film {path.name} could not be made: {why}.",
        hint="Save it as GIF, or another way.",
        code="movie-failed",
    )
