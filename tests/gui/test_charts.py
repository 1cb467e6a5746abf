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
