"""Charts can be read."""

import pytest
from PySide6.QtCore import QPointF

from medview.gui.charts import draw_lines, new_chart

NAMES = ("right lung", "left lung", "airway")


@pytest.mark.parametrize("versions", [1, 2, 4, 9])
@pytest.mark.parametrize("from_zero", [False, True])
def test_the_legend_lies_on_no_line(qtbot, versions, from_zero):
    plot = new_chart("Dice", "Dice")
    qtbot.addWidget(plot)
    plot.resize(690, 270)
    plot.show()
    lines = {name: [(x, 0.99 - 0.01 * i) for x in range(versions)] for i, name in enumerate(NAMES)}
    draw_lines(plot, lines, [str(x) for x in range(versions)], from_zero=from_zero)
    qtbot.wait(50)
    legend = plot.plotItem.legend.sceneBoundingRect()
    assert legend.width() > 40
    inside = plot.plotItem.vb.sceneBoundingRect()
    for points in lines.values():
        for x, y in points:
            place = plot.plotItem.vb.mapViewToScene(QPointF(x, y))
            assert inside.contains(place)
            assert not legend.contains(place)


@pytest.mark.parametrize("cases", [1, 2, 3, 60])
def test_cases_are_counted_in_whole_numbers(qtbot, cases):
    plot = new_chart("Cases", "minutes")
    qtbot.addWidget(plot)
    plot.resize(520, 400)
    plot.show()
    draw_lines(plot, {"ct-lung": [(1 + x, 2.0) for x in range(cases)]}, from_zero=True)
    qtbot.wait(50)
    axis = plot.getAxis("bottom")
    shown = [x for _, places in axis.tickValues(*axis.range, axis.size().width()) for x in places]
    assert 1 <= len(shown) <= 20
    assert all(float(x).is_integer() for x in shown)
