"""Small records for the tests of the workspace."""

import numpy as np

from medview.store.records import CaseRecord, EditRecord, ReviewRecord, affine_rows, pack_array


def a_case(key="series#0", opened_at=1.0, **changes):
    fields = {
        "key": key,
        "patient_id_hash": "ab12",
        "title": "Thorax 1 mm",
        "paths": ("C:\\scans\\ü 1", "/scans/b"),
        "shape": (4, 5, 6),
        "affine": affine_rows(np.eye(4)),
        "label_table_json": "[]",
        "opened_at": opened_at,
    }
    return CaseRecord(**{**fields, **changes})


def an_edit(sequence, case_key="series#0", value=1, **changes):
    box = np.full((1, 2, 3), value, np.uint8)
    fields = {
        "case_key": case_key,
        "sequence": sequence,
        "name": f"stroke {sequence}",
        "origin_json": '{"kind": "tool"}',
        "time": 12.5,
        "low": (1, 0, 0),
        "high": (2, 2, 3),
        "before": pack_array(np.zeros_like(box)),
        "after": pack_array(box),
        "slice_index": 1,
    }
    return EditRecord(**{**fields, **changes})


def a_review(slice_index, case_key="series#0", patient="p1", split="train", **changes):
    image = np.arange(3 * 4 * 5, dtype=np.int16).reshape(3, 4, 5)
    labels = np.zeros((4, 5), np.uint8)
    fields = {
        "case_key": case_key,
        "patient": patient,
        "slice_index": slice_index,
        "split": split,
        "reviewer": "reader",
        "time": 3.0,
        "affine_json": "[]",
        "volume_shape": (9, 4, 5),
        "image": pack_array(image),
        "image_dtype": "int16",
        "labels": pack_array(labels),
        "labels_dtype": "uint8",
        "label_table_json": "[]",
        "modality": "CT",
        "origin_json": "{}",
    }
    return ReviewRecord(**{**fields, **changes})
