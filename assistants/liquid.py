"""Where a Liquid template says a variable as it stands (plain Python, no Django).

Templates are cut up as LiquidJS does it (its src/parser/tokenizer.ts), since that is what Vapi renders them with.
"""

import re
from collections.abc import Callable, Collection

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
# A name alone between braces; any braces of the text before it; and no dash behind it that would trim blanks.
_NAMED = rf"(?P<braces>\{{*)\{{\{{\s*(?P<name>{_NAME})\s*\}}\}}(?!\s*\{{[{{%]-)"
# Liquid's own: raw text, tags, longer expressions. Quotes hide `}}` but not `%}`. What is never closed goes on to the
# end. A name behind a dash belongs to it, since the dash trims blanks, and would trim those of a value, too.
_EXPRESSION = r"""\{\{(?:[^"'}]|"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\}(?!\}))*+(?:\}\}|.*)"""
_OWN = rf"""
    (?: \{{%-?\s*raw\b.*?(?=\{{%-?\s*endraw\b|\Z) | \{{%.*?(?:%\}}|\Z) | {_EXPRESSION} )
    (?: (?<=-[%}}]\}})\s*\{{\{{\s*{_NAME}\s*\}}\}} )?
"""
_PARTS = re.compile(rf"{_NAMED}|{_OWN}", re.DOTALL | re.VERBOSE)
# Names that a tag gives a value of its own: {% assign x = … %}, {% capture x %}, {% for x in … %}.
_MADE = re.compile(rf"\b(?:assign|capture|for|tablerow|increment|decrement)\s+({_NAME})")


def replace_names(template: str, names: Collection[str], replacement: Callable[[str], str]) -> str:
    """`template` with `replacement(name)` in the place of each `{{name}}` that Liquid would say as it stands.

    Left to Liquid are names in tags, raw text and longer expressions, beside dashes that trim, and those to which
    the template itself assigns. Braces of the text before a name are written as `{{ "{" }}`, or they could make a
    tag of what stands in its place.
    """
    ours = set(names) - _made(template)

    def replaced(part: re.Match[str]) -> str:
        if part["name"] not in ours:
            return part[0]
        braces = f'{{{{ "{part["braces"]}" }}}}' if part["braces"] else ""
        return braces + replacement(part["name"])

    return _PARTS.sub(replaced, template)


def _made(template: str) -> set[str]:
    tags = (part[0] for part in _PARTS.finditer(template) if part[0].startswith("{%"))
    return {name for tag in tags for name in _MADE.findall(tag)}
