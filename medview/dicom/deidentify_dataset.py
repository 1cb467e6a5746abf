"""De-identifies one data set by the rules of PS3.15 table E.1-1.

medview does not know which Type an attribute has in each object, so a combined action is taken
in the way that every object stays valid: a value where the table allows a dummy (D), an empty value
where it allows Z, otherwise the attribute is removed. A sequence is removed where the table allows
X, but emptied where a Type 2 needs it. A sequence of action D keeps its structure, so that reports
stay valid and linked, and loses all text but the codes of public vocabularies.
What the table does not name stays, as the profile says, text included, with these exceptions, all
on the safe side: private attributes, attributes unknown to the dictionary, encrypted or signed ones
and the issuers of removed numbers are removed; names of people (PN), AE titles, dates and times get
a dummy value; UIDs outside of DICOM's own root are mapped; and a text that contains the patient's
own name, ID or accession number as a word is replaced by REMOVED: what is known to identify has to
go wherever it stands (PS3.15 E.1.1).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from pydicom.datadict import dictionary_has_tag, dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from medview import __version__
from medview.dicom.deidentify_key import Pseudonyms
from medview.dicom.deidentify_table import EDITION, action_for

Dates = Literal["empty", "shift"]

METHOD = f"medview {__version__}, PS3.15 Basic Profile {EDITION}"
_BASIC_PROFILE = ("113100", "Basic Application Confidentiality Profile")
_MODIFIED_DATES = (
    "113107",
    "Retain Longitudinal Temporal Information Modified Dates Option",
)

_DUMMY_TEXT = "REMOVED"
_DUMMIES: dict[str, Any] = {
    "AS": "000Y", "DA": "19000101", "DT": "19000101000000", "TM": "000000", "DS": "0", "IS": "0",
    "AT": 0, "FL": 0.0, "FD": 0.0, "SL": 0, "SS": 0, "SV": 0, "UL": 0, "US": 0, "UV": 0,
    "OB": b"\0\0", "OW": b"\0\0", "UN": b"\0\0", "OF": bytes(4), "OL": bytes(4), "OD": bytes(8),
    "OV": bytes(8),
}  # fmt: skip
_TEXTS = ("AE", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")
_DATES = ("DA", "DT", "TM")
_ALWAYS_DUMMY = ("AE", "PN", *_DATES)

_DICOM_ROOT = "1.2.840.10008."
_WELL_KNOWN = ("1.2.840.10008.1.4.", "1.2.840.10008.1.5.")  # frames of reference, palettes


def _tags(*keywords: str) -> frozenset[int]:
    return frozenset(int(tag_for_keyword(keyword) or 0) for keyword in keywords)


_PATIENT = _tags("PatientName", "PatientID")
_NEVER_SHIFTED = _tags("PatientBirthDate", "PatientBirthTime", "GPSDateStamp", "GPSTimeStamp")
_ALSO_REMOVED = _tags(  # of no use without what the table removes, and all Type 3
    "EncryptedAttributesSequence",
    "MACParametersSequence",
    "IssuerOfPatientIDQualifiersSequence",
    "IssuerOfAccessionNumberSequence",
    "OrderPlacerIdentifierSequence",
    "OrderFillerIdentifierSequence",
)
_VOCABULARY_UIDS = _tags("CodingSchemeUID", "ContextUID", "MappingResourceUID")
_ROI_NAME = tag_for_keyword("ROIName")
_PROCEDURE_STEP = tag_for_keyword("ReferencedPerformedProcedureStepSequence")
_ACQUISITION_CONTEXT = tag_for_keyword("AcquisitionContextSequence")
_IDENTIFIERS = (
    "PatientName",
    "PatientID",
    "OtherPatientIDs",
    "OtherPatientNames",
    "PatientBirthName",
    "AccessionNumber",
)
_MIN_IDENTIFIER = 4  # bytes; shorter ones are in too many words
_CODE_TEXTS = _tags("CodeValue", "CodingSchemeDesignator", "CodingSchemeVersion", "CodeMeaning")
_VOCABULARIES = ("DCM", "SCT", "SRT", "SNM3", "LN", "UCUM", "FMA", "RADLEX", "NCIt", "MDC", "UMLS")


def deidentify(dataset: Dataset, pseudonyms: Pseudonyms, dates: Dates = "empty") -> Counter[str]:
    """De-identify in place; the file meta information and preamble are the writer's business.

    Returns how often which attribute, though not in the table, held the patient's identifiers and
    was replaced. Raises whatever pydicom raises for a damaged data set, which is then unusable.
    """
    identity = _identity(dataset)
    work = _Work(pseudonyms, dates, pseudonyms.days(identity), _words(dataset))
    work.clean(dataset)
    name = pseudonyms.patient(identity)
    dataset.PatientName = dataset.PatientID = name
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = METHOD
    codes = [_BASIC_PROFILE, _MODIFIED_DATES] if dates == "shift" else [_BASIC_PROFILE]
    dataset.DeidentificationMethodCodeSequence = Sequence([_code(*code) for code in codes])
    dataset.LongitudinalTemporalInformationModified = "MODIFIED" if dates == "shift" else "REMOVED"
    return work.scrubbed


def _identity(dataset: Dataset) -> str:
    """What tells patients apart: the ID, else the name, else the study."""
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID"):
        if value := str(dataset.get(keyword) or "").strip():
            return value
    return ""


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


@dataclass
class _Work:
    pseudonyms: Pseudonyms
    dates: Dates
    days: int
    words: re.Pattern[bytes] | None
    scrubbed: Counter[str] = field(default_factory=Counter)

    def clean(self, dataset: Dataset, within_dummy: bool = False) -> None:
        """``within_dummy``: inside a sequence of action D, where all free text goes too."""
        known_code = _is_known_code(dataset)
        for tag in list(dataset.keys()):
            vr = _vr(dataset, tag)
            action = action_for(tag)
            if vr is None or _is_dropped(tag, action, vr, self.dates):
                del dataset[tag]
            elif vr == "SQ":
                self._sequence(dataset, tag, action, within_dummy)
            elif not _is_empty(dataset, tag):
                keep_code = known_code and tag in _CODE_TEXTS
                self._value(dataset, tag, vr, action, within_dummy and not keep_code)

    def _sequence(self, dataset: Dataset, tag: int, action: str | None, within_dummy: bool) -> None:
        if action == "Z" or _is_type_2(dataset, tag):
            dataset[tag] = DataElement(tag, "SQ", Sequence())
        elif action in (None, "U", "D", "Z/D", "X/Z/U*"):
            for item in dataset[tag].value or ():
                self.clean(item, within_dummy or action in ("D", "Z/D"))
        else:
            del dataset[tag]

    def _value(
        self, dataset: Dataset, tag: int, vr: str, action: str | None, within_dummy: bool
    ) -> None:
        if tag in _PATIENT and action is not None:
            dataset[tag] = DataElement(tag, vr, self.pseudonyms.patient(_identity(dataset)))
        elif vr == "UI":
            self._uids(dataset, tag, action)
        elif vr in _DATES and (shifted := self._shifted(dataset, tag, vr)):
            dataset[tag] = DataElement(tag, vr, shifted)
        elif tag == _ROI_NAME:
            dataset[tag] = DataElement(tag, vr, f"ROI {dataset.get('ROINumber', '')}".strip())
        elif action in ("Z", "X/Z"):
            dataset[tag] = DataElement(tag, vr, None)
        elif action == "X":
            del dataset[tag]
        elif action is not None or vr in _ALWAYS_DUMMY or (within_dummy and vr in _TEXTS):
            dataset[tag] = DataElement(tag, vr, _DUMMIES.get(vr, _DUMMY_TEXT))
        elif vr in _TEXTS and self.words and self.words.search(_bytes(dataset, tag).lower()):
            dataset[tag] = DataElement(tag, vr, _DUMMY_TEXT)
            self.scrubbed[keyword_for_tag(tag)] += 1

    def _uids(self, dataset: Dataset, tag: int, action: str | None) -> None:
        kept = _WELL_KNOWN if action is not None else _DICOM_ROOT
        if action is None and tag in _VOCABULARY_UIDS:
            return
        old = _bytes(dataset, tag).decode("ascii", "replace").split("\\")
        uids = [uid.strip(" \0") for uid in old]
        new = [uid if not uid or uid.startswith(kept) else self.pseudonyms.uid(uid) for uid in uids]
        if new != uids:
            dataset[tag] = DataElement(tag, "UI", new if len(new) > 1 else new[0])

    def _shifted(self, dataset: Dataset, tag: int, vr: str) -> str:
        """The dates moved by the patient's days, times as they are; "" when they cannot stay."""
        if self.dates == "empty" or tag in _NEVER_SHIFTED:
            return ""
        text = _bytes(dataset, tag).decode("ascii", "replace").strip(" \0")
        if vr == "TM":
            return text if re.fullmatch(r"[0-9.:\\ ]+", text) else ""
        values = [_shift(value.strip(), self.days) for value in text.split("\\")]
        return "\\".join(values) if all(values) else ""


