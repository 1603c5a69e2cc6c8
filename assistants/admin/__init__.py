"""The admin's pages: lines, variants and rules as a draft; publishing it, and going back; what acts at once."""

from assistants.admin import at_once, lines, outbound, rules, variants, versions

__all__ = ["at_once", "lines", "outbound", "rules", "variants", "versions"]
