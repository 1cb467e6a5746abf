"""Shipped data: icons, presets, styles, models. Read through medview.core.resources."""
