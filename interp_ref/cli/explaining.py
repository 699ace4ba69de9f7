"""Commands for everyone: maps of photos of one's own, and how good methods are where the truth is known."""

from __future__ import annotations

from pathlib import Path

import typer

PANEL = "For everyone"
METHODS = (
    "cam, grad_cam, grad_cam_plus_plus, layer_cam, score_cam, ablation_cam, saliency, smooth_grad, "
    "integrated_gradients, guided_backpropagation, guided_grad_cam, occlusion, rise, activation_norm, or all"
)


def register(app: typer.Typer) -> None:
    """Adds this module's commands to the command line."""
    for command in (explain, compare):
        app.command(rich_help_panel=PANEL)(command)


def explain(
    photos: Path = typer.Argument(help="A photo, or a folder of them with its sub-folders."),
    asked: str = typer.Option(
        None, "--class", "-c", help="The class to explain, by name or number; the predicted one if not given."
    ),
    method: str = typer.Option(
        "grad_cam,saliency", "--method", "-m", help=f"With commas between them: {METHODS}."
    ),
    out: Path = typer.Option(Path("explained"), "--out", "-o", help="The folder to write into."),
    head: str = typer.Option("cats_vs_dogs", help="VGG16's head: cats_vs_dogs, sketch, or an .npz of yours."),
    model: Path = typer.Option(None, help="A .keras file of yours in the place of VGG16."),
    preprocess: str = typer.Option(
        None, help="How that model takes RGB 0..255: raw, unit, symmetric, standard or vgg16."
    ),
    classes: str = typer.Option(None, help="The names of its classes, with commas, in its logits' order."),
    layer: str = typer.Option(None, help="The layer of the CAM family; the last convolution if not given."),
    size: int = typer.Option(None, help="Height and width that photos are stretched to."),
    truth: Path = typer.Option(
        None, help="A picture, white where the truth lies, or a folder of them: adds hits and energy inside."
    ),
    baseline: str = typer.Option(
        "black", help="Integrated Gradients' baseline: black, grey, white or R,G,B."
    ),
    steps: int = typer.Option(64, help="Integrated Gradients: gradients a photo."),
    samples: int = typer.Option(50, help="SmoothGrad: noisy copies a photo."),
    masks: int = typer.Option(500, help="RISE: random masks a photo."),
    patch: int = typer.Option(None, help="Occlusion: the patch's side in pixels; a seventh of the photo's."),
    stride: int = typer.Option(None, help="Occlusion: pixels from patch to patch; half a patch."),
    seed: int = typer.Option(0, help="The seed of every draw."),
) -> None:
    """Explain photos of your own: maps side by side, and their numbers, with VGG16 or a model of yours."""
    from interp_ref.explaining.photo_files import find_photos
    from interp_ref.explaining.wanted import Wanted, explain_wanted

    wanted = Wanted(asked, method, head, model, preprocess, classes, size, truth)
    numbers = {"layer": layer, "baseline": baseline, "steps": steps, "samples": samples}
    numbers |= {"masks": masks, "patch": patch, "stride": stride, "seed": seed}
    raise typer.Exit(explain_wanted(wanted, numbers, find_photos(photos, out), out))


def compare(
    size: int = typer.Option(
        112, help="Height and width of the sketches; at 224 with the course's own head."
    ),
    count: int = typer.Option(20, min=2, help="How many sketches of the validation set."),
    method: str = typer.Option("all", "--method", "-m", help=f"With commas between them: {METHODS}."),
    out: Path = typer.Option(Path("compared"), "--out", "-o", help="The folder to write into."),
    tolerance: float = typer.Option(0, help="Pixels beside a part that still count as a hit."),
    steps: int = typer.Option(32, help="Integrated Gradients: gradients a sketch."),
    samples: int = typer.Option(16, help="SmoothGrad: noisy copies a sketch."),
    masks: int = typer.Option(100, help="RISE: random masks a sketch."),
    seed: int = typer.Option(0, help="The seed of every draw."),
    readme: Path = typer.Option(None, help="A README.md whose table, between its markers, is made anew."),
) -> None:
    """Compare the methods on sketches whose truth is known, beside maps that know no class."""
    from interp_ref.quiet import load_tensorflow

    load_tensorflow()
    from interp_ref.comparing.command import Asked
    from interp_ref.comparing.command import compare as measure

    asked = Asked(method, size, count, tolerance, steps, samples, masks, seed)
    raise typer.Exit(measure(asked, out, readme))
