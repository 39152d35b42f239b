"""What is wrong with an open record, and where on the sheet that is said."""

from __future__ import annotations

from collections.abc import Sequence

from hsdesk.forms.views import Finding
from ui.record.sheet import Sheet
from ui.record.sitting import Sitting

REMARKED = ("same", "privacy", "asked", "leap")  # each shows its own remark


def found(sitting: Sitting, sheet: Sheet) -> tuple[Finding, ...]:
    """Return what the rules find and every text that could not be taken, in screen order."""
    autosave = sitting.autosave
    unread, unsaved = autosave.unreadable, autosave.unsaved
    findings = [one for one in sitting.entry.session.validate() if one.path not in unread]
    findings += [
        Finding(path, "type", "error", why) for path, (_, why) in unread.items() if sheet.is_shown(path)
    ]
    findings = [one for one in findings if one.path not in unsaved.told]
    findings += sitting.asking.findings()
    findings += [Finding(path, "unsaved", "error", unsaved.words(path)) for path in unsaved.told]
    findings += [*sitting.watch.findings(), *sitting.numbers.findings(), *sitting.aids.leaps.findings()]
    return tuple(sorted(findings, key=lambda one: sheet.place(one.path)))


def tell(sitting: Sitting, sheet: Sheet, findings: Sequence[Finding]) -> None:
    """Say findings at the fields that show the record: of all, or of those that were visited."""
    by_path = {one.path: one for one in findings if one.rule not in REMARKED}
    for path, line in sheet.served_lines():
        finding = by_path.get(path)
        if finding is None:
            if not line.editor.is_dirty:
                line.say("")
        elif finding.rule == "unsaved":
            line.say(finding.message, "unsaved")
        elif finding.rule == "type" or sitting.check_all or path in sitting.visited:
            line.say(finding.message, finding.severity)
    for path, roster in sheet.known_rosters.items():
        inside = [one for at, one in by_path.items() if at.startswith(f"{path}/")]
        ripe = [one for one in inside if one.rule != "required" or not roster.is_fresh(one.path)]
        unsaved = [one for one in ripe if one.rule == "unsaved"]
        told = unsaved or (ripe if sitting.check_all or path in sitting.visited else [])
        roster.say(told[0].message if told else "")
