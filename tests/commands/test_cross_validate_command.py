"""`medview evaluate --cross-validate`: events on the way, figures and a report at the end."""

import json
import subprocess
import sys

from retrain_killed import BASE, TABLE, prepare
from small_models import phantom

from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.formats import nifti


def manifest_of(folder, table):
    rows = []
    for seed in (3, 4):
        made = phantom(seed)
        nifti.write_volume(
            Volume(made.voxels, made.geometry, "CT", "HU"), folder / f"{seed}.nii.gz"
        )
        labels = LabelMap(made.geometry, table, made.labels)
        nifti.write_labels(labels, folder / f"{seed}_labels.nii.gz")
        rows.append(
            {"image": f"{seed}.nii.gz", "labels": f"{seed}_labels.nii.gz", "patient": f"P{seed}"}
        )
    path = folder / "manifest.json"
    path.write_text(json.dumps({"labels": {"1": "one", "2": "two", "3": "three"}, "rows": rows}))
    return path


def test_the_rows_of_a_manifest_with_report_and_events(tmp_path):
    prepare(tmp_path / "workspace")
    path, html = manifest_of(tmp_path, TABLE), tmp_path / "report.html"
    words = [
        *(sys.executable, "-m", "medview", "evaluate", "--json", "--cross-validate", "2"),
        *("--manifest", str(path), "--base", BASE, "--steps", "1", "--device", "cpu"),
        *("--workspace", str(tmp_path / "workspace"), "--report", str(html)),
    ]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events] == ["progress", "progress", "done"]
    assert [event["part"] for event in events[:2]] == [1, 2]
    result = events[-1]
    assert set(result["cases"]) == {"3", "4"}
    assert {fold["fold"]: fold["cases"] for fold in result["folds"]}.keys() == {1, 2}
    assert set(result["mean"]) == {"one", "two", "three"}
    assert result["report"] == str(html)
    assert "By fold" in html.read_text()
