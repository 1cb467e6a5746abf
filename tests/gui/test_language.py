"""The language of the window: what is installed, and words with numbers in them."""

import pytest
from PySide6.QtCore import QLocale

from medview.gui import language
from medview.gui.words import counted, duration, said, tr


@pytest.fixture
def chinese(qapp):
    assert language.install(qapp, "zh_CN") == "zh_CN"
    yield
    assert language.install(qapp, "en") == "en"


def test_english_needs_no_file(qapp):
    assert language.install(qapp, "en") == "en"
    assert tr("Open Folder") == "Open Folder"


@pytest.mark.parametrize(
    ("desktop", "shown"), [("zh_CN", "zh_CN"), ("de_DE", "en"), ("C", "en"), ("en_US", "en")]
)
def test_the_desktop_chooses_where_nobody_did(qapp, monkeypatch, desktop, shown):
    monkeypatch.setattr(QLocale, "system", staticmethod(lambda: QLocale(desktop)))
    assert language.install(qapp) == shown
    assert language.install(qapp, "en") == "en"  # who chose English reads English


def test_words_with_numbers(chinese):
    slices = ("{count} slice", "{count} slices")
    assert [counted(number, *slices) for number in (1, 3)] == ["1 层", "3 层"]
    assert duration(130) == "2 分 10 秒"


def test_progress_of_lower_rooms_is_translated_with_its_numbers(chinese):
    assert said("Segmenting, 3 of 64 slices") == "正在分割：3 / 64 层"
    assert said("Loading the model") == "正在载入模型"
    assert said("Reading {0} chest 2.dcm") == "Reading {0} chest 2.dcm"
    assert said("") == ""


def test_english_again_after_chinese(chinese, qapp):
    assert tr("Open Folder") == "打开文件夹"
    language.install(qapp, "en")
    assert tr("Open Folder") == "Open Folder"
    assert said("Segmenting, 3 of 64 slices") == "Segmenting, 3 of 64 slices"
