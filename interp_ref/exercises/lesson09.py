"""Lesson 9, the bug hunt: its exercises in order.

How a proof is an exercise here. For each mistake there are two versions, the published and the mended one
(`lesson09_published`). The student hands in three things:

- `counterexample_NAME()`, without arguments: arrays on which the published version goes wrong. Many are
  right, so the arrays are not compared. `Exercise.facts` looks at them: both versions run on them outside the
  student's process, and have to differ. A fact that only harmless arrays lack tells why they are harmless.
- `holds_NAME(inputs…, outputs) -> bool`: a property. Each challenge is one output, of either version, and
  right and wrong ones come in an order that depends on the seed (`lesson09_trials._order`): one output a
  call, so that none can be compared with another. The last two challenges carry the student's own
  counterexample where it is right (`Exercise.counterexample`, `Challenge.on_counterexample`), and the
  reference's where it is not: a mistake there costs its points there alone.
- `NAME(inputs…)`: the mended function, an exercise like any other.

For each false sentence of the paragraph there is an ordinary exercise, a number (`lesson09_paragraph`).

To compare with one's own mended version is a property too, and is credited. It knows no more than that
version does.
"""

from __future__ import annotations

from interp_ref.exercises import (
    lesson09_both,
    lesson09_colours,
    lesson09_loss,
    lesson09_norm,
    lesson09_overlay,
    lesson09_paragraph,
    lesson09_pool,
    lesson09_saliency,
    lesson09_scaling,
)

BUGS = (
    lesson09_scaling,
    lesson09_overlay,
    lesson09_colours,
    lesson09_both,
    lesson09_pool,
    lesson09_norm,
    lesson09_loss,
    lesson09_saliency,
)

EXERCISES = (
    *(one for bug in BUGS for one in (bug.COUNTEREXAMPLE, bug.HOLDS, bug.MENDED)),
    *lesson09_paragraph.EXERCISES,
)
