"""What the import says, in the words of its page: people there have choices before them, not options of a command."""

import re

from customers.rows import Problem

_SAID = (
    (r"\(--map COLUMN=external_id names it\)", "(choose it below)"),
    (r" with --map “.*?”=ignore", " below"),
    (r"\(--date-format reads other forms\)", "(choose how dates are written to have others read)"),
    (r"so --deactivate-missing would make everybody inactive", "so everybody would become inactive"),
    (r"and --update-only creates none", "and only updates were asked for"),
)
_OPTION = "--"


def on_the_page(sentence: str) -> str:
    """The sentence without a command's options."""
    if _OPTION in sentence:
        for said, instead in _SAID:
            sentence = re.sub(said, instead, sentence)
    return sentence


def problem_on_the_page(problem: Problem) -> Problem:
    """The same problem, so said."""
    return Problem(problem.column, on_the_page(problem.reason)) if _OPTION in problem.reason else problem
