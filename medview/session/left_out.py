"""What throw-away versions answered on the patients they had not seen: masks, for the pictures.

Kept beside the candidate whose recipe they stand for; a model package does not take them along.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medview.core.atomic import write_bytes
from medview.session.records import ReviewedSlice

FILE = "left_out.npz"
Answers = dict[str, NDArray[np.uint8]]  # by `slice_name`: classes, (rows, columns) as stored


def slice_name(one: ReviewedSlice) -> str:
    """A name of an accepted slice that says nothing of the patient."""
    return f"{one.record.case_key}/{one.record.slice_index}"


def write_answers(folder: Path, answers: Mapping[str, NDArray[np.uint8]]) -> None:
    """Write them into the candidate's folder, atomically."""
    file = io.BytesIO()
    planes: Any = answers  # numpy's own keywords are no slice's name
    np.savez_compressed(file, **planes)
    write_bytes(folder / FILE, file.getvalue())


def read_answers(folder: Path) -> Answers:
    """What `write_answers` wrote; {} where nothing is there or it cannot be read."""
    try:
        with np.load(folder / FILE, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile):
        return {}
