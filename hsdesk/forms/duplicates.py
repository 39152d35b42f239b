"""What tells two records apart, and the persons in them, as a form says it (`hs:same`, `hs:person`).

    hs:same     words: answers that carry the same word identify the record together; all must be filled
    hs:person   a role (name, phone …): the record is a person; `leader.phone`: a person in it, the leader

Two records are alike when every answer of such a set is equal apart from what people write differently
(width, case, spaces, brackets) or what sounds alike: 夕阳红 and 夕阳虹. Persons go by name, month of birth
and telephone (跨表人员键): names must fit, nothing may contradict; a name that only sounds
alike needs an answer that agrees.
The same keys are looked up while a record is typed and compared when a register is checked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, groupby, islice, product

import msgspec

from hsdesk.forms.schema import Form, Question, questions, repeats
from hsdesk.forms.types import holding_of, type_of
from hsdesk.forms.xform.unplaced_problem import UnplacedProblem
from hsdesk.model import pinyin
from hsdesk.model.answer import Value

ROLES = ("name", "id_no", "gender", "birth_ym", "ethnic", "political", "education", "phone")
PERSON = "person"  # the set of a record that is a person
_TELLING = ("birth_ym", "phone")  # answers that tell two people of one name apart
_IGNORED = re.compile(r"[\s!-/:-@\[-`{-~·•“”‘’、，。；：！？（）〔〕【】《》〈〉「」『』—…～]")
_UNWRITTEN = re.compile(
    r"[?？*\uff0a○●■□◇\ue000-\uf8ff]"
)  # what stands for a character that could not be typed
_GAP = "□"
_EASY = re.compile(r"(?:[0-9A-Za-z]*|[\u4e00-\u9fff]+)\Z")  # written in one way only
_MOST_SOUNDS = 4
_SET_WORD = re.compile(r"[a-z][a-z0-9_]*")


class DuplicateRule(msgspec.Struct, frozen=True):
    """Answers that identify a record together."""

    name: str
    fields: tuple[str, ...]  # storage keys, in screen order

    @property
    def is_person(self) -> bool:
        """Tell whether the record is a person."""
        return self.name == PERSON


class Person(msgspec.Struct, frozen=True):
    """Where a form asks about a person: the record itself, a group of answers, or the rows of a roster."""

    group: str  # "": the record is the person
    roster: str  # key of the roster whose rows are persons, "" for none
    answers: dict[str, str]  # storage key by role


def persons(form: Form) -> tuple[Person, ...]:
    """Return every place where the form asks about a person by name."""
    own = _persons(list(questions(form.children)), "")
    rows = [
        person
        for roster in repeats(form.children)
        for person in _persons(list(questions(roster.children)), roster.key)
    ]
    return tuple(person for person in (*own, *rows) if "name" in person.answers)


def _persons(asked: list[Question], roster: str) -> Iterator[Person]:
    groups: dict[str, dict[str, str]] = {}
    for question in asked:
        if question.hs.person:
            group, _, role = question.hs.person.rpartition(".")
            groups.setdefault(group, {})[role] = question.key
    yield from (Person(group, roster, answers) for group, answers in groups.items())


def rules(form: Form) -> tuple[DuplicateRule, ...]:
    """Return the sets of answers that identify a record, a person's first."""
    sets: dict[str, list[str]] = {}
    for person in persons(form):
        if not person.group and not person.roster:
            told = ("name", *_TELLING, "id_no")
            sets[PERSON] = [person.answers[role] for role in told if role in person.answers]
    for question in questions(form.children):
        for word in question.hs.same:
            sets.setdefault(word, []).append(question.key)
    return tuple(DuplicateRule(name, tuple(fields)) for name, fields in sets.items())


# --- keys


def plain(value: Value) -> str:
    """Return an answer without what people write differently: width, case, spaces, brackets.

    >>> plain("老年协会（一） "), plain("LDZ－０１"), plain("2020-05-01")
    ('老年协会一', 'ldz01', '20200501')
    """
    text = "" if value is None else str(value)
    if _EASY.match(text):
        return text.lower()
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).casefold()


