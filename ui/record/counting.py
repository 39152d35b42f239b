"""How much of a record is still to do, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from hsdesk.forms.views import Finding
from ui.words import tr


def left_words(findings: Sequence[Finding]) -> str:
    """Return what the findings ask for: what is not saved comes first."""
    if not findings:
        return tr("都填好了")
    unsaved = sum(finding.rule == "unsaved" for finding in findings)
    bad = sum(finding.severity == "error" for finding in findings) - unsaved
    rules = _rule_words(bad, len(findings) - unsaved - bad)
    not_saved = tr("有 {n} 处没有存进去", n=unsaved) if unsaved else ""
    return "，".join(filter(None, (not_saved, rules)))


def _rule_words(bad: int, ask: int) -> str:
    if bad and ask:
        return tr("还有 {bad} 项必须改，{ask} 项请核实", bad=bad, ask=ask)
    if bad:
        return tr("还有 {bad} 项必须改", bad=bad)
    return tr("有 {ask} 项请核实", ask=ask) if ask else ""