def _shift(value: str, days: int) -> str:
    match = re.fullmatch(r"(\d{4})\.?(\d\d)\.?(\d\d)([0-9.]*(?:[+-]\d{4})?)", value)
    if match is None:
        return ""
    try:
        day = datetime.strptime("".join(match.groups()[:3]), "%Y%m%d") - timedelta(days=days)
    except (ValueError, OverflowError):
        return ""
    return f"{day.year:04d}{day:%m%d}{match[4]}"


def _is_dropped(tag: int, action: str | None, vr: str, dates: Dates) -> bool:
    group, element = tag >> 16, tag & 0xFFFF
    if group % 2 or group < 8 or element == 0 or tag in _ALSO_REMOVED:
        return True
    may_shift = dates == "shift" and vr in _DATES and group >> 8 not in (0x50, 0x60)
    return action == "X" and not may_shift


def _is_type_2(dataset: Dataset, tag: int) -> bool:
    """A sequence that the table would let go, and that its object needs, though empty."""
    if tag == _PROCEDURE_STEP:
        return str(dataset.get("Modality", "")) in ("SR", "KO")
    return tag == _ACQUISITION_CONTEXT


def _vr(dataset: Dataset, tag: int) -> str | None:
    """The VR that the dictionary knows, the file's where that has several; None: unknown."""
    if not dictionary_has_tag(tag):
        return None
    known = dictionary_VR(tag)
    stated = dataset.get_item(tag).VR
    if stated == "SQ" or (" or " in known and stated not in (None, "UN")):
        return str(stated)
    return known.split(" or ")[0]


