"""All attacks, in the order of the table."""

from __future__ import annotations

from attacks import (
    borrowing,
    escape,
    exhaustion,
    forged_answers,
    injection,
    malformed,
    marks,
    network,
    others,
    patching,
    reading,
)
from attacks.attack import KINDS, Attack

_MODULES = (
    marks,
    patching,
    borrowing,
    reading,
    others,
    escape,
    network,
    exhaustion,
    forged_answers,
    malformed,
    injection,
)
ATTACKS: tuple[Attack, ...] = tuple(
    sorted((one for module in _MODULES for one in module.ATTACKS), key=lambda one: KINDS.index(one.kind))
)
BY_ID: dict[str, Attack] = {one.id: one for one in ATTACKS}
