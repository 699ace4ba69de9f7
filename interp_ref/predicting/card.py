"""A prediction's cards: HTML in a notebook, plain text elsewhere, and the choice as data beside both."""

from __future__ import annotations

from html import escape

from interp_ref.predicting.prediction import Prediction

MIME = "application/vnd.interp.prediction+json"
Paragraphs = list[tuple[str, str]]  # a heading, "" for none, and the words under it


def show_note(sentence: str, asked: Prediction | None = None, choice: str | None = None) -> None:
    """Shows one sentence about a prediction, with the choice as data where there is one."""
    _show("✎ Your prediction", [("", sentence)], data_of(asked, choice) if asked else None)


def show_outcome(asked: Prediction, choice: str | None, said: str = "") -> None:
    """Shows what was said, what happened and the reply; `said` is a sentence on the notes, "" for none."""
    _show(headline(asked, choice), outcome(asked, choice, said), data_of(asked, choice))


def data_of(asked: Prediction, choice: str | None) -> dict:
    """What a class report reads off the output: id, lesson, the letter or None, and whether it is right."""
    return {"id": asked.id, "lesson": asked.lesson, "choice": choice, "right": choice == asked.right}


def headline(asked: Prediction, choice: str | None) -> str:
    """How the prediction went, in a sign and words, so that it needs no colour."""
    if choice is None:
        return "○ No prediction of yours is stored for this one"
    return "✔ As you predicted" if choice == asked.right else "➜ Not as you predicted"


def outcome(asked: Prediction, choice: str | None, said: str = "") -> Paragraphs:
    """The paragraphs of the card that follows the result."""
    shown = [("You said", asked.named(choice))] if choice else []
    if choice != asked.right:
        shown.append(("It was", asked.named(asked.right)))
    shown.append(("What happened", asked.happened))
    shown.append(("", asked.replies[choice or asked.right]))
    if choice is None:
        shown.append(("", "Next time decide first: a guess, also one that fails, makes the result stick."))
    return shown + ([("", said)] if said else [])


def as_text(title: str, paragraphs: Paragraphs) -> str:
    """A card in plain lines."""
    return "\n".join([title, *(f"{head}: {words}" if head else words for head, words in paragraphs)])


def as_html(title: str, paragraphs: Paragraphs) -> str:
    """A card that reads in light and dark themes and to a screen reader."""
    body = "".join(
        f"<p style='margin:.3em 0'>{f'<strong>{escape(head)}:</strong> ' if head else ''}{escape(words)}</p>"
        for head, words in paragraphs
    )
    return (
        f"<section role='status' aria-label='{escape(title)}' "
        "style='border-left:.4em solid #5a6fc0;padding:.5em 1em;margin:.5em 0'>"
        f"<p style='margin:0 0 .3em'><strong>{escape(title)}</strong></p>{body}</section>"
    )


def _show(title: str, paragraphs: Paragraphs, data: dict | None) -> None:
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = _nowhere
    if get_ipython() is None:
        print(as_text(title, paragraphs))
        return
    bundle = {"text/plain": as_text(title, paragraphs), "text/html": as_html(title, paragraphs)}
    display(bundle | ({MIME: data} if data else {}), raw=True)


def _nowhere():
    return None
