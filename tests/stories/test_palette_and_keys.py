"""Ctrl+P finds every action; keys and mouse drags are mine to choose, and stay."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from reader import CTRL, LEFT, MIDDLE, RIGHT

from medview.gui.actions import ACTIONS
from medview.gui.dialogs.command_palette import CommandPalette, fit
from medview.gui.dialogs.shortcuts_dialog import HINT, WAITING, ShortcutsDialog


def palette(reader) -> CommandPalette:
    reader.press("Ctrl+P")
    found = reader.window.findChildren(CommandPalette)
    return found[-1]


def dialog(reader) -> ShortcutsDialog:
    reader.press("F1")
    return reader.window.findChildren(ShortcutsDialog)[-1]


def row(shown: ShortcutsDialog, action_id: str):
    return next(
        item for item in shown.rows() if item.data(0, Qt.ItemDataRole.UserRole) == action_id
    )


def type_into(
    shown: ShortcutsDialog, action_id: str, key, modifiers=Qt.KeyboardModifier.NoModifier
):
    """Enter on a row, then the keys."""
    shown.tree.setCurrentItem(row(shown, action_id))
    shown.tree.setFocus()
    QTest.keyClick(shown.tree, Qt.Key.Key_Return)
    assert row(shown, action_id).text(1) == WAITING
    QTest.keyClick(shown.tree, key, modifiers)


# ---- the palette


def test_a_few_letters_and_enter_do_anything(reader, chest_folder):
    reader.open(chest_folder)
    inverted = reader.color(5, 5)
    shown = palette(reader)
    QTest.keyClicks(shown.line, "inv gr")
    assert shown.list.currentItem().text(0) == "Invert Grey"
    assert shown.list.currentItem().text(2) == "I"
    QTest.keyClick(shown.line, Qt.Key.Key_Return)
    reader.until(lambda: reader.color(5, 5) != inverted, 5)


def test_arrows_choose_and_what_cannot_be_done_is_grey(reader, chest_folder):
    shown = palette(reader)
    QTest.keyClicks(shown.line, "copy picture")
    assert shown.list.topLevelItem(0).text(0) == "Copy Picture"
    assert shown.list.topLevelItem(0).isDisabled()  # nothing is open
    QTest.keyClick(shown.line, Qt.Key.Key_Return)
    assert shown.isVisible()
    shown.close()
    reader.open(chest_folder)
    shown = palette(reader)
    QTest.keyClicks(shown.line, "layout")
    first = shown.list.currentItem().text(0)
    QTest.keyClick(shown.line, Qt.Key.Key_Down)
    second = shown.list.currentItem().text(0)
    assert (first, second) == ("One View", "Three Planes")
    QTest.keyClick(shown.line, Qt.Key.Key_Return)
    reader.until(lambda: reader.window.viewer.grid.current == "planes", 5)


def test_every_action_is_in_the_palette(reader):
    shown = palette(reader)
    ids = {
        shown.list.topLevelItem(n).data(0, Qt.ItemDataRole.UserRole)
        for n in range(shown.list.topLevelItemCount())
    }
    assert ids == {spec.id for spec in ACTIONS} - {"palette"}
    shown.close()


def test_letters_in_order_fit_and_whole_words_fit_better():
    assert fit("xyz", "Fit to View") is None
    assert fit("ftv", "Fit to View") is not None
    assert fit("view", "Fit to View") > fit("iew", "Fit to View") > fit("fw", "Fit to View")


# ---- keys


def test_a_key_of_my_own_works_at_once_and_after_a_restart(reader, chest_folder, desk):
    reader.open(chest_folder)
    shown = dialog(reader)
    type_into(shown, "invert", Qt.Key.Key_K, CTRL)
    assert row(shown, "invert").text(1) == "Ctrl+K"
    shown.close()

    def works(someone, keys: str) -> bool:
        before = someone.color(5, 5)
        someone.press(keys)
        return someone.color(5, 5) != before

    assert works(reader, "Ctrl+K")
    assert not works(reader, "I")
    assert "Ctrl+K" in reader.window.actions_by.by_id["invert"].toolTip()
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    assert works(again, "Ctrl+K")
    assert not works(again, "I")
    shown = dialog(again)
    shown.tree.setCurrentItem(row(shown, "invert"))
    again.click("Reset This Action", shown)
    assert row(shown, "invert").text(1) == "I"
    shown.close()
    assert works(again, "I")


def test_a_key_that_is_taken_is_named_and_taken_by_pressing_it_again(reader, chest_folder):
    reader.open(chest_folder)
    shown = dialog(reader)
    type_into(shown, "invert", Qt.Key.Key_R)
    assert shown.hint.text().startswith("R is the key of Fit to View")
    assert reader.window.bindings.keys("fit") == ("R",)
    QTest.keyClick(shown.tree, Qt.Key.Key_R)
    assert row(shown, "invert").text(1) == "R"
    assert row(shown, "fit").text(1) == ""
    assert shown.hint.text() == HINT
    type_into(shown, "invert", Qt.Key.Key_Escape)
    assert row(shown, "invert").text(1) == "R"
    type_into(shown, "invert", Qt.Key.Key_Delete)
    assert row(shown, "invert").text(1) == ""
    reader.click("Reset All", shown)
    assert row(shown, "invert").text(1) == "I"
    assert row(shown, "fit").text(1) == "R"
    assert reader.session.settings.get("shortcuts", {"x": []}) == {}
    shown.close()


def test_search_finds_actions_keys_and_menus(reader):
    shown = dialog(reader)
    QTest.keyClicks(shown.search, "ctrl+z")
    assert [item.text(0) for item in shown.rows() if not item.isHidden()] == ["Undo"]
    shown.search.clear()
    QTest.keyClicks(shown.search, "zoom")
    mouse = shown.tree.topLevelItem(shown.tree.topLevelItemCount() - 1)
    assert mouse.text(0) == "Mouse"
    assert not mouse.isHidden()
    shown.close()


# ---- mouse


def test_mouse_drags_are_mine_to_choose(reader, chest_folder, desk):
    reader.open(chest_folder)
    shown = dialog(reader)
    for button, words in (("left", "Slices"), ("middle", "Zoom"), ("right", "Window")):
        combo = shown.drags[button]
        combo.setFocus()
        combo.setCurrentIndex(combo.findText(words))
        combo.activated.emit(combo.currentIndex())
    shown.close()

    def effects(someone) -> None:
        view = someone.view
        index, window, zoom = view.slice_index, view.window_level, view.transform.zoom
        someone.drag((200, 200), (200, 232), button=LEFT)
        assert abs(view.slice_index - index) == 4
        assert view.window_level == window
        someone.drag((200, 200), (200, 150), button=MIDDLE)
        assert view.transform.zoom > zoom * 1.3
        someone.drag((200, 200), (260, 200), button=RIGHT)
        assert view.window_level.width > window.width

    effects(reader)
    reader.press("F3")
    assert reader.window.bench.views.across(0).drags is reader.view.drags
    desk.leave()
    again = desk.start()
    again.open(chest_folder)
    effects(again)
