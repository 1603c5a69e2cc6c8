"""What is wrong with a document's rules, whatever else is wrong with it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistants.compiling import compile_document
from assistants.document import draft_document
from assistants.document_shape import Kind
from assistants.reachability import Finding, findings


def findings_in(document: Mapping[str, Any], *, at: datetime) -> list[Finding]:
    """What is wrong with a document's rules from `at` (aware) on; rules that cannot be read are left out."""
    # Only who answers counts, not what they say: the variants' own mistakes must not hide those of the rules.
    names = {name: {"kind": Kind.REFUSAL} for name in document.get("variants", {})}
    return findings(compile_document({"variants": names, "rules": document.get("rules", {})}, version=0), at=at)


def draft_findings(*, at: datetime) -> dict[str, list[Finding]]:
    """What is wrong with the draft's rules from `at` (aware) on, by the rule's name."""
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings_in(draft_document(), at=at):
        found[finding.rule].append(finding)
    return dict(found)
