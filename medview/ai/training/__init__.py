"""Training: runs in a child process; the other room that imports torch."""

from medview.ai import network  # its first lines keep idle threads from spinning

__all__ = ["network"]
