"""The report's pages: texts as they are, a warning on each, pictures in their proportion."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QTextDocument

from medview.gui import report_page
from medview.gui.report_page import RESEARCH_USE, write_pdf
from medview.session.reporting import CaseReport, LabelRow

HOSTILE = "<b>x</b> & <img src='file:///etc/passwd'>"


def picture() -> QImage:
    image = QImage(QSize(300, 200), QImage.Format.Format_RGB32)
    image.fill(QColor(90, 90, 90))
    return image


def report(labels=3) -> CaseReport:
    rows = tuple(LabelRow(f"{HOSTILE} {n}", 3, 100, 1.5, n) for n in range(labels))
    return CaseReport(
        (("Images", "CT"),),
        rows,
        measures=(("Length 1", "4", HOSTILE),),
        notes=(HOSTILE,),
        key_slices=((0, "the slice shown"), (1, HOSTILE)),
    )


def test_texts_are_plain_and_stand_in_the_document(qapp):
    document = QTextDocument()
    report_page._compose(document, report(), [picture(), picture()], 1000.0)
    text = document.toPlainText()
    assert text.count(HOSTILE) == 6
    assert RESEARCH_USE in text
    assert "1.5 ml" in text


def test_every_page_says_what_it_is_not(qapp, tmp_path, monkeypatch):
    feet = []
    original = report_page._draw_foot
    monkeypatch.setattr(
        report_page,
        "_draw_foot",
        lambda painter, area, number, pages: (
            feet.append((number, pages)),
            original(painter, area, number, pages),
        ),
    )
    pages = write_pdf(report(labels=120), [picture(), picture()], tmp_path / "long.pdf")
    assert pages > 2
    assert feet == [(number + 1, pages) for number in range(pages)]
    assert (tmp_path / "long.pdf").read_bytes().startswith(b"%PDF-")


def test_a_case_without_anything_still_has_a_page(qapp, tmp_path):
    assert write_pdf(CaseReport(()), [], tmp_path / "empty.pdf") == 1
