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
    variants = {name: _bare(variant) for name, variant in document.get("variants", {}).items()}
    return findings(compile_document({"variants": variants, "rules": document.get("rules", {})}, version=0), at=at)


def _bare(variant: Mapping[str, Any]) -> dict[str, str]:
    """Only who answers and whether that is a transfer: a variant's own mistakes must not hide those of the rules."""
    is_transfer = variant.get("kind") == Kind.TRANSFER
    return {"kind": Kind.TRANSFER, "transfer_to": ""} if is_transfer else {"kind": Kind.REFUSAL}


def draft_findings(*, at: datetime) -> dict[str, list[Finding]]:
    """What is wrong with the draft's rules from `at` (aware) on, by the rule's name."""
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings_in(draft_document(), at=at):
        found[finding.rule].append(finding)
    return dict(found)
