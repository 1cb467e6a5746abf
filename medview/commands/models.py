"""The model versions: list, show, use, rollback, import, export, verify."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from medview.ai.card import CARD, WEIGHTS
from medview.ai.catalog import DEFAULT_MODEL, Catalog, ModelFolder
from medview.commands._common import need_path, open_workspace
from medview.commands._output import print_json
from medview.core.errors import MedviewError
from medview.session.model_packages import check_model, export_model, import_model
from medview.session.models import Models
from medview.store.workspace import Workspace, workspace_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--json", action="store_true", help="print JSON instead of text")
    common.add_argument("--workspace", type=Path, metavar="DIR", help="where models are kept")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def add(name: str, help_text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, parents=[common], help=help_text, description=help_text)

    add("list", "All versions and which are in use.")
    show = add("show", "The card and the figures of a version.")
    show.add_argument("model", nargs="?", metavar="NAME[@VERSION]")
    use = add("use", "Make a version the active one.")
    use.add_argument("model", metavar="NAME@VERSION")
    rollback = add("rollback", "Go back to the version that was active before.")
    rollback.add_argument("model", nargs="?", default=DEFAULT_MODEL, metavar="NAME")
    taken = add("import", "Copy a model's folder or zip file into the workspace.")
    taken.add_argument("path", type=Path, help="folder NAME/VERSION, or a zip of it")
    given = add("export", "Write a version as a zip file.")
    given.add_argument("model", metavar="NAME[@VERSION]")
    given.add_argument("path", type=Path, metavar="ZIP")
    checked = add("verify", "Check that weights fit their card; all versions without a name.")
    checked.add_argument("model", nargs="?", metavar="NAME[@VERSION]")


def run(options: argparse.Namespace) -> int:
    status: int = _ACTIONS[options.action](options)
    return status


class _NoChoices:
    """Stands for a workspace that is not there: nothing was ever chosen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def active(self, name: str) -> str | None:
        return None

    def chosen(self, name: str) -> set[str]:
        return set()

    def close(self) -> None:
        pass


@contextmanager
def _reading(options: argparse.Namespace) -> Iterator[Models]:
    """The versions without a lock, also while the window is open; makes no workspace."""
    folder = workspace_folder(options.workspace)
    workspace: Workspace | _NoChoices
    try:
        workspace = Workspace.open_readonly(folder)
    except MedviewError as error:
        if error.code == "workspace-older":
            workspace = Workspace(folder)
        elif error.code == "workspace-missing":
            workspace = _NoChoices(folder)
        else:
            raise
    try:
        yield Models(cast("Workspace", workspace))
    finally:
        workspace.close()


def _list(options: argparse.Namespace) -> int:
    with _reading(options) as models:
        rows = [
            {
                "name": row.name,
                "version": row.version,
                "state": row.state,
                "parent": row.parent or None,
                "created": row.created,
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
            print(f"{row['name']}@{row['version']}  {row['state']}  {row['created']}{parent}")
    return 0


def _show(options: argparse.Namespace) -> int:
    with _reading(options) as models:
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
    name = options.model.partition("@")[0]
    with open_workspace(options) as workspace:
        models = Models(workspace)
        models.active_folder(name)  # the name must exist
        if workspace.active(name) is None:
            raise MedviewError(
                f"The model {name} has no earlier version to go back to.",
                code="no-previous-version",
            )
        version = models.rollback(name)
    return _say_active(options, name, version)


def _import(options: argparse.Namespace) -> int:
    need_path(options.path)
    model = import_model(options.path, Catalog(workspace_folder(options.workspace) / "models"))
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


def _export(options: argparse.Namespace) -> int:
    if options.path.suffix.lower() != ".zip":
        raise MedviewError(f"{options.path} must end in .zip.", code="unknown-format")
    with _reading(options) as models:
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
    with _reading(options) as models:
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
