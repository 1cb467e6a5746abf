"""The options that say whose object an exported DICOM SEG or RTSTRUCT is."""

from __future__ import annotations

import argparse
from pathlib import Path

from medview.dicom.deidentify_key import Pseudonyms, key_from_file
from medview.formats.dicom_source import EMPTIED, KEPT, Identity


def add_identity_arguments(parser: argparse.ArgumentParser) -> None:
    """``--keep-identity`` and ``--key``; without either the patient's attributes are empty."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--keep-identity",
        action="store_true",
        help="copy patient and study into a SEG or RTSTRUCT, as an archive needs it"
        " (default: empty; only UIDs link it to its images)",
    )
    group.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="pseudonym and UIDs of this key: fits the copies of medview deidentify --key FILE",
    )


def identity_of(options: argparse.Namespace) -> Identity:
    """The choice; MedviewError "bad-key" for a file that is none."""
    if options.keep_identity:
        return KEPT
    if options.key is not None:
        return Identity(pseudonyms=Pseudonyms(key_from_file(options.key)))
    return EMPTIED
