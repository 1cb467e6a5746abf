"""A few slices of one MR sequence teach a new label that is found in another sequence."""

import io
import json


def test_one_corrected_series_of_mr_finds_the_cord_in_another_contrast(
    medview, shared_data, monkeypatch
):
    """Small slices, as they are: before, they were learned in a large frame of padding and then
    looked for without it, and nothing was found."""
    monkeypatch.setattr("sys.stdin", io.StringIO())  # where a cancel would come from
    spine = shared_data / "labelled/spine_mr"
    for image, mask, patient, split in (
        ("t2s/t2s", "t2s/t2s_seg", "A", "train"),
        ("mt/mt1", "mt/mt1_seg", "B", "held-out"),
    ):
        words = (spine / f"{image}.nii.gz", spine / f"{mask}.nii.gz", "--labels", "1=spinal cord")
        medview("accept", *words, "--patient", patient, "--split", split)
    outcome = medview("retrain", "--new-task", "cord", "--steps", 100, "--seed", 0, "--json")
    done = json.loads(outcome.out.splitlines()[-1])
    (row,) = done["table"]
    assert row["label"] == "spinal cord"
    assert row["candidate"] > 0.7, "Dice on the held-out sequence"
