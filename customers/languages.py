"""Language codes in the one spelling in which they are kept."""


def canonical_language(text: str) -> str:
    """A language code as BCP 47 writes it: `en`, `pt-BR`, `zh-Hans-CN`; validate_language judges whether it is one."""
    language, *rest = text.strip().replace("_", "-").split("-")
    # Scripts have four letters and are capitalised, regions have two letters or three digits (RFC 5646, section 2.1.1).
    return "-".join([language.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])
