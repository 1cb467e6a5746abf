"""Keys and drags from the settings: what a hand wrote there cannot break the window."""

from __future__ import annotations

from PySide6.QtCore import Qt

from medview.gui.actions import ACTIONS
from medview.gui.key_bindings import KeyBindings
from medview.gui.view_mouse import DEFAULT_DRAGS


def bindings(window, stored, drags=None) -> KeyBindings:
    settings = window.bench.session.settings
    settings.values.update(stored)
    return KeyBindings(window.actions_by, settings, dict(DEFAULT_DRAGS) if drags is None else drags)


def test_no_two_actions_have_the_same_key_from_the_start(window):
    made = bindings(window, {})
    for spec in ACTIONS:
        for key in spec.shortcuts:
            other = made.user_of(key, spec.id)
            digits = key.isdigit()  # window presets without a tool, labels with one
            assert other is None or digits, f"{key}: {spec.id} and {other.id}"


def test_nonsense_in_the_settings_is_passed_over(window):
    drags = dict(DEFAULT_DRAGS)
    stored = {
        "shortcuts": {"invert": "Ctrl+J", "no-such": ["A"], "fit": ["F9", 7], "mask": []},
        "mouse_drags": {"left": "fly", "tail": "pan", "right": ["pan"], "middle": "scroll"},
    }
    made = bindings(window, stored, drags)
    assert made.keys("invert") == ("I",)
    assert made.keys("fit") == ("F9", "7")
    assert made.keys("mask") == ()
    assert drags == {**DEFAULT_DRAGS, Qt.MouseButton.MiddleButton: "scroll"}


def test_a_key_given_away_comes_back_with_reset(window):
    made = bindings(window, {})
    made.set_keys("invert", ("R",))
    assert made.keys("fit") == ()
    assert made.is_own("fit")
    made.reset("fit")
    assert made.keys("fit") == ("R",)
    assert made.keys("invert") == ()
    made.reset("invert")
    assert not made.is_own("invert")
    assert window.bench.session.settings.values["shortcuts"] == {}


def test_own_keys_that_equal_the_table_are_not_kept(window):
    made = bindings(window, {})
    made.set_keys("invert", ("F9",))
    made.set_keys("invert", ("I",))
    assert not made.is_own("invert")
