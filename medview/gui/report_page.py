"""ReportPage: a case's report as PDF pages; every text is inserted as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTableFormat,
)

from medview.core.atomic import atomic_path
from medview.core.errors import MedviewError
from medview.core.job import Job, Progress
from medview.gui.words import RESEARCH_USE, tr
from medview.session.reporting import CaseReport

TITLE = "Case report"
_DPI = 150
_MARGIN_MM = 16.0
_BODY, _SMALL, _HEADING, _HUGE = 9.5, 8.0, 12.0, 17.0  # points
_FOOT = 0.04  # of the page's height
_PICTURES_IN_ROW = 2


def report_pdf_job(report: CaseReport, images: Iterable[QImage], path: Path) -> Job:
    """Write the report; ``images`` may still be drawn while the job runs, one per key slice."""

    def work(progress: Progress) -> int:
        drawn = []
        for image in images:
            drawn.append(image)
            progress.report(0.8 * len(drawn) / (len(report.key_slices) + 1), "pictures")
        with atomic_path(path) as temporary:
            pages = write_pdf(report, drawn, temporary)
            progress.check()
        return pages

    return Job(tr("Report {name}").format(name=path.name), work)


def write_pdf(report: CaseReport, images: Sequence[QImage], path: Path) -> int:
    """Write the pages and return how many; MedviewError "write-failed" when it cannot be."""
    writer = QPdfWriter(str(path))
    writer.setResolution(_DPI)
    writer.setTitle(tr(TITLE))
    writer.setCreator("medview")
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    page = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4),
        QPageLayout.Orientation.Portrait,
        margins,
        QPageLayout.Unit.Millimeter,
    )
    writer.setPageLayout(page)
    area = QRectF(page.paintRectPixels(_DPI))
    text_height = area.height() * (1 - _FOOT)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    document.setPageSize(QSizeF(area.width(), text_height))
    _compose(document, report, images, area.width())
    painter = QPainter()
    if not painter.begin(writer):
        raise MedviewError(
            f"{path.name} could not be written.", hint="Choose another folder.", code="write-failed"
        )
    pages = document.pageCount()
    for number in range(pages):
        if number:
            writer.newPage()
        painter.save()
        painter.translate(0, -number * text_height)
        document.drawContents(painter, QRectF(0, number * text_height, area.width(), text_height))
        painter.restore()
        _draw_foot(painter, QRectF(0, text_height, area.width(), area.height() * _FOOT),
                   number + 1, pages)  # fmt: skip
    painter.end()
    return pages


def _draw_foot(painter: QPainter, area: QRectF, number: int, pages: int) -> None:
    font = QFont()
    font.setPointSizeF(_SMALL)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.darkGray)
    bottom = Qt.AlignmentFlag.AlignBottom
    painter.drawText(area, bottom | Qt.AlignmentFlag.AlignLeft, tr(RESEARCH_USE))
    painter.drawText(area, bottom | Qt.AlignmentFlag.AlignRight, f"{number} / {pages}")


def _compose(
    document: QTextDocument, report: CaseReport, images: Sequence[QImage], width: float
) -> None:
    cursor = QTextCursor(document)
    cursor.insertText(tr(TITLE), _letters(_HUGE, bold=True))
    cursor.insertBlock()
    cursor.insertText(tr(RESEARCH_USE), _letters(_BODY, bold=True))
    _table(cursor, [(tr(what), words) for what, words in report.heading])
    _insert_pictures(document, cursor, report, images, width)
    _insert_labels(cursor, report)
    if report.measures:
        _title(cursor, tr("Measures"))
        _table(cursor, ((tr("Measure"), tr("Slice"), tr("Reading")), *report.measures), head=True)
    _title(cursor, tr("Models"))
    _lines(cursor, report.models or (tr("No model was used."),))
    _title(cursor, tr("Accepted slices"))
    _lines(cursor, (report.accepted or tr("None."),))
    if report.notes:
        _title(cursor, tr("Notes on the images"))
        _lines(cursor, report.notes)


def _insert_labels(cursor: QTextCursor, report: CaseReport) -> None:
    _title(cursor, tr("Labels"))
    if not report.labels:
        _lines(cursor, (tr("No labels."),))
        return
    rows = [(tr("Label"), tr("Volume"), tr("Slices"), tr("Voxels"), tr("Most on slice"))]
    for row in report.labels:
        ml = "-" if row.ml is None else f"{row.ml:.1f} ml"
        numbers = (str(row.slices), str(row.voxels), str(row.key_slice + 1))
        rows.append((row.name, ml, *numbers))
    _table(cursor, rows, head=True)
    if report.not_measurable:
        _lines(cursor, (tr("No volumes in ml: {reason}.").format(reason=report.not_measurable),))


def _insert_pictures(
    document: QTextDocument,
    cursor: QTextCursor,
    report: CaseReport,
    images: Sequence[QImage],
    width: float,
) -> None:
    """Two in a row, what each shows under it."""
    _title(cursor, tr("Key pictures"))
    rows = -(-len(images) // _PICTURES_IN_ROW)
    if not rows:
        return
    table = cursor.insertTable(rows, _PICTURES_IN_ROW, _plain_table())
    for number, (image, (index, why)) in enumerate(zip(images, report.key_slices, strict=True)):
        name = f"picture-{number}"
        document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
        place = table.cellAt(*divmod(number, _PICTURES_IN_ROW)).firstCursorPosition()
        form = QTextImageFormat()
        form.setName(name)
        form.setWidth(width / _PICTURES_IN_ROW * 0.95 / _image_scale())
        form.setHeight(form.width() * image.height() / image.width())
        place.insertImage(form)
        place.insertBlock()
        words = tr("Slice {number}: {why}").format(number=index + 1, why=tr(why))
        place.insertText(words, _letters(_SMALL))
    cursor.movePosition(QTextCursor.MoveOperation.End)


def _image_scale() -> float:
    """By how much Qt enlarges pictures in a text for a device of this resolution."""
    screen = QGuiApplication.primaryScreen()
    return _DPI / round(screen.logicalDotsPerInchY())


def _title(cursor: QTextCursor, text: str) -> None:
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertBlock()
    cursor.insertBlock()
    cursor.insertText(text, _letters(_HEADING, bold=True))


def _lines(cursor: QTextCursor, lines: Iterable[str]) -> None:
    cursor.movePosition(QTextCursor.MoveOperation.End)
    for line in lines:
        cursor.insertBlock()
        cursor.insertText(line, _letters(_BODY))


def _table(cursor: QTextCursor, rows: Sequence[Sequence[str]], *, head: bool = False) -> None:
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertBlock()
    if not rows:
        return
    table = cursor.insertTable(len(rows), len(rows[0]), _plain_table())
    for line, row in enumerate(rows):
        for column, text in enumerate(row):
            bold = head and line == 0
            place = table.cellAt(line, column).firstCursorPosition()
            place.insertText(text, _letters(_BODY, bold=bold))
    cursor.movePosition(QTextCursor.MoveOperation.End)


def _plain_table() -> QTextTableFormat:
    form = QTextTableFormat()
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
    form.setCellPadding(3)
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    return form


def _letters(points: float, *, bold: bool = False) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setForeground(Qt.GlobalColor.black)  # paper has no theme
    form.setFontPointSize(points)
    form.setFontWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    return form
