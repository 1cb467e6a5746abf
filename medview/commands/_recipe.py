"""Options of a training that several commands share."""

from __future__ import annotations

import argparse


def share(text: str) -> float:
    """A number above 0, at most 1; ValueError for anything else."""
    number = float(text)
    if not 0.0 < number <= 1.0:
        raise ValueError(text)
    return number


def add_generated_share(parser: argparse._ActionsContainer) -> None:
    """The experiment of generated slices, off by default; only experts find it."""
    parser.add_argument(
        "--generated-share",
        type=share,
        default=0.0,
        metavar="0..1",
        help="slices painted anew by a network that learns from the labelled ones first "
        "(an experiment: docs/decisions/retraining.md)",
    )
