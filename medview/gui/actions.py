"""The table of actions: menus, toolbar, shortcuts and the shortcuts dialog are made from it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from medview.gui import action_rows
from medview.gui.action_rows import ActionSpec, Needs
from medview.gui.words import tr

# fmt: off
ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open-folder", "Open Folder…", "File", "open_folder", ("Ctrl+O",),
               tip="Open every series in a folder", toolbar=True),
    ActionSpec("open-files", "Open Files…", "File", "open_files", ("Ctrl+Shift+O",),
               tip="Open DICOM, NIfTI, NRRD or zip files"),
    ActionSpec("export-dicom-seg", "DICOM Segmentation…", "File/Export", "export", ("Ctrl+E",),
               "labels", "One DICOM SEG object with a segment per label", argument="dicom-seg"),
    ActionSpec("export-rtstruct", "DICOM RT Structure Set…", "File/Export", "export", (), "labels",
               "One DICOM RTSTRUCT object with exact outlines of each label",
               argument="rtstruct"),
    ActionSpec("export-nifti", "NIfTI Labels…", "File/Export", "export", (), "labels",
               "Label map as .nii.gz on the image's own grid", argument="nifti"),
    ActionSpec("export-nrrd", "NRRD Labels…", "File/Export", "export", (), "labels",
               "Label map as .seg.nrrd with names and colours", argument="nrrd"),
    ActionSpec("export-png", "PNG Slices…", "File/Export", "export", (), "labels",
               "One index picture per slice", argument="png"),
    ActionSpec("export-nnunet", "nnU-Net Dataset…", "File/Export", "export", (), "labels",
               "The accepted slices as a training set", argument="nnunet",
               separator=True),
    ActionSpec("export-identity", "Patient's Name in DICOM Exports", "File/Export",
               "toggle_export_identity", (), "labels",
               "Copy patient and study into DICOM objects; otherwise they are empty",
               checkable=True, separator=True),
    ActionSpec("copy-picture", "Copy Picture", "Edit", "copy_picture", ("Ctrl+C",), "volume",
               "The active view as a picture on the clipboard", in_view=True),
    ActionSpec("picture-view", "This View as PNG…", "File/Save Picture", "save_picture",
               ("Ctrl+Shift+S",), "volume", "What the active view shows", argument="view"),
    ActionSpec("picture-all", "All Views as PNG…", "File/Save Picture", "save_picture", (),
               "volume", "What all views show, side by side as they are", argument="all"),
    ActionSpec("movie-gif", "Slices as GIF…", "File/Save Picture", "save_movie", (), "volume",
               "Every slice of the active view as a film that any program shows", argument="gif"),
    ActionSpec("movie-mp4", "Slices as MP4…", "File/Save Picture", "save_movie", (), "volume",
               "Every slice of the active view as a film; needs the program ffmpeg",
               argument="mp4"),
    ActionSpec("picture-names", "With Names", "File/Save Picture", "toggle_picture_names", (),
               "nothing", "Leave patient and study in the corners of pictures, films and reports",
               checkable=True, separator=True),
    ActionSpec("report", "Report as PDF…", "File", "save_report", (), "volume",
               "Key pictures, volumes, measures and models of this case, to print"),
    ActionSpec("quit", "Quit", "File", "quit", ("Ctrl+Q",), separator=True),
    ActionSpec("undo", "Undo", "Edit", "undo", ("Ctrl+Z",), "undo",
               "Take back the last change, whoever made it", toolbar=True),
    ActionSpec("redo", "Redo", "Edit", "redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo",
               "Do it again", toolbar=True),
    ActionSpec("keep-draft", "Keep What Is Proposed", "Edit", "keep_draft", ("Return", "Enter"),
               "labels", "Paint what a tool or an operation shows; Esc drops it", in_view=True,
               separator=True),
    ActionSpec("draft-back", "Back One Point", "Edit", "step_draft_back", ("Backspace",), "labels",
               "Take back the last point of a line that is not kept yet", in_view=True),
    ActionSpec("copy-mask", "Copy Mask of Slice", "Edit", "copy_mask", ("Ctrl+Shift+C",), "labels",
               "The active label of this slice, to paste it on another one", argument="active",
               in_view=True, separator=True),
    ActionSpec("copy-masks", "Copy All Masks of Slice", "Edit", "copy_mask", ("Ctrl+Alt+C",),
               "labels", "Every label of this slice, to paste them on another one", argument="all",
               in_view=True),
    ActionSpec("paste-mask", "Paste Mask", "Edit", "paste_mask", ("Ctrl+V",), "labels",
               "What was copied takes the place of the same labels on this slice", in_view=True),
    *action_rows.operations(),
    *action_rows.presets(),
    *action_rows.layouts(),
    ActionSpec("crosshair", "Crosshair", "View", "toggle_crosshair", ("X",), "volume",
               "One point of the patient in every plane; Shift and moving the mouse puts it there"),
    ActionSpec("straight", "Straight Planes", "View", "straighten_planes", ("Shift+X",), "volume",
               "Back from oblique planes to those of the voxels"),
    ActionSpec("cine", "Play", "View/Cine", "toggle_cine", ("C",), "volume",
               "Play or stop the slices, at the file's own rate where it has one"),
    ActionSpec("cine-faster", "Faster", "View/Cine", "change_cine_rate", (".",), "volume",
               "A quarter faster", argument=1),
    ActionSpec("cine-slower", "Slower", "View/Cine", "change_cine_rate", (",",), "volume",
               "A quarter slower", argument=-1),
    ActionSpec("cine-turn", "Other Direction", "View/Cine", "turn_cine", (), "volume",
               "Play the other way"),
    *action_rows.filters(),
    ActionSpec("names", "Hide Names", "View", "toggle_names", ("Ctrl+Shift+H",), "nothing",
               "Patient, identity number and dates leave the screen until medview is closed",
               checkable=True),
    ActionSpec("theme-dark", "Dark", "View/Theme", "choose_theme", (), "nothing",
               "For dim reading rooms", argument="dark", checkable=True),
    ActionSpec("theme-light", "Light", "View/Theme", "choose_theme", (), "nothing",
               "For bright rooms; pictures stay on black", argument="light", checkable=True),
    *action_rows.languages(),
    ActionSpec("tags", "DICOM Tags", "View", "toggle_tags", ("Ctrl+I",), "nothing",
               "All attributes of the visible slice's file, with search"),
    ActionSpec("fit", "Fit to View", "View", "fit", ("R",), "volume", "Show the whole slice",
               separator=True),
    ActionSpec("pixels", "One to One", "View", "show_pixels", ("Ctrl+1",), "volume",
               "One screen pixel for each voxel"),
    ActionSpec("flip-across", "Flip Left and Right", "View/Turn", "place", ("Alt+F",), "volume",
               "Mirror the picture; the letters follow", argument="across"),
    ActionSpec("flip-down", "Flip Top and Bottom", "View/Turn", "place", ("Alt+Shift+F",),
               "volume", "Mirror the picture; the letters follow", argument="down"),
    ActionSpec("turn-right", "Turn Right", "View/Turn", "place", ("Alt+R",), "volume",
               "A quarter turn clockwise", argument="right"),
    ActionSpec("turn-left", "Turn Left", "View/Turn", "place", ("Alt+L",), "volume",
               "A quarter turn against the clock", argument="left"),
    ActionSpec("next-series", "Next Series", "View", "neighbour_series", ("Shift+Right",),
               "volume", "The next image series of the list", argument=1, in_view=True),
    ActionSpec("previous-series", "Previous Series", "View", "neighbour_series", ("Shift+Left",),
               "volume", "The image series before this one", argument=-1, in_view=True),
    ActionSpec("invert", "Invert Grey", "View", "invert", ("I",), "volume",
               "Swap black and white"),
    ActionSpec("texts", "Text on the Image", "View", "toggle_texts", ("Space",), "volume",
               "Hide or show names, letters and numbers", in_view=True),
    ActionSpec("mask", "Mask", "View", "toggle_mask", ("S", "V"), "volume",
               "Hide or show all labels", separator=True),
    ActionSpec("outline", "Outline Only", "View", "toggle_outline", ("O",), "volume",
               "Outline alone, or outline and fill"),
    ActionSpec("heatmap", "Heat Map", "View", "toggle_heatmap", ("H",), "heatmap",
               "Hide or show the heat map"),
    ActionSpec("overlays", "Overlays of the File", "View", "toggle_overlays", (), "volume",
               "Hide or show the drawings that the DICOM file holds"),
    ActionSpec("notes", "Notes on the Series…", "View", "show_notes", (), "volume",
               "Warnings and notes on the open series: gaps, tilt, noise, metal"),
    ActionSpec("slice-number", "Go to Slice…", "View", "go_to_slice", ("Ctrl+J",), "volume",
               "Type the number of a slice"),
    ActionSpec("slice-down", "Slice Down", "View", "step_slice", ("Down", "Right", "PgDown"),
               "volume", "Toward the feet, the back or the left", argument=1, in_view=True,
               separator=True),
    ActionSpec("slice-up", "Slice Up", "View", "step_slice", ("Up", "Left", "PgUp"), "volume",
               "Toward the head, the front or the right", argument=-1, in_view=True),
    ActionSpec("slice-first", "Top Slice", "View", "slice_end", ("Home",), "volume",
               argument="up", in_view=True),
    ActionSpec("slice-last", "Bottom Slice", "View", "slice_end", ("End",), "volume",
               argument="down", in_view=True),
    ActionSpec("segment", "Segment", "Segment", "segment", ("Ctrl+G",), "model",
               "Run the model over the volume, the slice you see first", toolbar=True),
    ActionSpec("cancel", "Cancel", "Segment", "cancel", ("Ctrl+.",), "busy",
               "Stop the work that is running"),
    ActionSpec("clean", "Clean Up Predictions", "Segment", "toggle_cleaning", (), "nothing",
               "Small islands, holes and strays of lungs and airway go when a prediction is whole; "
               "of other labels what is smaller than all that was accepted", checkable=True),
    ActionSpec("explain", "Heat Map for Label", "Segment", "explain", ("Ctrl+H",), "model",
               "What the model used for the chosen label on this slice", toolbar=True,
               separator=True),
    ActionSpec("navigate", "Navigate", "Tools", "navigate", ("Esc",), "volume",
               "Window by dragging; leaves the brush", checkable=True, toolbar=True),
    ActionSpec("last-tool", "Last Tool", "Tools", "use_last_tool", ("Shift+B",), "labels",
               "The tool used last, also after a restart"),
    *action_rows.tools(),
    ActionSpec("brush-smaller", "Smaller", "Tools", "resize_brush", ("[",), "labels",
               "Smaller brush; also Shift and wheel", argument=-1, separator=True),
    ActionSpec("brush-larger", "Larger", "Tools", "resize_brush", ("]",), "labels",
               "Larger brush; also Shift and wheel", argument=1),
    *action_rows.measures(),
    ActionSpec("accept-slice", "Accept Slice", "Review", "accept_slice", ("A",), "labels",
               "The labels on this slice are right; keep it for training", toolbar=True),
    ActionSpec("unaccept-slice", "Take Back Acceptance", "Review", "unaccept_slice",
               ("Shift+A",), "accepted", "This slice is not finished"),
    ActionSpec("accept-case", "Accept Case", "Review", "accept_case", ("Ctrl+Shift+A",), "labels",
               "Every slice of this volume is right", separator=True),
    ActionSpec("worklist", "What Next", "Review", "toggle_worklist", (), "trainable",
               "Slices whose correction would help most", separator=True),
    ActionSpec("effort", "Editing Time…", "Review", "show_effort", (),
               tip="Minutes and gestures per case and model version: does the model save work?"),
    ActionSpec("reader", "Reader…", "Review", "ask_reader", (),
               tip="Who accepts: kept with every slice; a second reader's labels are kept too"),
    ActionSpec("training-set", "Training Set…", "Model", "show_training_set", (),
               tip="All accepted slices: what is trained on, held out or left out, and why"),
    ActionSpec("evaluate", "Evaluate…", "Model", "show_evaluate", (),
               tip="Measure a model against a truth; a report with plots"),
    ActionSpec("retrain", "Retrain on Corrections", "Model", "retrain", (), "trainable",
               "Make a candidate model from the accepted slices"),
    ActionSpec("retrain-options", "Retraining Options…", "Model", "show_retrain_options", (),
               "trainable", "2 minutes, 15 minutes or overnight; steps, seed, device, base"),
    ActionSpec("rollback", "Roll Back", "Model", "rollback", (),
               tip="Use the model that was active before"),
    ActionSpec("models", "Models…", "Model", "show_models", (), tip="All model versions",
               separator=True),
    ActionSpec("palette", "Command Palette…", "Help", "show_palette", ("Ctrl+P",),
               tip="Every action by a few letters of its name"),
    ActionSpec("shortcuts", "Shortcuts", "Help", "show_shortcuts", ("?", "F1"),
               tip="All keys and mouse actions; each can be changed"),
    ActionSpec("about", "About medview", "Help", "show_about"),
)
# fmt: on

MOUSE: tuple[tuple[str, str], ...] = (
    ("Wheel", "Next or previous slice"),
    ("Left drag", "Window: right = wider, up = brighter; Shift = finer"),
    ("Ctrl+Left drag", "Window of the values in a rectangle"),
    ("Ctrl+Right drag", "Zoom to a rectangle"),
    ("Middle drag", "Pan"),
    ("Right drag", "Zoom"),
    ("Ctrl+Wheel", "Zoom at the mouse"),
    ("Double click", "One view alone, or all again"),
    ("Left drag on the crosshair", "Move it; beyond the dots on its arms: turn the planes across"),
    ("Shift and move", "Put the crosshair under the mouse, in every plane"),
    ("Left drag with a tool", "Paint or erase"),
    ("Right drag with a tool", "Erase"),
    ("Ctrl held with a tool", "Brush erases, eraser paints"),
    ("Shift+Wheel with a tool", "Brush size"),
    ("Wheel during a stroke", "The stroke goes on in the next slice"),
    ("Alt+Click with a tool", "Choose the label under the mouse"),
    ("Enter, Esc", "Keep or drop what a tool or an operation proposes"),
    ("Shift+Click on a point", "Delete it from a line that is not kept yet"),
    ("1 to 9 with a tool", "Choose a label"),
    ("Left drag on a measure", "Move it; on one of its handles: change it"),
    ("Double click on a measure", "Words beside it"),
)

_MENU_ORDER = ("File", "Edit", "View", "Segment", "Tools", "Measure", "Review", "Model", "Help")


def show_keys(action: QAction, spec: ActionSpec, keys: tuple[str, ...]) -> None:
    """Give an action its keys, and its tool tip their names."""
    action.setShortcuts([QKeySequence(key) for key in keys])
    tip = spec.shown_tip
    named = ", ".join(keys)
    action.setToolTip(f"{tip} ({named})" if named else tip)


class ActionSet(QObject):
    """The actions made from the table, by id."""

    def __init__(self, window: QWidget, view: QWidget, commands: object) -> None:
        super().__init__(window)
        self.by_id: dict[str, QAction] = {}
        for spec in ACTIONS:
            self.by_id[spec.id] = self._make(spec, window, view, commands)

    def _make(self, spec: ActionSpec, window: QWidget, view: QWidget, commands: object) -> QAction:
        dots = "…" if spec.text.endswith("…") else ""
        action = QAction(spec.name + dots, self)
        action.setObjectName(spec.id)
        action.setIconText(spec.name)
        if spec.in_view:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setStatusTip(spec.shown_tip)
        show_keys(action, spec, spec.shortcuts)
        action.setCheckable(spec.checkable)
        callback: Callable[..., object] = getattr(commands, spec.callback)
        argument = spec.argument
        if argument is None:
            action.triggered.connect(lambda _checked=False: callback())
        else:
            action.triggered.connect(lambda _checked=False: callback(argument))
        (view if spec.in_view else window).addAction(action)
        return action

    def enable(self, answers: Callable[[Needs], bool]) -> None:
        """Enable each action whose need is met."""
        known: dict[str, bool] = {}
        for spec in ACTIONS:
            if spec.needs not in known:
                known[spec.needs] = answers(spec.needs)
            self.by_id[spec.id].setEnabled(known[spec.needs])

    def fill_menus(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Make the menus; returned by their path, e.g. ``File/Export``."""
        menus: dict[str, QMenu] = {}
        for name in _MENU_ORDER:
            menus[name] = bar.addMenu(tr(name))
            menus[name].setToolTipsVisible(True)
        for spec in ACTIONS:
            if spec.menu not in menus:
                parent, name = spec.menu.rsplit("/", 1)
                menus[spec.menu] = menus[parent].addMenu(tr(name))
            if spec.separator:
                menus[spec.menu].addSeparator()
            menus[spec.menu].addAction(self.by_id[spec.id])
        return menus

    def fill_toolbar(self, bar: QToolBar) -> None:
        """The actions for the toolbar, with a line where the menu changes."""
        last = ""
        for spec in ACTIONS:
            if spec.toolbar:
                if last and spec.menu != last:
                    bar.addSeparator()
                bar.addAction(self.by_id[spec.id])
                last = spec.menu
