"""Annotations: everything written over a slice: letters, corners, scale bar, colour bar, badges."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPen

from medview.core.color_maps import color_map
from medview.core.display import Window
from medview.core.geometry import Geometry
from medview.core.planes import Planes
from medview.core.volume import Volume
from medview.gui.edged_text import INK, draw_text
from medview.gui.slice_painter import HEAT
from medview.gui.view_transform import ViewTransform
from medview.gui.words import tr

HEAT_WORDS = "shows what the model used, not the disease"
DOUBT_WORDS = "shows where the model is unsure, not where it is wrong"
DOUBT = "Doubt"  # what a map of the model's doubt calls itself
NOT_RELIABLE = "heat map not reliable"
NOT_CALIBRATED = "doubt not calibrated"

_LETTER = QColor(244, 200, 96)
_WARNING = QColor(255, 176, 84)
_CENTRED_AND_WRAPPED = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
_EDGE = 12  # pixels between text and the view's border
_BAR_LENGTHS_MM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
_LONGEST_BAR = 180.0  # screen pixels
_ROOM_FOR_CORNERS = 400  # under it the corners' texts run into each other
_ROOM_FOR_WINDOW = 320
_ROOM_FOR_BAR = 520  # width of a view in which the bar does not run into the corners' texts


@dataclass(frozen=True)
class ColorBar:
    """A colour map and the values at its ends, in words."""

    colors: str
    low: str
    high: str


@dataclass(frozen=True)
class Annotations:
    """The texts of one view; corners are lines from top to bottom."""

    letters: tuple[str, str, str, str] = ("", "", "", "")  # left, right, top, bottom
    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()
    notice: str = ""  # in the middle of the image: "reading this slice"
    heat_title: str = ""  # label of the heat map shown, or "" for none
    heat_reliable: bool = True
    color_bar: ColorBar | None = None  # what the colours of the picture mean


def corner_texts(volume: Volume, *, names: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Top left (patient and study) and top right (series) of a volume.

    Without ``names`` nothing is said that tells who the patient is: name, number and dates, and
    the free words of people, which often repeat them.
    """
    source = volume.source
    if not names:
        return (), tuple(t for t in (volume.modality, volume.lossy) if t)
    if source is None:
        name = volume.name or (volume.path.name if volume.path else "")
        return (name,) if name else (), tuple(t for t in (volume.modality, volume.lossy) if t)
    facts = volume.facts
    name = source.patient_name.replace("^", " ").strip()
    born = " ".join(part for part in (_date(facts.get("birth date", "")), facts.get("sex")) if part)
    left = (
        name,
        born,
        source.patient_id if source.patient_id != name else "",
        source.study_description,
        f"{_date(source.study_date)}  {_time(facts.get('acquisition time', ''))}".strip(),
        facts.get("institution", ""),
        facts.get("accession", ""),
    )
    number = ""
    if source.series_number is not None:
        number = tr("series {number}").format(number=source.series_number)
    right = (
        source.series_description or volume.name,
        "  ".join(part for part in (volume.modality, number, facts.get("laterality", "")) if part),
        facts.get("contrast", ""),
        _thickness(facts.get("thickness", "")),
        volume.lossy,
    )
    return tuple(t for t in left if t), tuple(t for t in right if t)


def _date(text: str) -> str:
    """DICOM's YYYYMMDD as YYYY-MM-DD; anything else as it is."""
    if len(text) == 8 and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text


def _time(text: str) -> str:
    """DICOM's HHMMSS as HH:MM; anything else is left out."""
    return f"{text[:2]}:{text[2:4]}" if len(text) >= 4 and text[:4].isdigit() else ""


def _thickness(text: str) -> str:
    """The stated thickness of a slice; not the distance between slices, which is measured."""
    try:
        return tr("{thickness:g} mm thick").format(thickness=float(text))
    except ValueError:
        return ""


