"""What the law asks of a village or community, as data in `resources/laws.json`, each rule with its days.

A rule has a version for each edition of a law that says it: the law, the article, the days it is in force,
and the rows that break it. A day is judged by the version of that day: a meeting of 2025 by the law of 2025.
An article is cited only where the text of that edition was read; else the law is cited by its name alone.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from hsdesk.model.resource import resource_dir


class Edition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One wording of a law, in force from `since` to the end of `until` (ISO days; "" while it stands)."""

    since: str
    text: str  # which wording it is, as a person would look for it
    read: Literal["whole", "part", "no"]  # how much of this wording was compared with the rules
    until: str = ""


class Law(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law or a document of the ministries, with the editions that rules are taken from."""

    id: str
    name: str
    editions: tuple[Edition, ...]


class Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one edition of a law says of a rule, from `since` to the end of `until` ("" where in force)."""

    law: str
    article: str  # "" where the number could not be read
    since: str
    says: str
    until: str = ""
    where: str = ""  # row predicate: the rows it speaks of and that break it; "" leaves it to the check

    def in_force(self, day: str) -> bool:
        """Tell whether this version holds on a day (ISO).

        >>> Version("villagers", "第八条", since="2026-01-01", says="").in_force("2025-12-31")
        False
        """
        return self.since <= day and (not self.until or day <= self.until)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of the law, by its versions."""

    id: str
    title: str
    versions: tuple[Version, ...]


class Statutes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All laws and rules the program knows."""

    laws: tuple[Law, ...]
    rules: tuple[Rule, ...]

    def rule(self, name: str) -> Rule:
        """Return a rule by its id. Raises KeyError: names come from the program's own data."""
        return {rule.id: rule for rule in self.rules}[name]

    def cited(self, version: Version) -> str:
        """Return how a message cites a version: the law, and the article where that edition was read.

        >>> known = statutes()
        >>> known.cited(known.rule("quorum_assembly").versions[1])
        '村民委员会组织法第二十六条'
        """
        law = {law.id: law for law in self.laws}[version.law]
        edition = next(one for one in law.editions if one.since <= version.since <= (one.until or "9999"))
        return law.name if edition.read == "no" else law.name + version.article


@cache
def statutes() -> Statutes:
    """Return the laws and rules the program carries."""
    return msgspec.json.decode((resource_dir() / "laws.json").read_bytes(), type=Statutes)
