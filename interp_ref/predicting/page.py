"""Predictions on a page: radio buttons and an answer that is folded, without Python and without a server."""

from __future__ import annotations

from html import escape
from pathlib import Path

from interp_ref.predicting import Prediction

PREDICT = Path(__file__).with_name("predict.js")
"""The script that answers a choice."""


def question_html(asked: Prediction) -> str:
    """The question with a radio button for each choice."""
    button = f'<input type="radio" name="predict-{asked.id}"'
    choices = "".join(
        f'<label>{button} value="{letter}"> ({letter}) {escape(text)}</label>'
        for letter, text in asked.choices.items()
    )
    return (
        f'<form class="predict" data-predict="{asked.id}"><fieldset>'
        f"<legend><strong>Predict first.</strong> {escape(asked.question)}</legend>{choices}</fieldset>"
        '<p class="said" role="status"></p></form>'
    )


def outcome_html(asked: Prediction) -> str:
    """What happened and a reply to each choice, folded."""
    replies = "".join(
        f'<li data-choice="{letter}">{escape(asked.named(letter))}'
        f"{' <strong>This is what happened.</strong>' if letter == asked.right else ''} {escape(reply)}</li>"
        for letter, reply in asked.replies.items()
    )
    return (
        f'<details class="outcome" data-outcome="{asked.id}" data-right="{asked.right}">'
        f'<summary>What happened, and a reply to each choice</summary><p class="said"></p>'
        f"<p>{escape(asked.happened)}</p><ul>{replies}</ul></details>"
    )
