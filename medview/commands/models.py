"""The model versions: list, show, use, rollback, import, export, verify."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from medview.ai.card import CARD, WEIGHTS, read_card
from medview.ai.catalog import Catalog, ModelFolder
from medview.commands._common import need_path, open_workspace, reading_models
from medview.commands._output import print_json
from medview.core.errors import MedviewError
from medview.session.foreign_weights import SUFFIXES, import_weights
from medview.session.model_packages import check_model, export_model, export_onnx, import_model
from medview.session.models import Models
from medview.session.monai_bundle import bundle_lines, bundle_metadata
from medview.store.workspace import workspace_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--json", action="store_true", help="print JSON instead of text")
    common.add_argument("--workspace", type=Path, metavar="DIR", help="where models are kept")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def add(name: str, help_text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, parents=[common], help=help_text, description=help_text)

    add("list", "All versions, which are active, and which is in use.")
    show = add("show", "The card and the figures of a version; or what a MONAI bundle says.")
    show.add_argument(
        "model", nargs="?", metavar="NAME[@VERSION]", help="or PATH of a bundle or metadata.json"
    )
    use = add("use", "Make a version the model in use, and the active one of its name.")
    use.add_argument("model", metavar="NAME@VERSION")
    rollback = add("rollback", "Go back to the version that was active before.")
    rollback.add_argument(
        "model", nargs="?", metavar="NAME", help="(default: undo the last use, of any name)"
    )
    taken = add("import", "Copy a model into the workspace, after checking it whole.")
    taken.add_argument(
        "path",
        type=Path,
        help="folder NAME/VERSION, a zip of it, or PyTorch weights (.pt, .pth, .ckpt, .bin) of the "
        "same architecture, which are opened in a child process and converted",
    )
    taken.add_argument(
        "--name", metavar="NAME@VERSION", help="of PyTorch weights (default: the file's name)"
    )
    taken.add_argument(
        "--like", metavar="NAME[@VERSION]", help="whose input and labels PyTorch weights have"
    )
    given = add("export", "Write a version as a zip file, or its network as ONNX.")
    given.add_argument("model", metavar="NAME[@VERSION]")
    given.add_argument("path", type=Path, nargs="?", metavar="ZIP")
    given.add_argument(
        "--onnx", type=Path, metavar="FILE", help="the network alone, compared with PyTorch"
    )
    checked = add("verify", "Check that weights fit their card; all versions without a name.")
    checked.add_argument("model", nargs="?", metavar="NAME[@VERSION]")


def run(options: argparse.Namespace) -> int:
    status: int = _ACTIONS[options.action](options)
    return status


def _list(options: argparse.Namespace) -> int:
    with reading_models(options.workspace) as models:
        rows = [
            {
                "name": row.name,
                "version": row.version,
                "state": row.state,
                "parent": row.parent or None,
                "created": row.created,
                "in_use": row.in_use,
            }
            for row in models.list()
        ]
    if options.json:
        print_json(rows)
    elif not rows:
        print("there are no models")
    else:
        for row in rows:
            parent = f", from {row['parent']}" if row["parent"] else ""
            state = f"{row['state']}, in use" if row["in_use"] else row["state"]
            print(f"{row['name']}@{row['version']}  {state}  {row['created']}{parent}")
    return 0


def _show(options: argparse.Namespace) -> int:
    if options.model is not None and "@" not in options.model and Path(options.model).exists():
        return _show_bundle(options)
    with reading_models(options.workspace) as models:
        model = models.find(options.model)
        states = {row.path: row.state for row in models.list()}
    card = model.card.to_json()
    if options.json:
        print_json(
            {
                "state": states.get(model.folder),
                "path": str(model.folder),
                "card": card,
                "metrics": model.metrics,
            }
        )
        return 0
    print(f"{model.card.id} ({states.get(model.folder)}) in {model.folder}")
    for name in ("description", "license", "created", "parent", "intended_use"):
        if card[name]:
            print(f"  {name.replace('_', ' ')}: {card[name]}")
    print(f"  labels: {', '.join(f'{label.id} {label.name}' for label in model.card.labels)}")
    for line in model.card.limitations:
        print(f"  limitation: {line}")
    _print_figures(model.metrics)
    return 0


def _show_bundle(options: argparse.Namespace) -> int:
    """What lies at a path: medview's own card, else the metadata of a MONAI bundle."""
    path = Path(options.model)
    if (path / CARD).is_file():
        card = read_card(path)
        if options.json:
            print_json({"state": None, "path": str(path), "card": card.to_json(), "metrics": {}})
        else:
            print(f"{card.id} in {path}; medview models import {path} takes it")
        return 0
    data = bundle_metadata(path)
    if options.json:
        print_json({"path": str(path), "monai_bundle": data})
        return 0
    print(f"MONAI bundle in {path}; medview shows what it says and does not run it")
    for line in bundle_lines(data):
        print(f"  {line}")
    return 0


def _print_figures(metrics: dict[str, Any]) -> None:
    """The Dice of each held-out case, where the model has been measured."""
    cases = metrics.get("cases")
    for case, figures in cases.items() if isinstance(cases, dict) else ():
        values = (
            f"{name} {one['dice']:.3f}"
            for name, one in figures.items()
            if isinstance(one, dict) and isinstance(one.get("dice"), float)
        )
        print(f"  Dice, {case}: {', '.join(values)}")


