"""Text without what nobody sees at its ends, and without what PostgreSQL cannot store."""

import re

_NOT_STORED = re.compile("[\0\ud800-\udfff]")
# A byte order mark or a zero-width space at an end comes from pasting; inside a word it may belong there.
_UNSEEN = "\ufeff\u200b \t\r\n\v\f\u00a0"


def trimmed(text: str) -> str:
    """`text` without blanks, line breaks and zero-width characters around it, null characters and lone surrogates."""
    return text.strip() if text.isprintable() else _NOT_STORED.sub("", text).strip(_UNSEEN)
