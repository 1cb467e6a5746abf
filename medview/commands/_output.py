"""Standard output of the commands."""

from __future__ import annotations

import json


def print_json(data: object) -> None:
    """One JSON object on one line of standard output, at once; NaN and infinities are null."""
    print(json.dumps(_finite(data), ensure_ascii=False, default=str), flush=True)


def _finite(data: object) -> object:
    if isinstance(data, float):
        return data if data == data and abs(data) != float("inf") else None
    if isinstance(data, dict):
        return {str(key): _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return data