def slice_texts(planes: Planes, index: int, *, even: bool = True) -> tuple[str, ...]:
    """Bottom right: slice number of how many, location along the normal, thickness.

    Where the slices are not ``even`` nothing is said of what lies across them.
    """
    geometry = planes.geometry
    lines = [tr("slice {number} / {count}").format(number=index + 1, count=geometry.shape[0])]
    if geometry.calibrated and even:
        slice_spacing, row_spacing, column_spacing = geometry.spacing_mm
        lines.insert(0, f"{row_spacing:.2f} × {column_spacing:.2f} × {slice_spacing:.2f} mm")
        lines.append(f"{round(slice_location(geometry, index), 1) + 0.0:.1f} mm")  # no "-0.0"
    elif geometry.in_plane_mm is not None and planes.axis == 0:
        row_spacing, column_spacing = geometry.in_plane_mm
        flat = tr("{rows:.2f} × {columns:.2f} mm in the plane")
        lines.insert(0, flat.format(rows=row_spacing, columns=column_spacing))
    else:
        lines.insert(0, tr("no scale: distances unknown"))
    return tuple(lines)


def slice_location(geometry: Geometry, index: int) -> float:
    """LPS coordinate in mm of a slice's middle along the patient axis nearest to its normal."""
    _, rows, columns = geometry.shape
    position = geometry.to_patient((index, (rows - 1) / 2.0, (columns - 1) / 2.0))
    axis = {"axial": 2, "coronal": 1, "sagittal": 0}.get(geometry.orientation)
    if axis is not None:
        return float(position[axis])
    return float(position @ geometry.directions[:, 0])


def window_text(window: Window, units: str) -> str:
    """Bottom left: window width and level."""
    name = tr(window.name) or ("LUT" if window.table is not None else "")
    name = f"{name}  " if name else ""
    digits = 0 if window.width >= 10 else 3
    numbers = f"W {window.width:.{digits}f}  L {window.center:.{digits}f} {units}"
    return f"{name}{numbers}".rstrip()


def position_text(
    geometry: Geometry, index: int, row: float, column: float, *, even: bool = True
) -> str:
    """Where a voxel lies in the patient, e.g. ``R 12.3  P 40.1  H -233.0 mm`` (LPS)."""
    if not (geometry.calibrated and even):
        return tr("row {row:.0f}  column {column:.0f}").format(row=row, column=column)
    x, y, z = (float(v) for v in geometry.to_patient((index, row, column)))
    across = f"{'R' if x < 0 else 'L'} {abs(x):.1f}"
    depth = f"{'A' if y < 0 else 'P'} {abs(y):.1f}"
    return f"{across}  {depth}  H {z:.1f} mm"


def draw_annotations(painter: QPainter, size: QSizeF, annotations: Annotations) -> None:
    """Draw letters, corners, notice and the heat map's legend.

    A small view has room for two corners only: the series is named in the large one.
    """
    line = painter.fontMetrics().height()
    if size.width() >= _ROOM_FOR_CORNERS:
        _draw_block(painter, size, annotations.top_left, right=False, bottom=False)
        _draw_block(painter, size, annotations.top_right, right=True, bottom=False)
        _draw_block(painter, size, annotations.bottom_left, right=False, bottom=True)
    elif size.width() >= _ROOM_FOR_WINDOW:
        _draw_block(painter, size, annotations.bottom_left[:1], right=False, bottom=False)
    _draw_block(painter, size, annotations.bottom_right, right=True, bottom=True)
    _draw_letters(painter, size, annotations.letters)
    if annotations.notice:
        middle = QRectF(0, size.height() / 2 - line, size.width(), 2 * line)
        draw_text(painter, middle, annotations.notice, Qt.AlignmentFlag.AlignCenter)
    if annotations.heat_title:
        _draw_heat_legend(painter, size, annotations)
    elif annotations.color_bar is not None and size.width() >= _ROOM_FOR_CORNERS:
        _draw_color_bar(painter, size, annotations.color_bar)


def draw_mark(painter: QPainter, transform: ViewTransform, text: str) -> None:
    """Hatch the whole slice and say why: its pixels must not be taken for the patient."""
    image = transform.matrix().mapRect(QRectF(0, 0, transform.columns, transform.rows))
    painter.fillRect(image, QBrush(_WARNING, Qt.BrushStyle.BDiagPattern))
    line = painter.fontMetrics().height()
    middle = QRectF(0, transform.view.height() / 2 - 1.5 * line, transform.view.width(), 3 * line)
    painter.fillRect(middle, QColor(0, 0, 0, 170))
    draw_text(painter, middle, text, _CENTRED_AND_WRAPPED, _WARNING)


