"""Vectors of texts from a model in a folder of this machine: the optional extra `embeddings`.

A folder as Model2Vec keeps it (`tokenizer.json`, `config.json`, `model.safetensors`): one vector a
token, a text's is their mean. Nothing is ever fetched: without the folder there are no embeddings.
"""

import logging
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from cx_loop.logic.voice.analysers import Embedder
from cx_loop.logic.voice.linear import Floats

log = logging.getLogger(__name__)

LONGEST_NAME = 40
_FILES = ("config.json", "model.safetensors", "tokenizer.json")


class Unusable(Exception):
    """Why the folder that is set gives no vectors: not_installed, no_folder, unreadable."""


class StaticEmbedder:
    """`name`: of the folder, and eight characters of the digest of what is in it, so that other
    vectors under the same name are never taken for these."""

    def __init__(self, model: Any, name: str) -> None:
        self._model, self.name = model, name

    def vectors(self, texts: Sequence[str]) -> Floats:
        if not texts:
            return np.zeros((0, self._model.dim))
        found: Floats = self._model.encode(list(texts), use_multiprocessing=False).astype(float)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        scaled: Floats = found / lengths
        return scaled


def current_embedder() -> Embedder | None:
    """That of the folder in CX_VOICE_EMBEDDINGS; None where there is none, which is logged."""
    if not settings.VOICE_EMBEDDINGS:
        return None
    try:
        return embedder_of(Path(settings.VOICE_EMBEDDINGS))
    except Unusable as why:
        log.warning("no embeddings: %s", why)
        return None


def embedder_of(folder: Path) -> Embedder:
    """Raises Unusable."""
    if find_spec("model2vec") is None:
        raise Unusable("not_installed")
    # a name that is no folder would be looked for on the network
    if not all((folder / name).is_file() for name in _FILES):
        raise Unusable("no_folder")
    stamps = tuple((folder / name).stat().st_mtime_ns for name in _FILES)
    return _opened(folder.resolve(), stamps)


@lru_cache(maxsize=1)
def _opened(folder: Path, _stamps: tuple[int, ...]) -> Embedder:
    """Read once for as long as its files stay as they are."""
    from model2vec import StaticModel  # noqa: PLC0415 - the extra is not always there

    try:
        model = StaticModel.from_pretrained(folder)
        digest = sha256(b"".join((folder / name).read_bytes() for name in _FILES)).hexdigest()
    except Exception as error:  # whatever its reader finds wrong
        log.warning("embeddings in %s cannot be read", folder, exc_info=True)
        raise Unusable("unreadable") from error
    return StaticEmbedder(model, f"{folder.name[: LONGEST_NAME - 9]}@{digest[:8]}")
