"""Small volumes, label maps and DICOM series for the tests of the formats."""

from pathlib import Path

import numpy as np
import pydicom

from medview.core.geometry import Geometry
from medview.core.labelmap import LabelMap
from medview.core.labels import Code, Label, LabelTable
from medview.core.phantom import Phantom
from medview.core.volume import SourceSeries, Volume
from medview.dicom.phantom_series import write_series

TABLE = LabelTable.of(
    [
        Label(
            2,
            "left lung",
            (230, 159, 0),
            code=Code("39607008", "SCT", "Lung"),
            category=Code("123037004", "SCT", "Anatomical Structure"),
            modifier=Code("7771000", "SCT", "Left"),
        ),
        Label(1, "右肺 (ü)", (86, 180, 233)),
        Label(7, "empty", (1, 2, 3)),
        Label(300, "airway", (0, 158, 115), code=Code("44567001", "SCT", "Trachea")),
    ]
)

# columns: the steps (slice, row, column) in LPS mm
DIRECTIONS = {
    "axial": ((0, 0, 3.0), (0, 1.5, 0), (1.25, 0, 0)),
    "reversed": ((0, 0, -3.0), (0, 1.5, 0), (1.25, 0, 0)),
    "sagittal": ((3.0, 0, 0), (0, 0, -1.5), (0, 1.25, 0)),
    "coronal": ((0, -3.0, 0), (0, 0, -1.5), (1.25, 0, 0)),
    "oblique": (
        (0, -3.0 * np.sin(0.3), 3.0 * np.cos(0.3)),
        (0, 1.5 * np.cos(0.3), 1.5 * np.sin(0.3)),
        (1.25, 0, 0),
    ),
}


def a_geometry(kind="axial", shape=(6, 9, 11)):
    affine = np.eye(4)
    affine[:3, :3] = np.array(DIRECTIONS[kind]).T
    affine[:3, 3] = (-12.5, 40.25, -100.125)
    return Geometry(shape, affine)


def a_labelmap(geometry, ids=(1, 2, 300), seed=1):
    """Blobs of labels, the first and the last slice empty, an odd number of pixels labelled."""
    chance = np.random.default_rng(seed)
    voxels = np.zeros(geometry.shape, np.uint16 if max(ids) > 255 else np.uint8)
    inner = voxels[1:-1]
    inner[...] = chance.choice([0, 0, *ids], size=inner.shape)
    return LabelMap(geometry, TABLE, voxels)


def a_volume(geometry, seed=2):
    voxels = np.random.default_rng(seed).integers(-1000, 1500, geometry.shape).astype(np.int16)
    return Volume(voxels, geometry, modality="CT", units="HU", name="sample")


def a_dicom_volume(folder: Path, geometry, **header):
    """A CT series on disk, and the Volume a loader would make of it."""
    image = a_volume(geometry)
    phantom = Phantom(image.voxels, np.zeros(geometry.shape, np.uint8), geometry)
    files = write_series(phantom, folder, **header)
    headers = [pydicom.dcmread(file, stop_before_pixels=True) for file in files]
    source = SourceSeries(
        study_uid=headers[0].StudyInstanceUID,
        series_uid=headers[0].SeriesInstanceUID,
        frame_of_reference_uid=headers[0].FrameOfReferenceUID,
        sop_class_uid=headers[0].SOPClassUID,
        sop_instance_uids=tuple(str(one.SOPInstanceUID) for one in headers),
        files=tuple(files),
        frames=(1,) * len(files),
    )
    return Volume(image.voxels, geometry, modality="CT", units="HU", source=source)
