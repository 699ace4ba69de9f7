"""Attacks on whoever looks: script, requests and formulas in pages, tables and terminals."""

from __future__ import annotations

import nbformat

from attacks.attack import Attack, answers, beside, both, cell, code, first

# Each payload sets the flag "attacked" of the page that it runs in, and asks the listener for a picture.
SCRIPT = "<script>window.top.attacked = '$mark'</script>"
IMAGE = "<img src=x onerror=\"window.top.attacked = '$mark'\">"
FETCH = "<img src='http://127.0.0.1:$port/$mark.png'>"
PAYLOADS = SCRIPT + IMAGE + "<svg onload=\"window.top.attacked='$mark'\"></svg>" + FETCH


def shows(mime: str, text: str):
    """An output of one MIME type."""
    return code(
        f"from IPython.display import display\ndisplay({{{mime!r}: {text!r}, 'text/plain': 'x'}}, raw=True)"
    )


def _markdown(text: str):
    """A markdown cell of the student's own, and the reflection, which a person reads."""

    def make(notebook, folder, target):
        from attacks.attack import filled

        source = filled(text, target)
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(source))
        cell(notebook, "reflection").source = source

    return make


def _metadata(notebook, folder, target):
    text = SCRIPT.replace("$mark", target.mark)
    notebook.metadata.update(title=f"</title>{text}", authors=[{"name": text}])
    notebook.metadata.kernelspec = {"name": text, "display_name": text, "language": text}
    notebook.metadata.language_info = {"name": text, "pygments_lexer": text, "codemirror_mode": text}
    for number, one in enumerate(notebook.cells):
        one.id = f"\"><script>window.top.attacked='{target.mark}'</script>{number}"
        one.metadata.tags = [
            *one.metadata.get("tags", []),
            f"x\" onmouseover=\"window.top.attacked='{target.mark}'",
        ]


def _attachment(notebook, folder, target):
    picture = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"window.top.attacked='{target.mark}'\"/>"
    notebook.cells.insert(
        0,
        nbformat.v4.new_markdown_cell(
            '![x](attachment:a.svg)\n\n![" onerror="window.top.attacked=\''
            + target.mark
            + "'](attachment:b.png)",
            attachments={"a.svg": {"image/svg+xml": picture}, "b.png": {"image/png": 'x" onerror="alert(1)'}},
        ),
    )


def named(id: str, tries: str, folder: str) -> Attack:
    return Attack(id, "injection", tries, code("def channel_weights(gradients): return 0"), folder=folder)


