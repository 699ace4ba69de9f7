"""The photos of `cats_vs_dogs` through tensorflow_datasets, whose builder and checksum stay in charge."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from tqdm import tqdm

from interp_ref.data.download import DownloadFailed, fetch
from interp_ref.data.photo import resize_photo
from interp_ref.data.pictures import Pictures, check_count, check_size
from interp_ref.errors import UserError

URL_VARIABLE = "INTERP_CATS_VS_DOGS_URL"
ALTERNATIVES = (
    "use the drawn pictures (INTERP_DATA=sketch), a folder of photos with a sub-folder per class "
    "(INTERP_DATA=PATH), or fetch {url} with a browser into {place}"
)


def cats_vs_dogs(
    split: str = "train",
    size: int = 224,
    limit: int | None = None,
    *,
    data_dir: Path | str | None = None,
    url: str | None = None,
    patience: float = 10.0,
) -> Pictures:
    """The photos of TFDS' `cats_vs_dogs`, in its order, stretched to `size`.

    `split` is TFDS' own notation: "train" is the only split there is, "train[:80%]" a part of it. The zip is
    looked for in TFDS' folder for manual downloads, then fetched once from Microsoft (or `url`, or the
    address in INTERP_CATS_VS_DOGS_URL: a copy on a school's server) and checked by TFDS. Raises UserError
    when it doesn't come: after `patience` seconds without an answer, or when the transfer stalls.
    """
    size = check_size(size)
    builder = _prepared(data_dir, url or os.environ.get(URL_VARIABLE), patience)
    try:
        photos = builder.as_dataset(split=split, shuffle_files=False)
    except (ValueError, KeyError) as error:
        raise UserError(
            f"cats_vs_dogs has no split {split!r}; use 'train' or a part like 'train[:80%]'"
        ) from error
    total = check_count(len(photos), limit, size)
    images, labels = np.empty((total, size, size, 3), np.uint8), np.empty(total, np.int64)
    files = []
    rows = tqdm(
        photos.take(total).as_numpy_iterator(), "reading photos", total, delay=2, mininterval=0.5, leave=False
    )
    for place, row in enumerate(rows):
        images[place], labels[place] = resize_photo(row["image"], size), row["label"]
        files.append(row["image/filename"].decode())
    names = tuple(builder.info.features["label"].names)
    return Pictures(images, labels, names, None, "cats_vs_dogs", files=tuple(files))


def _prepared(data_dir, url: str | None, patience: float):
    tfds = _tensorflow_datasets()
    builder = tfds.builder("cats_vs_dogs", data_dir=data_dir, try_gcs=False)
    if builder.is_prepared():
        return builder
    place = Path(builder.data_dir).parents[1] / "downloads"
    zip_file, fetched = _zip_file(builder, place / "manual", url, patience)
    config = tfds.download.DownloadConfig(manual_dir=zip_file.parent, try_download_gcs=False)
    from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

    try:
        builder.download_and_prepare(download_dir=place, download_config=config)
    except NonMatchingChecksumError as error:
        if fetched:
            zip_file.unlink()
            raise UserError(
                f"{fetched} gave another file than TFDS expects; {_mend(builder, zip_file)}"
            ) from error
        raise UserError(f"{zip_file} is not the file that TFDS expects; delete it and try again") from error
    return builder


def _zip_file(builder, place: Path, url: str | None, patience: float) -> tuple[Path, str | None]:
    """The zip, and the address it was fetched from where it was not there already."""
    source, name = _source(builder)
    target = place / name
    if target.is_file():
        return target, None
    address = url or source
    try:
        fetch(address, target, patience)
    except (DownloadFailed, OSError) as error:
        mend = _mend(builder, target)
        raise UserError(f"cats_vs_dogs could not be fetched from {address} ({error}); {mend}") from error
    return target, address


def _source(builder) -> tuple[str, str]:
    return next((url, info.filename) for url, info in builder.url_infos.items() if info.filename)


def _mend(builder, zip_file: Path) -> str:
    return ALTERNATIVES.format(url=_source(builder)[0], place=zip_file.parent)


def _tensorflow_datasets():
    try:
        import tensorflow_datasets
    except ModuleNotFoundError as error:
        raise UserError(
            f"cats_vs_dogs needs the package {error.name}, which is not installed; "
            "run pip install tensorflow-datasets importlib_resources, or use INTERP_DATA=sketch"
        ) from error
    return tensorflow_datasets
