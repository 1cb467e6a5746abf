"""Every layout on four kinds of series, dark and light, at 100 % and 200 %, in both languages.

    python docs/album.py [--data DIR] [--out DIR] [--pictures DIR]

Writes one contact sheet per scale, language and theme to docs/images (album_*.png), made to be
looked at after a change of the window; ``--pictures`` also keeps the single pictures at full size.
Rendered offscreen unless there is a display. About three minutes on two cores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

PROJECT = Path(__file__).resolve().parent.parent
SERIES = (
    ("CT chest", "series/lung_dx_a0001"),
    ("PET", "series/pet_with_seg"),
    ("CT head", "series/head_ct_mini"),
    ("MR", "labelled/spine_mr/t2/t2.nii.gz"),
)
LAYOUTS = ("one", "planes", "row", "four")
SCALES, LANGUAGES, THEMES = (1, 2), ("en", "zh_CN"), ("dark", "light")
WIDTH = 480  # pixels of a picture on a sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=PROJECT / "docs" / "images")
    parser.add_argument("--pictures", type=Path, help="keep the single pictures here")
    parser.add_argument("--child", nargs=1, metavar="LANGUAGE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        photograph(options.data, options.out, options.child[0])
        return
    with tempfile.TemporaryDirectory() as place:
        for scale in SCALES:
            for language in LANGUAGES:
                folder = (options.pictures or Path(place)) / f"{scale}x_{language}"
                folder.mkdir(parents=True, exist_ok=True)
                command = [sys.executable, __file__, "--child", language, "--out", str(folder)]
                environment = {**os.environ, "QT_SCALE_FACTOR": str(scale)}
                subprocess.run([*command, "--data", str(options.data)], check=True, env=environment)
                for theme in THEMES:
                    sheet(folder, theme, options.out / f"album_{scale}x_{language}_{theme}.png")


def photograph(data: Path, out: Path, language: str) -> None:
    """One run of the window: all series in all layouts and themes."""
    from screenshots import Photographer

    from medview.gui.application import application
    from medview.gui.language import install

    install(application(), language)
    with (
        tempfile.TemporaryDirectory() as folder,
        Photographer(Path(folder) / "album", out) as photographer,
    ):
        for number, (_, name) in enumerate(SERIES):
            photographer.open(data / name)
            for theme in THEMES:
                photographer.act(f"theme-{theme}")
                for layout in LAYOUTS:
                    photographer.act(f"layout-{layout}")
                    photographer.pause(100)
                    photographer.take(f"{theme}_{number}_{layout}")


def sheet(folder: Path, theme: str, target: Path) -> None:
    """The pictures of a theme on one page: a row per series, a column per layout."""
    rows = []
    for number in range(len(SERIES)):
        pictures = [Image.open(folder / f"{theme}_{number}_{layout}.png") for layout in LAYOUTS]
        height = round(WIDTH * pictures[0].height / pictures[0].width)
        small = [one.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
                 for one in pictures]  # fmt: skip
        rows.append(small)
    height = rows[0][0].height
    page = Image.new("RGB", (WIDTH * len(LAYOUTS), (height + 18) * len(rows)), "white")
    draw = ImageDraw.Draw(page)
    for line, pictures in enumerate(rows):
        draw.text((4, line * (height + 18) + 3), SERIES[line][0], fill="black")
        for column, picture in enumerate(pictures):
            page.paste(picture, (column * WIDTH, line * (height + 18) + 18))
    page.quantize(192).save(target, optimize=True)
    print(target)


if __name__ == "__main__":
    main()
