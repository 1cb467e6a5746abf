"""The report holds the figures that were measured, is one file, and trusts no name."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from small_models import TOOL, names_table, phantom, phantom_volume

from medview.core.box import Box
from medview.core.errors import MedviewError
from medview.core.geometry import Geometry
from medview.core.job import Progress
from medview.core.labelmap import LabelMap
from medview.core.volume import Volume
from medview.session import svg
from medview.session.evaluate_held_out import evaluate_held_out
from medview.session.evaluating import evaluation_of
from medview.session.evaluation_details import Details, distance_group
from medview.session.evaluation_report import report, write_report

ROW = {"dice": 0.91, "hd95_mm": 3.2, "surface_dice_2mm": 0.8, "precision": 0.9, "recall": 0.92,
       "volume_error_ml": -12.0}  # fmt: skip


def test_names_from_outside_are_text(tmp_path):
    bad = "<script>alert(1)</script>"
    result = evaluation_of({bad: {bad: dict(ROW)}}, [bad])
    details = Details()
    details.confusion = {(bad, "background"): 3}
    details.groups = {"kernel": {bad: [bad], "other": []}}
    write_report(tmp_path / "r.html", result, details, bad)
    text = (tmp_path / "r.html").read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert not re.search(r"(src|href)=|url\(", text), "nothing is loaded from anywhere"


def test_the_figures_are_there():
    text = report(evaluation_of({"case": {"lung": dict(ROW)}}), Details(), "ct-lung@1.0.0")
    assert "Evaluation of ct-lung@1.0.0" in text
    assert "<td>0.910</td>" in text
    assert "<td>-12.0</td>" in text


def test_groups_are_compared_where_there_are_several():
    cases = {f"case {n}": {"lung": {**ROW, "dice": d}} for n, d in enumerate((0.9, 0.8, 0.5))}
    details = Details()
    table = names_table("lung")
    for case, mm, kernel in (
        ("case 0", 1.0, "B30"),
        ("case 1", 1.2, "B30"),
        ("case 2", 5.0, "B70"),
    ):
        geometry = Geometry.axial((2, 4, 4), (mm, 1.0, 1.0))
        labels = LabelMap(geometry, table, np.ones((2, 4, 4), np.uint8))
        image = Volume(np.zeros((2, 4, 4), np.int16), geometry, facts={"kernel": kernel})
        details.add_case(case, labels, labels, image)
    text = report(evaluation_of(cases), details, None)
    assert "By slice distance" in text
    assert "<td class=word>up to 1.5 mm</td><td>2</td><td>0.850</td>" in text
    assert "<td class=word>B70</td><td>1</td><td>0.500</td>" in text
    assert distance_group(3.0) == "up to 3 mm"


def test_confusion_counts_every_voxel_of_a_label():
    geometry = Geometry.axial((1, 2, 2))
    table = names_table("right", "left")
    truth = LabelMap(geometry, table, np.array([[[1, 1], [2, 0]]], np.uint8))
    guess = LabelMap(geometry, table, np.array([[[1, 2], [2, 1]]], np.uint8))
    details = Details()
    details.add_case("a", truth, guess, None)
    assert details.confusion == {
        ("right", "right"): 1,
        ("right", "left"): 1,
        ("left", "left"): 1,
        ("background", "right"): 1,
    }
    assert "<td>50.00%</td>" in report(evaluation_of({"a": {"right": dict(ROW)}}), details, None)


def test_charts_are_well_formed_and_inside_their_frame():
    chart = svg.curves("ROC <1>", {"a & b": [(0, 0), (0.2, 0.9), (1, 1)]}, "x", "y", diagonal=True)
    root = ElementTree.fromstring(chart)
    (line,) = root.iter("{http://www.w3.org/2000/svg}polyline")
    points = [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]
    assert points[0][1] > points[-1][1]
    assert all(0 <= x <= 380 and 0 <= y <= 300 for x, y in points)
    assert ElementTree.fromstring(svg.dots("Dice", {"lung": [0.9, 0.5]}, "Dice")) is not None


def test_a_model_on_the_held_out_cases(desk):
    session = desk.open()
    with pytest.raises(MedviewError) as trouble:
        evaluate_held_out(
            session.workspace, session.registry.active_folder().folder, "cpu", Progress()
        )
    assert trouble.value.code == "nothing-held-out"
    for seed in (0, 1):
        session.open_volume(phantom_volume(seed, patient=f"P{seed}"))
        session.editor.begin("truth", TOOL, 0)
        session.editor.write(Box.whole((12, 64, 64)), phantom(seed).labels)
        session.editor.commit()
        session.accept_slices([5, 7])
    session.flush()
    folder = session.registry.active_folder().folder
    result, details, model = evaluate_held_out(session.workspace, folder, "cpu", Progress())
    assert model == "ct-lung@1.0.0"
    assert len(result.cases) == 1
    assert set(details.probability) == {"right lung", "left lung", "airway"}
    drawn = phantom(1).labels
    for value, name in ((1, "right lung"), (2, "left lung")):
        counted = sum(n for (truth, _), n in details.confusion.items() if truth == name)
        assert counted == int((drawn[[5, 7]] == value).sum())
    text = report(result, details, model)
    assert text.count("<svg") == 4
    assert "area under ROC" in text
