"""medview: a desktop DICOM viewer whose model learns from its reader's corrections."""

__version__ = "0.1.0"