ATTACKS = [
    Attack(
        "html-output",
        "injection",
        "Script, event handlers and remote pictures in an HTML output.",
        shows("text/html", PAYLOADS),
    ),
    Attack(
        "svg-output",
        "injection",
        "Script in an SVG output.",
        shows(
            "image/svg+xml",
            "<svg xmlns='http://www.w3.org/2000/svg' onload=\"window.top.attacked='$mark'\"><script>window.top.attacked='$mark'</script>"
            "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>"
            + IMAGE
            + "</body></foreignObject></svg>",
        ),
    ),  # fmt: skip
    Attack(
        "script-output",
        "injection",
        "Outputs of JavaScript types, and of widgets.",
        both(
            shows("application/javascript", "window.top.attacked = '$mark'"),
            lambda notebook, folder, target: notebook.metadata.update(
                widgets={
                    "application/vnd.jupyter.widget-state+json": {
                        "state": {"x": SCRIPT.replace("$mark", target.mark)}
                    }
                }
            ),
        ),
    ),
    Attack(
        "markdown-output",
        "injection",
        "HTML and links with script in a markdown output.",
        shows(
            "text/markdown",
            PAYLOADS
            + "\n\n[press](javascript:window.top.attacked='$mark') <a href='javascript:window.top.attacked=1' id=auto>x</a>",
        ),
    ),  # fmt: skip
    Attack(
        "latex-output",
        "injection",
        "Script in a formula.",
        shows("text/latex", "$$\\href{javascript:window.top.attacked='$mark'}{x}$$</script>" + PAYLOADS),
    ),  # fmt: skip
    Attack(
        "picture-output",
        "injection",
        "A picture's data that closes the attribute that it stands in.",
        shows("image/png", "\"><script>window.top.attacked='$mark'</script>"),
    ),  # fmt: skip
    Attack(
        "other-outputs",
        "injection",
        "PDF, geographic, chart and unknown types, and the card's own type with script in every member.",
        code("""
        from IPython.display import display
        text = "<script>window.top.attacked='$mark'</script>"
        display({"application/vnd.interp.verdict+json": {"exercise": text, "summary": text, "points": 2, "max_points": 2, "hints": [text]},
                 "application/pdf": text, "text/html": text, "application/vnd.vegalite.v5+json": {"x": text},
                 "x/" + text: text, "text/plain": text}, raw=True, metadata={"text/html": {"isolated": True, "x": text}})
        """),
    ),
    Attack(
        "frames-output",
        "injection",
        "Frames, refreshes, forms, base addresses and style sheets.",
        shows(
            "text/html",
            "<iframe srcdoc=\"<script>window.top.attacked='$mark'</script>\"></iframe><iframe src='http://127.0.0.1:$port/$mark'></iframe>"
            "<meta http-equiv=refresh content='0;url=http://127.0.0.1:$port/$mark'><base href='http://127.0.0.1:$port/'>"
            "<link rel=stylesheet href='http://127.0.0.1:$port/$mark.css'><style>@import url(http://127.0.0.1:$port/$mark.css);"
            "body{background:url(http://127.0.0.1:$port/$mark.png)}</style><form action='http://127.0.0.1:$port/'><button autofocus onfocus=\"window.top.attacked='$mark'\">"
            "<object data='http://127.0.0.1:$port/$mark.svg'></object><video poster='http://127.0.0.1:$port/$mark.png'></video>",
        ),
    ),  # fmt: skip
    Attack(
        "markdown-cell",
        "injection",
        "Script in a markdown cell and in the reflection.",
        _markdown(
            PAYLOADS
            + "\n\n<div onmouseover=\"window.top.attacked='$mark'\" style='position:fixed;inset:0'>x</div>"
        ),
    ),
    Attack(
        "markdown-links",
        "injection",
        "Links, pictures and quotes in markdown that carry script.",
        _markdown(
            "[press](javascript:window.top.attacked='$mark') <a href=\"java&#10;script:window.top.attacked='$mark'\">x</a> "
            "![x](http://127.0.0.1:$port/$mark.png) <details open ontoggle=\"window.top.attacked='$mark'\">x</details>\n\n"
            "```html\n</code></pre><script>window.top.attacked='$mark'</script>\n```\n\n    </pre><script>window.top.attacked='$mark'</script>"
        ),
    ),  # fmt: skip
    Attack(
        "stream-output",
        "injection",
        "Script and escapes in printed text.",
        code(
            "print(\"</pre><script>window.top.attacked='$mark'</script>\\x1b[31m<script>window.top.attacked='$mark'</script>\\x1b[0m\")"
        ),
    ),  # fmt: skip
    Attack(
        "error-output",
        "injection",
        "Script in the name, the message and the traceback of an error.",
        both(
            code("""
        def channel_weights(gradients):
            print(text)
            raise Named(text)
        """),
            code("""
        text = "</pre><script>window.top.attacked='$mark'</script><img src=x onerror=window.top.attacked=1>"
        Named = type(text, (Exception,), {})
        raise Named(text)
        """),
        ),
    ),  # fmt: skip
    Attack(
        "answer-text",
        "injection",
        "Script in what its function prints, raises and is called, for the card.",
        answers(
            channel_weights="""
            import warnings
            def channel_weights(gradients):
                print("<script>window.top.attacked='$mark'</script><img src=x onerror=window.top.attacked=1>")
                warnings.warn("<script>window.top.attacked='$mark'</script>")
                return type("<script>window.top.attacked=1</script>", (), {"__repr__": lambda s: "<img src=x onerror=window.top.attacked=1>"})()
            """,
            grad_cam="""
            def grad_cam(**k):
                exec(compile("raise KeyError('<img src=x onerror=window.top.attacked=1>')", "<script>window.top.attacked='$mark'</script>", "exec"))
            """,
        ),
    ),  # fmt: skip
    Attack(
        "markup-in-text",
        "injection",
        "Markup of the terminal's tables, templates and TeX in printed text and errors.",
        both(
            code("print(\"{{ cycler.__init__.__globals__ }} {% include '/etc/passwd' %}\")"),
            code("""
        def channel_weights(gradients):
            raise ValueError("[link=http://127.0.0.1:$port/$mark]x[/link] [/red] {{7*7}} {% raw %} ${x} $$\\\\require{html}\\\\href{javascript:window.top.attacked=1}{x}$$")
        """),
        ),
    ),  # fmt: skip
    Attack(
        "notebook-metadata",
        "injection",
        "Script in the notebook's title, kernel, language, ids and tags.",
        _metadata,
    ),
    Attack(
        "attachment-script", "injection", "Script in the pictures that are attached to a cell.", _attachment
    ),
    Attack(
        "source-script",
        "injection",
        "Script in the code itself, in comments and in text.",
        code(
            "# </pre></div><script>window.top.attacked='$mark'</script>\ndef channel_weights(gradients): return 0  # </script>"
            + IMAGE
        ),
    ),  # fmt: skip
    Attack(
        "files-with-script",
        "injection",
        "Pages and pictures with script beside the notebook, and names that are markup.",
        beside(
            "page.html",
            SCRIPT,
            beside(
                "picture.svg",
                "<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + "</svg>",
                beside(
                    "<img src=x onerror=window.top.attacked=1>.txt", "x", beside("=cmd|' calc'!A0.csv", "x")
                ),
            ),
        ),
    ),  # fmt: skip
    Attack(
        "story-script",
        "injection",
        "Outputs with script in a story cell, which grading does not run.",
        lambda notebook, folder, target: (
            [
                one.update(
                    outputs=[
                        nbformat.v4.new_output(
                            "display_data", data={"text/html": SCRIPT.replace("$mark", target.mark)}
                        )
                    ]
                )
                for one in notebook.cells
                if one.cell_type == "code"
            ]
            and None
        ),
    ),  # fmt: skip
    named(
        "name-is-markup",
        "A student's id that is an HTML element.",
        "<img src=x onerror=window.top.attacked=1>",
    ),
    named(
        "name-is-a-formula",
        "A student's id that a spreadsheet takes for a formula.",
        '=HYPERLINK("http:x",1)',
    ),
    named(
        "name-with-escapes", "A student's id that steers the terminal.", "m\x1b]0;ATTACK-title\x07\x1b[2J_esc"
    ),
    named("name-with-a-line-break", "A student's id with a line break and a comma.", 'm_line\nbreak,"x"'),
    named("name-that-climbs", "A student's id of dots and percent signs.", "..%2f..%2fm_climbs"),
    Attack(
        "escapes-in-errors",
        "injection",
        "Escapes that rename, clear and answer in the terminal, in errors and printed text.",
        code("""
        import sys
        print("\\x1b]0;ATTACK-title\\x07\\x1b[2J\\x9b31m", file=sys.stderr)
        raise ValueError("\\x1b]0;ATTACK-title\\x07\\x1b[2J\\x1b[6n")
        """),
    ),  # fmt: skip
    Attack(
        "formula-in-results",
        "injection",
        "Formulas in everything that may stand in a table of results.",
        both(
            code("print(\"=1+cmd|' /C calc'!A0\")"),
            code("""
        def channel_weights(gradients):
            raise type("=1+1", (Exception,), {})("=HYPERLINK(\\"http://127.0.0.1:$port\\",\\"x\\")")
        """),
        ),
    ),  # fmt: skip
    Attack(
        "first-cell-script",
        "injection",
        "Script put out by a cell of its own before all others.",
        first(
            "from IPython.display import HTML, display\ndisplay(HTML(\"<script>window.top.attacked='$mark'</script>\"))"
        ),
    ),  # fmt: skip
]
