"""What is printed or exported (打印件), as content: the same values go to paper, PDF and Excel.

Nothing here knows how it is drawn. Texts are final: labels instead of codes, personal data already masked.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Align = Literal["left", "center", "right"]
Paper = Literal["portrait", "landscape"]  # A4
SAMPLE_NOTE = "示例数据，人名、号码均为虚构"


class PrintColumn(msgspec.Struct, frozen=True):
    """A column of a table. Headings over several rows share their first words: ("成员", "其中社工")."""

    heading: tuple[str, ...]
    width: float = 10.0  # in millimetres; all widths are stretched to the paper together
    align: Align = "left"
    as_text: bool = True  # False: a number that a spreadsheet may add up
    is_name: bool = False  # of persons: on paper those of two characters are as wide as those of three
    is_day: bool = False  # days as paper writes them, which a spreadsheet keeps as days


class Table(msgspec.Struct, frozen=True, tag=True):
    """Rows under headings that are repeated on every page. A row never breaks across pages."""

    columns: tuple[PrintColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] = ()  # last row 合计, as many cells as columns; () for none
    empty: str = "本期没有记录"  # said in place of rows
    grey: bool = False  # rows are a draft to be corrected by hand


class CardItem(msgspec.Struct, frozen=True):
    """A heading and its answer in a card; `wide` takes a whole line."""

    label: str
    value: str
    wide: bool = False
    path: str = ""  # of the answer, as the form's session knows it
    boxes: int = 0  # squares for one character each: an ID number has 18
    opinion: bool = False  # room for an opinion, with signature, seal and day at its foot
    grey: bool = False  # known already, to be corrected by hand


class CardSection(msgspec.Struct, frozen=True):
    """A part of a card, with the heading of its group on the screen."""

    title: str
    items: tuple[CardItem, ...]


class Card(msgspec.Struct, frozen=True, tag=True):
    """One record as a card of four columns: heading, answer, heading, answer."""

    sections: tuple[CardSection, ...]


class Notice(msgspec.Struct, frozen=True, tag=True):
    """Paragraphs of text; the first line of each is indented by two characters."""

    paragraphs: tuple[str, ...]


class Bar(msgspec.Struct, frozen=True):
    """A bar of a chart. `value` None: 此处不知, never drawn as 0."""

    label: str
    value: float | None
    shown: str  # the value as a person reads it: 12人


class Chart(msgspec.Struct, frozen=True, tag=True):
    """Bars below each other, each with its heading and its figure; the longest takes the whole width."""

    title: str
    bars: tuple[Bar, ...]
    note: str = ""  # what is to be known of the figures, e.g. 按今天的内容

    @property
    def most(self) -> float:
        """The greatest figure, 0 without any."""
        return max((bar.value or 0 for bar in self.bars), default=0)


class Letter(msgspec.Struct, frozen=True, tag=True):
    """An official text (GB/T 9704): a paragraph that is numbered 一、 or （一） and short is a heading."""

    paragraphs: tuple[str, ...]
    to: str = ""  # 主送
    unit: str = ""  # 落款
    day: str = ""  # 成文日期, 2026年3月1日


Block = Table | Card | Notice | Letter | Chart


class Signature(msgspec.Struct, frozen=True):
    """The signature and seal line. Empty values are left blank, to be filled by hand."""

    unit: str = ""  # 法人全称, as on the seal
    filled_by: str = ""
    reviewer: str = ""
    head: str = ""
    date: str = ""  # 2020年3月31日; blank: ____年__月__日

    def parts(self) -> tuple[tuple[str, str], ...]:
        """Return heading and value of each part, in order."""
        return (
            ("填报单位(盖章):", self.unit),
            ("填表人:", self.filled_by),
            ("审核人:", self.reviewer),
            ("单位负责人:", self.head),
            ("填报日期:", self.date),
        )

    def line(self) -> str:
        """Return the line as plain text, blanks as underscores.

        >>> Signature(unit="深渡社区居民委员会").line()
        '填报单位(盖章):深渡社区居民委员会  填表人:__  审核人:__  单位负责人:__  填报日期:____年__月__日'
        """
        blanks = {"填报日期:": "____年__月__日"}
        return "  ".join(f"{label}{value or blanks.get(label, '__')}" for label, value in self.parts())


class Summary(msgspec.Struct, frozen=True):
    """A printable document."""

    name: str  # which definition, e.g. social_org_roster; used for file names
    title: str
    subtitle: str = ""  # place and date
    remark: str = ""  # right above the table, e.g. 单位:户、人
    blocks: tuple[Block, ...] = ()
    signature: Signature | None = None
    paper: Paper = "portrait"
    records: int = 0  # how many are shown: the log counts them
    note: str = ""  # at the foot of every page, e.g. SAMPLE_NOTE
    unit: str = ""  # short name of the place it is made for, for file and sheet names
    record: str = ""  # id, of a card
    is_official: bool = False  # margins, type and page numbers of GB/T 9704
    about_day: str = ""  # in `remark` too: what is shown as it is today, or is left out without a date