def _split_id(text: str) -> tuple[str, str]:
    name, _, version = text.partition("@")
    if not (name and version):
        raise MedviewError(
            f"{text} does not say which version.", hint="Write NAME@VERSION.", code="no-version"
        )
    return name, version


def _say_active(options: argparse.Namespace, name: str, version: str) -> int:
    if options.json:
        print_json({"name": name, "version": version, "active": f"{name}@{version}"})
    else:
        print(f"{name}@{version}")
    return 0


def _use(options: argparse.Namespace) -> int:
    name, version = _split_id(options.model)
    with open_workspace(options) as workspace:
        models = Models(workspace)
        models.use(name, version)
        active = models.active_folder(name).card.version
    return _say_active(options, name, active)


def _rollback(options: argparse.Namespace) -> int:
    with open_workspace(options) as workspace:
        models = Models(workspace)
        if options.model is None:
            card = models.roll_back().card
            return _say_active(options, card.name, card.version)
        name = options.model.partition("@")[0]
        models.active_folder(name)  # the name must exist
        version = models.rollback(name)
    return _say_active(options, name, version)


def _import(options: argparse.Namespace) -> int:
    need_path(options.path)
    catalog = Catalog(workspace_folder(options.workspace) / "models")
    if options.path.suffix.lower() in SUFFIXES:
        model = _import_weights(options, catalog)
    else:
        model = import_model(options.path, catalog)
    if options.json:
        print_json(
            {
                "name": model.card.name,
                "version": model.card.version,
                "path": str(model.folder),
            }
        )
    else:
        print(f"{model.card.id} imported; medview models use {model.card.id} makes it active")
    return 0


def _import_weights(options: argparse.Namespace, catalog: Catalog) -> ModelFolder:
    stem = re.sub(r"[^a-z0-9._-]+", "-", options.path.stem.lower()).strip("-._") or "model"
    name, version = _split_id(options.name or f"{stem[:64]}@1.0.0")
    with reading_models(options.workspace) as models:
        like = models.find(options.like).card
    return import_weights(options.path, catalog, like, name, version)


def _export(options: argparse.Namespace) -> int:
    if options.onnx is not None:
        return _export_onnx(options)
    if options.path is None:
        raise MedviewError("Where to is missing.", hint="Name a .zip file.", code="no-path")
    if options.path.suffix.lower() != ".zip":
        raise MedviewError(f"{options.path} must end in .zip.", code="unknown-format")
    with reading_models(options.workspace) as models:
        model = models.find(options.model)
    export_model(model, options.path)
    if options.json:
        print_json(
            {
                "output": str(options.path),
                "name": model.card.name,
                "version": model.card.version,
                "bytes": options.path.stat().st_size,
            }
        )
    else:
        print(f"{options.path}: {model.card.id}")
    return 0


def _export_onnx(options: argparse.Namespace) -> int:
    if options.onnx.suffix.lower() != ".onnx":
        raise MedviewError(f"{options.onnx} must end in .onnx.", code="unknown-format")
    with reading_models(options.workspace) as models:
        model = models.find(options.model)
    difference = export_onnx(model, options.onnx)
    row = {
        "output": str(options.onnx),
        "name": model.card.name,
        "version": model.card.version,
        "bytes": options.onnx.stat().st_size,
        "largest_difference": difference,
    }
    if options.json:
        print_json(row)
    else:
        print(f"{options.onnx}: {model.card.id}, differs from PyTorch by {difference:.1g} at most")
    return 0


def _verify(options: argparse.Namespace) -> int:
    """All problems are listed before the exit status says that there was one."""
    rows = []
    for folder in _folders(options):
        row: dict[str, Any] = {"path": str(folder), "ok": True, "problem": None}
        try:
            card = check_model(folder)
            row.update(name=card.name, version=card.version)
        except MedviewError as error:
            if error.code != "bad-model":
                raise
            row.update(ok=False, problem=error.message)
        rows.append(row)
    if options.json:
        print_json({"models": rows})
    else:
        for row in rows:
            print(f"{row['path']}: {'good' if row['ok'] else row['problem']}")
    bad = [row for row in rows if not row["ok"]]
    if bad:
        raise MedviewError(
            f"{len(bad)} of {len(rows)} models are not what their cards say: {bad[0]['path']}.",
            hint="Import them again, or roll back to another version.",
            code="bad-model",
        )
    return 0


def _folders(options: argparse.Namespace) -> list[Path]:
    """The folder of the model asked for, or every folder that means to be a model."""
    with reading_models(options.workspace) as models:
        if options.model is not None:
            found: ModelFolder = models.find(options.model)
            return [found.folder]
        roots = (models.catalog.shipped, models.catalog.own)
    names = (CARD, WEIGHTS)
    return sorted({path.parent for root in roots for n in names for path in root.glob(f"*/*/{n}")})


_ACTIONS = {
    "list": _list,
    "show": _show,
    "use": _use,
    "rollback": _rollback,
    "import": _import,
    "export": _export,
    "verify": _verify,
}
