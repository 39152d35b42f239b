"""The list of every data type and question type; the only one. Whoever treats types apart asks it."""

from __future__ import annotations

from hsdesk.forms.types import (
    acknowledge,
    attachment,
    barcode,
    boolean,
    choice,
    choices,
    day,
    decimals,
    integer,
    moment,
    slider,
    text,
    time_of_day,
    unasked,
)
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import QuestionType

HOLDINGS: tuple[Holding, ...] = (
    text.Texts(),
    integer.Integers(),
    decimals.Decimals(),
    boolean.Truths(),
    day.Days(),
    time_of_day.Times(),
    moment.Moments(),
    choice.Codes(),
    choices.CodeSets(),
    attachment.Files(),
)
QUESTION_TYPES: tuple[QuestionType, ...] = (  # in the order in which a workbook explains them
    text.QUESTION,
    integer.QUESTION,
    decimals.QUESTION,
    day.QUESTION,
    time_of_day.QUESTION,
    moment.QUESTION,
    choice.QUESTION,
    choices.QUESTION,
    unasked.NOTE,
    unasked.CALCULATE,
    unasked.HIDDEN,
    barcode.QUESTION,
    acknowledge.QUESTION,
    slider.QUESTION,
    attachment.PHOTO,
    attachment.QUESTION,
    unasked.START,
    unasked.END,
    unasked.TODAY,
    unasked.USERNAME,
    unasked.DEVICE,
)
REFUSED = {  # types of XLSForm and XForms outside our subset, by the word that a workbook or a bind says
    "geopoint": "位置（geopoint）", "geotrace": "轨迹（geotrace）", "geoshape": "地块（geoshape）",
    "gps": "位置（geopoint）", "start-geopoint": "位置（start-geopoint）",
    "background-geopoint": "位置（background-geopoint）", "audio": "录音（audio）",
    "background-audio": "录音（background-audio）", "video": "录像（video）",
    "audit": "操作记录（audit）", "rank": "排序（rank）", "osm": "地图（osm）",
    "intent": "外部程序（intent）",
    "select_one_external": "外部检索（select_one_external）", "phonenumber": "设备信息（phonenumber）",
    "simserial": "设备信息（simserial）", "subscriberid": "设备信息（subscriberid）",
    "email": "设备信息（email）", "csv-external": "外部数据（csv-external）",
    "xml-external": "外部数据（xml-external）", "begin_loop": "循环组（loop）",
    "begin loop": "循环组（loop）",
    "end loop": "循环组（loop）", "end_loop": "循环组（loop）",
}  # fmt: skip
HOLDING = {one.name: one for one in HOLDINGS}
QUESTION_TYPE = {one.name: one for one in QUESTION_TYPES}
