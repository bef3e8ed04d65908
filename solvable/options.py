"""The options that the commands share, under the paper's letters, as annotations for Typer.

Each takes text; solvable.sweep and solvable.values give it a meaning, so that every refusal reads
alike. A missing option is answered by its help text.
"""

from typing import Annotated

import typer

_MODEL = {"rich_help_panel": "Model: a number, a list 100,400 or a log-spaced range 1:5000:40"}
_SCALES = {"rich_help_panel": "Model: one number each"}

Alpha = Annotated[
    str, typer.Option("--alpha", metavar="A", help="exponent of the spectrum I^-(1+alpha), a number > 0", **_MODEL)
]
Latent = Annotated[
    str, typer.Option("-M", metavar="M", help="latent dimension, a positive integer such as 6000 or 1e15", **_MODEL)
]
Features = Annotated[
    str, typer.Option("-N", metavar="N", help="number of features, a positive integer or inf", **_MODEL)
]
Samples = Annotated[
    str, typer.Option("-T", metavar="T", help="number of training samples, a positive integer or inf", **_MODEL)
]
Ridge = Annotated[str, typer.Option("--gamma", metavar="G", help="ridge, a number >= 0 or optimal", **_MODEL)]
Noise = Annotated[
    str, typer.Option("--noise", metavar="S", help="variance of the label noise, a number >= 0", **_MODEL)
]
Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="R",
        help="teacher power v_I ~ I^-R",
        show_default="isotropic teacher, R = 1+alpha",
        **_SCALES,
    ),
]
SigmaW = Annotated[str, typer.Option("--sigma-w", metavar="W", help="scale of the teacher, a number > 0", **_SCALES)]
SigmaU = Annotated[str, typer.Option("--sigma-u", metavar="U", help="scale of the features, a number > 0", **_SCALES)]
LambdaPlus = Annotated[
    str, typer.Option("--lambda-plus", metavar="L", help="largest eigenvalue, a number > 0", **_SCALES)
]
Outputs = Annotated[str, typer.Option("--outputs", metavar="C", help="number of labels, a positive integer", **_SCALES)]
Convention = Annotated[
    str | None,
    typer.Option(
        "--convention",
        metavar="NAME",
        help="read --gamma as a paper's ridge and report also in its symbols: mrs, simon, atanasov, cui, defilippis",
        show_default="ours",
    ),
]
Latex = Annotated[
    bool, typer.Option("--latex", help="A LaTeX fragment for article, amsmath, booktabs, in our symbols.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout instead of a table.")]


def one_form(latex: bool, as_json: bool, **others: object) -> None:
    """Refuses --latex with --json, and with options whose results it would not show; those that are given are true."""
    from theory.errors import InvalidInput

    if latex and as_json:
        raise InvalidInput("--latex", "given with --json", "one of the two")
    for name, value in others.items():
        if latex and value:
            raise InvalidInput("--latex", f"given with {name}", f"one of the two: LaTeX does not show what {name} adds")
