"""Changing a label map: edits, their history, the one writer of voxels, and the tools."""