def _is_empty(dataset: Dataset, tag: int) -> bool:
    value = dataset.get_item(tag).value
    return value is None or (isinstance(value, str | bytes) and not value)


def _bytes(dataset: Dataset, tag: int) -> bytes:
    """A text value as the file has it, in its own character set."""
    value = dataset.get_item(tag).value
    if isinstance(value, bytes):
        return value
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return str(value).encode("utf-8", "replace")
    return "\\".join(str(part) for part in value).encode("utf-8", "replace")


def _words(dataset: Dataset) -> re.Pattern[bytes] | None:
    """Matches the patient's identifiers as whole words in a lower-case value; None without any."""
    words: set[bytes] = set()
    for keyword in _IDENTIFIERS:
        tag = tag_for_keyword(keyword)
        if tag is not None and tag in dataset:
            parts = re.split(rb"[\\^=\0]", _bytes(dataset, tag).lower())
            words.update(part.strip() for part in parts)
    found = [re.escape(word) for word in sorted(words) if len(word) >= _MIN_IDENTIFIER]
    return re.compile(rb"(?<![a-z0-9])(?:%s)(?![a-z0-9])" % b"|".join(found)) if found else None


def _is_known_code(item: Dataset) -> bool:
    return str(item.get("CodingSchemeDesignator", "")) in _VOCABULARIES
