"""Models as folders and zip files: checking, taking in, giving out."""

from __future__ import annotations

import importlib
import json
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from medview.ai.card import CARD, METRICS, WEIGHTS, ModelCard, file_sha256, read_card, verify
from medview.ai.catalog import Catalog, ModelFolder
from medview.core.atomic import atomic_folder, atomic_path
from medview.core.errors import MedviewError
from medview.session.torch_room import predictor_module

FILES = (CARD, METRICS, WEIGHTS, "LICENSE")
_NEEDED = (CARD, WEIGHTS)
_MAX_BYTES = 2 * 1024**3
_MAX_MEMBERS = 64
_CHUNK = 1 << 20


def check_model(folder: Path) -> ModelCard:
    """The card, after checking the weights' hash and loading every tensor into the network.

    Raises MedviewError "bad-model", or "no-torch" where PyTorch does not load.
    """
    card = verify(folder)
    predictor_module().load_network(folder)
    return card


def import_model(source: Path, catalog: Catalog) -> ModelFolder:
    """Copy a model's folder or zip file into the catalog's own models, after checking it whole.

    Only the known files are taken. Raises MedviewError "bad-model", "model-exists" or
    "write-failed"; the catalog is unchanged then.
    """
    with tempfile.TemporaryDirectory(prefix="medview-model-") as name:
        folder = Path(name) / "model"
        if source.is_dir():
            _copy_folder(_model_folder(source), folder)
        else:
            _unpack(source, folder)
        card = check_model(folder)
        known = [one for one in catalog.versions(card.name) if one.card.version == card.version]
        if known:
            same = known[0].card.sha256 == card.sha256
            raise MedviewError(
                f"{card.id} is there already{', with the same weights' if same else ''}.",
                hint="" if same else "Give the new one another version in its card.",
                code="model-exists",
            )
        target = catalog.own / card.name / card.version
        with atomic_folder(target) as building:
            _copy_folder(folder, building)
            verify(building)
    return ModelFolder(target, card, False)


def export_model(model: ModelFolder, path: Path) -> None:
    """Write NAME/VERSION with its files as a zip; read back and compared.

    Raises MedviewError "bad-model" when the model itself is damaged, "verify-failed".
    """
    card = verify(model.folder)
    root = f"{card.name}/{card.version}"
    names = [name for name in FILES if (model.folder / name).is_file()]
    with atomic_path(path) as temporary:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.write(model.folder / name, f"{root}/{name}")
        with tempfile.TemporaryDirectory(prefix="medview-model-") as folder:
            back = Path(folder) / "model"
            _unpack(temporary, back)
            for name in names:
                if file_sha256(back / name) != file_sha256(model.folder / name):
                    raise MedviewError(
                        f"{path} was written but is not the model.",
                        hint="Try another folder.",
                        code="verify-failed",
                    )


def export_onnx(model: ModelFolder, path: Path) -> float:
    """Write the network as ONNX beside the package; its largest difference from PyTorch.

    Raises MedviewError "bad-model", "no-onnx" or "verify-failed".
    """
    predictor_module()  # says in words where PyTorch does not load
    module = importlib.import_module("medview.ai.network.onnx_export")
    difference: float = module.export_onnx(model.folder, path)
    return difference


def card_text(card: ModelCard) -> str:
    """``card.json`` of a card."""
    return json.dumps(card.to_json(), indent=2, ensure_ascii=False) + "\n"


def _model_folder(folder: Path) -> Path:
    """The folder with the card: itself, or the only one at most two levels below."""
    if (folder / CARD).is_file():
        return folder
    found = sorted({*folder.glob(f"*/{CARD}"), *folder.glob(f"*/*/{CARD}")})
    if len(found) != 1:
        raise MedviewError(
            f"{folder} holds {len(found)} model cards, not one.",
            hint="Name the folder NAME/VERSION with card.json in it.",
            code="bad-model",
        )
    return found[0].parent


def _copy_folder(source: Path, target: Path) -> None:
    """The known regular files of a model folder."""
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        path = source / name
        if not path.is_symlink() and path.is_file():
            if path.stat().st_size > _MAX_BYTES:
                raise MedviewError(f"{path} is too large for a model.", code="bad-model")
            shutil.copyfile(path, target / name)


def _unpack(path: Path, folder: Path) -> None:
    """The known files of a model zip, and only those, into ``folder``; limits on all sizes."""
    try:
        with zipfile.ZipFile(path) as archive:
            folder.mkdir(parents=True)
            for name, member in _members(path, archive).items():
                _copy_member(archive, member, folder / name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise MedviewError(
            f"{path} is no zip file of a model ({error}).",
            hint="Give a model's folder, or a zip made by medview models export.",
            code="bad-model",
        ) from error
    read_card(folder)


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The members to take, by file name; all must lie in one folder of the archive."""
    members = [one for one in archive.infolist() if not one.is_dir()]
    if len(members) > _MAX_MEMBERS or sum(one.file_size for one in members) > _MAX_BYTES:
        raise MedviewError(f"{path} is too large for one model.", code="bad-model")
    found: dict[str, zipfile.ZipInfo] = {}
    folders = set()
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if not parts or any(part in ("..", "/") or ":" in part for part in parts):
            raise MedviewError(f"{path}: a name in it leaves the archive.", code="bad-model")
        if member.flag_bits & 1 or stat.S_ISLNK(member.external_attr >> 16):
            raise MedviewError(f"{path} holds links or encrypted files.", code="bad-model")
        if parts[-1] in FILES:
            folders.add(parts[:-1])
            found[parts[-1]] = member
    if len(folders) != 1 or any(name not in found for name in _NEEDED):
        raise MedviewError(
            f"{path} does not hold one model.",
            hint=f"It needs {' and '.join(_NEEDED)} in one folder.",
            code="bad-model",
        )
    return found


def _copy_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """One member, never more bytes than its entry promises."""
    left = member.file_size
    with archive.open(member) as source, target.open("wb") as copy:
        while left > 0 and (chunk := source.read(min(_CHUNK, left))):
            left -= len(chunk)
            copy.write(chunk)
