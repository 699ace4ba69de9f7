"""What the guides say to type exists."""

import ast
import re
import shlex

import pytest
import typer

from interp_ref import cli
from interp_ref.bootstrap import ROOT

GUIDES = ("explaining.md", "grading.md", "scaling.md")
COMMANDS = typer.main.get_command(cli.app).commands


def read(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def typed(text):
    """The command lines that begin with interp, in blocks and in the text."""
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    inline = re.findall(r"`(interp [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    # An ellipsis or a capital letter stands for what the reader fills in.
    return [
        line for line in [*lines, *(" ".join(one.split()) for one in inline)] if line.startswith("interp ")
    ]


@pytest.mark.parametrize("name", GUIDES)
def test_every_command_and_option_exists(name):
    lines = typed(read(name))
    assert len(lines) > 5
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        command = COMMANDS[words.pop(0)]
        while hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        for word in words:
            assert not word.startswith("-") or word in known, f"{line}: {word}"


def test_the_guide_names_every_option_of_interp_grade():
    options = {parameter.opts[0] for parameter in COMMANDS["grade"].params if parameter.opts[0][:2] == "--"}
    assert {option for option in options if f"`{option}" not in read("grading.md")} == set()


@pytest.mark.parametrize("name", GUIDES)
def test_python_in_the_guides_can_be_read(name):
    for block in blocks(read(name), "python"):
        ast.parse(block)


@pytest.mark.parametrize("name", GUIDES)
def test_links_lead_to_pages_and_headings_that_exist(name):
    for page, heading in re.findall(r"\]\((?!http)([\w.]*)(?:#([\w-]+))?\)", read(name)):
        assert (ROOT / "docs" / (page or name)).is_file(), page
        headings = re.findall(r"^#+ (.+)$", read(page or name), re.MULTILINE)
        assert not heading or heading in {title.lower().replace(" ", "-") for title in headings}, heading


def test_the_guide_says_how_telling_a_pair_is_as_the_code_has_it():
    from interp_ref.grading.integrity import BY_CHANCE, COMMON, COMMON_SHARE, SHARED_NODES

    text = " ".join(read("grading.md").split())
    assert f"at least {SHARED_NODES} telling nodes" in text
    assert (BY_CHANCE, COMMON, COMMON_SHARE) == (10, 3, 4)
    assert "one class of ten" in text and "a quarter of the class (and more than three)" in text