def _draw_block(
    painter: QPainter, size: QSizeF, lines: tuple[str, ...], *, right: bool, bottom: bool
) -> None:
    height = painter.fontMetrics().height()
    top = size.height() - _EDGE - height * len(lines) if bottom else _EDGE
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    for number, text in enumerate(lines):
        rect = QRectF(_EDGE, top + number * height, size.width() - 2 * _EDGE, height)
        draw_text(painter, rect, text, side | Qt.AlignmentFlag.AlignVCenter)


def _draw_letters(painter: QPainter, size: QSizeF, letters: tuple[str, str, str, str]) -> None:
    painter.save()
    font = QFont(painter.font())
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * 1.35)
    painter.setFont(font)
    whole = QRectF(_EDGE, _EDGE, size.width() - 2 * _EDGE, size.height() - 2 * _EDGE)
    sides = (
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
        Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter,
        Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter,
    )
    for letter, side in zip(letters, sides, strict=True):
        if letter:
            draw_text(painter, whole, letter, side, _LETTER)
    painter.restore()


def bar_length_mm(zoom: float, longest_pixels: float = _LONGEST_BAR) -> float:
    """The longest round length whose bar fits, at ``zoom`` screen pixels per mm."""
    fitting = [length for length in _BAR_LENGTHS_MM if length * zoom <= longest_pixels]
    return float(fitting[-1]) if fitting else float(_BAR_LENGTHS_MM[0])


def draw_scale_bar(painter: QPainter, transform: ViewTransform) -> None:
    """A bar of a round length in mm, bottom middle. Only for calibrated images."""
    if transform.view.width() < _ROOM_FOR_BAR:
        return
    length = bar_length_mm(transform.zoom)
    width = length * transform.zoom
    left = (transform.view.width() - width) / 2.0
    line = painter.fontMetrics().height()
    bottom = transform.view.height() - _EDGE - 1.6 * line - 4
    ends = ((left, bottom), (left + width, bottom))
    for color, thickness in ((QColor(0, 0, 0, 200), 4.0), (INK, 1.6)):
        painter.setPen(QPen(color, thickness))
        painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))
        for x, y in ends:
            painter.drawLine(QPointF(x, y - 5), QPointF(x, y + 5))
    text = f"{length / 10:g} cm" if length >= 10 else f"{length:g} mm"
    rect = QRectF(left - 100, bottom - line - 5, width + 200, line)
    draw_text(painter, rect, text, Qt.AlignmentFlag.AlignCenter)


def _draw_color_bar(painter: QPainter, size: QSizeF, legend: ColorBar) -> None:
    """At the right border, from the low end at the bottom to the high one at the top."""
    line = painter.fontMetrics().height()
    height = min(220.0, size.height() * 0.4)
    bar = QRectF(size.width() - 62, (size.height() - height) / 2.0, 14, height)
    colors = color_map(legend.colors)[::-1].copy()
    image = QImage(colors.data, 1, 256, 3, QImage.Format.Format_RGB888)
    painter.drawImage(bar, image)
    painter.setPen(QColor(0, 0, 0))
    painter.drawRect(bar)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for text, y in ((legend.high, bar.top() - line), (legend.low, bar.bottom())):
        draw_text(painter, QRectF(bar.right() - 120, y, 120, line), text, right)


def _draw_heat_legend(painter: QPainter, size: QSizeF, annotations: Annotations) -> None:
    _draw_color_bar(painter, size, ColorBar(HEAT, tr("none"), tr("most")))
    line = painter.fontMetrics().height()
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    is_doubt = annotations.heat_title == DOUBT
    title = tr("heat map: {label}").format(label=annotations.heat_title)
    lines = [(tr("doubt of the model") if is_doubt else title, INK)]
    lines.append((tr(DOUBT_WORDS if is_doubt else HEAT_WORDS), INK))
    if not annotations.heat_reliable:
        words = NOT_CALIBRATED if is_doubt else NOT_RELIABLE
        lines.append((f"⚠ {tr(words)}", _WARNING))
    top = _EDGE + (len(annotations.top_right) + 0.6) * line  # the corner shows least anatomy
    for number, (text, color) in enumerate(lines):
        rect = QRectF(0, top + number * line, size.width() - _EDGE, line)
        draw_text(painter, rect, text, right, color)
