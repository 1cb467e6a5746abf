"""OverlayPanel: how masks and heat maps are shown, and which heat map to make."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from medview.ai.explain import METHODS
from medview.core.labels import LabelTable
from medview.gui.annotations import HEAT_WORDS
from medview.gui.slice_painter import OverlayStyle
from medview.gui.words import tr

REGIONS = (
    ("component", "This structure"),
    ("slice", "Whole slice"),
    ("drawn", "What carries the label now"),
)
LAYERS = (
    ("default", "Recommended"),
    ("bottleneck", "Deepest: context"),
    ("decoder 1", "Decoder: detail"),
    ("decoder 2", "Decoder: finer detail"),
)
DOUBT = "doubt"


@dataclass(frozen=True)
class HeatMapQuestion:
    """What to explain and how; ``everywhere``: on all slices."""

    label_id: int
    region: str
    layer: str
    method: str
    everywhere: bool


class OverlayPanel(QWidget):
    """Two groups: the mask, the heat map. ``style_edited`` carries the whole new style."""

    style_edited = Signal(object)  # OverlayStyle
    heatmap_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = OverlayStyle()
        self.mask_opacity = _opacity_slider(tr("Mask opacity"))
        self.fill = QCheckBox(tr("Fill"))
        self.outline = QCheckBox(tr("Outline"))
        self.label = QComboBox()
        self.label.setAccessibleName(tr("Label to explain"))
        self.label.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.region = _combo(tr("Region to explain"), REGIONS)
        self.method = QComboBox()
        self.method.setAccessibleName(tr("Method of the heat map"))
        self.method.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        for method in METHODS.values():
            self.method.addItem(method.title, method.name)  # names of papers
        self.method.addItem(tr("Doubt of the model"), DOUBT)
        self.method.currentIndexChanged.connect(self._enable_options)
        self.layer = _combo(tr("Layer of the network"), LAYERS)
        self.everywhere = QCheckBox(tr("On all slices"))
        self.everywhere.setToolTip(tr("In the background, from this slice outwards"))
        self.heat_opacity = _opacity_slider(tr("Heat map opacity"))
        self.heat_button = QPushButton(tr("Make Heat Map"))
        self.heat_button.clicked.connect(self.heatmap_wanted)
        self._lay_out()
        self.mask_opacity.valueChanged.connect(lambda n: self._edit(mask_opacity=n / 100))
        self.heat_opacity.valueChanged.connect(lambda n: self._edit(heatmap_opacity=n / 100))
        self.fill.toggled.connect(lambda on: self._edit(fill=on))
        self.outline.toggled.connect(lambda on: self._edit(outline=on))
        self.show_style(self._style)

    def _lay_out(self) -> None:
        modes = QHBoxLayout()
        modes.addWidget(self.fill)
        modes.addWidget(self.outline)
        modes.addStretch(1)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(tr("Mask"), modes)
        form.addRow(tr("Opacity"), self.mask_opacity)
        heading = QLabel(tr("Heat map"))
        heading.setObjectName("heading")
        form.addRow(heading)
        form.addRow(tr("Label"), self.label)
        form.addRow(tr("Region"), self.region)
        form.addRow(tr("Method"), self.method)
        form.addRow(tr("Layer"), self.layer)
        form.addRow("", self.everywhere)
        form.addRow(tr("Opacity"), self.heat_opacity)
        heat_words = tr(HEAT_WORDS)
        words = QLabel(heat_words[:1].upper() + heat_words[1:])
        words.setObjectName("quiet")
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self.heat_button)
        layout.addWidget(words)

    def show_style(self, style: OverlayStyle) -> None:
        """Show a style that was changed elsewhere (a key)."""
        self._style = style
        for slider, value in (
            (self.mask_opacity, style.mask_opacity),
            (self.heat_opacity, style.heatmap_opacity),
        ):
            with QSignalBlocker(slider):
                slider.setValue(round(value * 100))
        for box, on in ((self.fill, style.fill), (self.outline, style.outline)):
            with QSignalBlocker(box):
                box.setChecked(on)

    def show_table(self, table: LabelTable, active: int) -> None:
        """The labels that can be explained."""
        with QSignalBlocker(self.label):
            self.label.clear()
            for label in table:
                self.label.addItem(label.name, label.id)
            self.label.setCurrentIndex(self.label.findData(active))
        self.heat_button.setEnabled(len(table) > 0)

    @property
    def question(self) -> HeatMapQuestion | None:
        """What the button asks for; None without a label (the doubt needs none)."""
        label_id, method = self.label.currentData(), str(self.method.currentData())
        if label_id is None and method != DOUBT:
            return None
        return HeatMapQuestion(
            int(label_id or 0),
            str(self.region.currentData()),
            str(self.layer.currentData()),
            method,
            self.everywhere.isChecked() and method != DOUBT,
        )

    def choose_method(self, method: str, layer: str) -> None:
        """The method and layer that the active model's card measured as the best."""
        self.method.setCurrentIndex(max(0, self.method.findData(method)))
        self.layer.setCurrentIndex(max(0, self.layer.findData(layer)))

    def show_running(self, text: str) -> None:
        """The button's words while maps are made ("" when none are): it stops them then."""
        self.heat_button.setText(text or tr("Make Heat Map"))

    def _enable_options(self) -> None:
        chosen = METHODS.get(str(self.method.currentData()))
        self.layer.setEnabled(chosen is not None and chosen.has_layers)
        for widget in (self.label, self.region, self.everywhere):
            widget.setEnabled(chosen is not None)

    def choose(self, label_id: int) -> None:
        """Follow the active label."""
        with QSignalBlocker(self.label):
            self.label.setCurrentIndex(self.label.findData(label_id))

    def _edit(self, **changes: float | bool) -> None:
        self._style = replace(self._style, **changes)  # type: ignore[arg-type]
        self.style_edited.emit(self._style)


def _opacity_slider(name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setAccessibleName(name)
    slider.setRange(0, 100)
    return slider


def _combo(name: str, choices: tuple[tuple[str, str], ...]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for value, text in choices:
        combo.addItem(tr(text), value)
    return combo