@lru_cache(maxsize=4096)
def readings(text: str) -> tuple[str, ...]:
    """Return the readings of a plain text in pinyin without tones; what has no reading stays as it is.

    >>> readings("夕阳红") == readings("夕阳虹"), readings("ldz01"), len(readings("曾明"))
    (True, ('ldz01',), 2)
    """
    if text.isascii():
        return (text,)
    if all(map(pinyin.is_han, text)):
        return pinyin.search_keys(text)[0]
    runs = [(said, "".join(run)) for said, run in groupby(text, pinyin.is_han)]
    ways = [pinyin.search_keys(run)[0] if said else (run,) for said, run in runs]
    return tuple("".join(way) for way in islice(product(*ways), _MOST_SOUNDS))


def keys(rule: DuplicateRule, values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the match keys of one set of answers, equal for records alike; () while an answer is missing."""
    if rule.is_person:
        return ()
    texts = [plain(values.get(field)) for field in rule.fields]
    if not all(texts):
        return ()
    ways = islice(product(*map(readings, texts)), _MOST_SOUNDS)
    return tuple(f"{rule.name}={'|'.join(way)}" for way in ways)


def person_keys(person: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the keys of a person: how the name sounds, the identity number.

    A name with a character that could not be typed has no sound of its own: it goes by the telephone.
    """
    name = written(person.get("name"))
    if not name:
        return ()
    found = [f"{PERSON}={sound}" for sound in readings(name)]
    for role in ("id_no", "phone") if _GAP in name else ("id_no",):
        value = person.get(role)
        if value and (number := plain(value)):
            found.append(f"{role}={number}")
    return tuple(found)


def asked_keys(person: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the keys under which a person may be found: its own, and the telephone of a name with a gap."""
    return tuple(dict.fromkeys((*person_keys(person), f"phone={plain(person.get('phone'))}")))


def all_keys(
    form_rules: tuple[DuplicateRule, ...], asked: tuple[Person, ...], values: Mapping[str, Value]
) -> tuple[str, ...]:
    """Return every key of a record: of its sets, and of the persons its own answers speak of."""
    own = [key for rule in form_rules for key in keys(rule, values)]
    for person in asked:
        if not person.roster:
            own.extend(person_keys(traits(person, values)))
    return tuple(dict.fromkeys(own))


def has_placeholder(person: Mapping[str, Value]) -> bool:
    """Tell whether a character of the name could not be typed."""
    return _GAP in written(person.get("name"))


def traits(person: Person, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return what answers say of a person, by role."""
    return {role: values.get(key) for role, key in person.answers.items()}


# --- persons


def written(name: Value) -> str:
    """Return a name as it is compared; what stands for a character that could not be typed becomes □.

    >>> written("汪 ？明")
    '汪□明'
    """
    text = "" if name is None else str(name)
    return text.lower() if _EASY.match(text) else plain(_UNWRITTEN.sub(_GAP, text))


def same_person(one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """Tell whether two descriptions, by role, may be of one person.

    >>> same_person({"name": "张三", "phone": "13900000001"}, {"name": "张 三", "birth_ym": "1968-05"})
    True
    >>> same_person({"name": "张三", "birth_ym": "1970-01"}, {"name": "张三", "birth_ym": "1968-05"})
    False
    """
    if _agreement(one, other, "id_no") is not None:
        return bool(_agreement(one, other, "id_no"))
    agreements = [_agreement(one, other, role) for role in _TELLING]
    if False in agreements:
        return False
    name, another = written(one.get("name")), written(other.get("name"))
    if _fits(name, another):
        return True
    heard = bool(name and another) and bool(set(readings(name)) & set(readings(another)))
    return True in agreements and heard


def _agreement(one: Mapping[str, Value], other: Mapping[str, Value], role: str) -> bool | None:
    """Return whether two answers agree; None while one of them is empty."""
    left, right = plain(one.get(role)), plain(other.get(role))
    return left == right if left and right else None


def _fits(name: str, other: str) -> bool:
    return len(name) == len(other) > 0 and all(
        left == right or _GAP in (left, right) for left, right in zip(name, other, strict=True)
    )


def duplicates_among(
    form: Form, rule: DuplicateRule, records: Sequence[Mapping[str, Value]], areas: Sequence[str]
) -> tuple[int, ...]:
    """Return which records, by their place in the list, have another one like them in the same area."""
    person = next((one for one in persons(form) if not one.group and not one.roster), None)
    buckets: dict[tuple[str, str], list[int]] = {}
    for number, (values, area) in enumerate(zip(records, areas, strict=True)):
        described = traits(person, values) if rule.is_person and person else {}
        for key in asked_keys(described) if described else keys(rule, values):
            buckets.setdefault((area, key), []).append(number)
    found: set[int] = set()
    for bucket in buckets.values():
        if len(bucket) > 1:
            found.update(_alike(person, records, bucket) if rule.is_person and person else bucket)
    return tuple(sorted(found))


def _alike(person: Person, records: Sequence[Mapping[str, Value]], bucket: Sequence[int]) -> Iterator[int]:
    described = {number: traits(person, records[number]) for number in bucket}
    for one, other in combinations(bucket, 2):
        if same_person(described[one], described[other]):
            yield from (one, other)


# --- what is wrong with a form


def troubles_of_sets(form: Form) -> Iterator[UnplacedProblem]:
    """Yield what is wrong with the sets of a form: they must be answers that a person types or chooses."""
    for question in questions(form.children, into_repeats=True):
        yield from _wrong_words(question)
    for repeat in repeats(form.children):
        for question in questions(repeat.children, into_repeats=True):
            if question.hs.same:
                message = f"“{question.name}”在子表里，不能用 hs:same。"
                yield UnplacedProblem(message, "子表的行不是单独的一条，请去掉这一格。", (), "bind::hs:same")
    named = {(person.group, person.roster) for person in persons(form)}
    for group, _roster in sorted(_groups(form) - named):
        where = f"“{group}”" if group else "这个人"
        remedy = "请给写姓名的那一题填上 name。" if not group else f"请给写姓名的那一题填上 {group}.name。"
        yield UnplacedProblem(f"hs:person 里{where}没有姓名。", remedy, (), "bind::hs:person")


def _groups(form: Form) -> set[tuple[str, str]]:
    own = {(each.hs.person.rpartition(".")[0], "") for each in questions(form.children) if each.hs.person}
    return own | {
        (each.hs.person.rpartition(".")[0], roster.key)
        for roster in repeats(form.children)
        for each in questions(roster.children)
        if each.hs.person
    }


def _wrong_words(question: Question) -> Iterator[UnplacedProblem]:
    hs = question.hs
    for word in hs.same:
        if not _SET_WORD.fullmatch(word) or word == PERSON:
            message = f"扩展列“hs:same”不能填“{word}”。"
            yield UnplacedProblem(
                message, "请用小写英文字母，例如 code。", (), "bind::hs:same", text=" ".join(hs.same)
            )
    group, dot, role = hs.person.rpartition(".")
    if hs.person and (role not in ROLES or (dot and not _SET_WORD.fullmatch(group))):
        remedy = f"只能填：{'、'.join(ROLES)}，前面可以加 leader. 这样的名称。"
        yield UnplacedProblem(
            f"扩展列“hs:person”不能填“{hs.person}”。", remedy, (), "bind::hs:person", text=hs.person
        )
    if (hs.same or hs.person) and (holding_of(question).is_file or not type_of(question).is_answered):
        message = f"“{question.name}”不是填写的题目，不能用来认同一条。"
        yield UnplacedProblem(message, "请写在填写的题目上。", (), "bind::hs:same")
