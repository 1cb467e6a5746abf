"""Where the shipped data files lie: inside an installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path


def resources_path() -> Path:
    """The folder with icons, presets, styles and models."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
