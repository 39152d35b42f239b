"""What the help sheet of an exported workbook says, and what its drop-downs offer."""

from __future__ import annotations

from hsdesk.forms.types.registry import QUESTION_TYPES

HELP_SHEET = "说明"
TYPES = (
    *(line for one in QUESTION_TYPES for line in one.help),
    ("begin_group", "一组开始"), ("end_group", "一组结束"),
    ("begin_repeat", "子表开始"), ("end_repeat", "子表结束"),
)  # fmt: skip
COLUMNS = (
    ("type", "题型，见上"), ("name", "名称，全表不重复；改名时把旧名写进 bind::hs:was"),
    ("label", "题目文字"), ("hint", "提示"), ("guidance_hint", "填写说明"),
    ("required", "必填：yes，或一个条件"),
    ("required_message", "没填时的提醒"), ("relevant", "什么时候出现，例如 ${age} >= 18"),
    ("constraint", "填得对不对，“.” 代表本题，例如 . >= 0"), ("constraint_message", "填错时的提醒"),
    ("calculation", "计算式，例如 ${a} + ${b}"), ("default", "默认值，例如 today()"),
    ("trigger", "哪一题改了就重算一次，例如 ${name}"), ("read_only", "只读：yes，或一个条件"),
    ("choice_filter", "选项筛选，例如 town = ${town}"),
    ("appearance", "multiline、minimal、field-list、table"),
    ("parameters", "参数"), ("repeat_count", "子表的行数"),
    ("bind::hs:class", "级别：common、party、personal"),
    ("bind::hs:level", "从区划里选时，可以选哪几级的单位：village township county city，可以写几个"),
    ("bind::hs:merge", "两边改得不一样时：later 以后改的为准、township 以乡镇为准、ask 问人"),
    ("bind::hs:severity", "填错时：error 必须改、warn 请核实"),
    ("bind::hs:was", "以前的名称"), ("bind::hs:search", "yes：可以检索"),
    ("bind::hs:title", "yes：作为一条的标题"),
    ("bind::hs:same", "几题合起来认出同一条：给这几题写同一个词，例如 code"),
    ("bind::hs:person", "这一题说的是人：name、phone、birth_ym、id_no 等；别的人写成 leader.name"),
    ("bind::hs:mask", "怎样遮蔽：id 证件号、phone 电话、day 出生或入党日期、pay 报酬、text 整段遮住、"
     "name 姓名、detail 其他关于人的内容、open 不涉及个人"),
    ("bind::hs:carry", "yes：带出上期数"), ("bind::hs:standard", "依据的标准或文件"),
    ("bind::hs:accept", "附件可用的文件类型，如 pdf docx；不填时附件是 doc docx pdf，照片是 jpg png"),
    ("bind::hs:print", "打印时的列名；no 不打印"),
    ("bind::hs:setting", "题目文字由口径设置里的一项代替，如 centre_1；市局没有设定时用本表的文字"),
    ("bind::hs:since", "这个日期是哪一题的起始日：写题目名称和算数的选项，如 is_sw=1；"
     "那一题设上时自动填当天"),
    ("bind::hs:until", "这个日期是哪一题的截止日（当天起不算）：写法同 since；那一题取消时自动填当天"),
    ("bind::hs:ledger", "流水表：same 冲正照抄、amount 冲正取相反数、day 冲正当天、reverses 冲正哪一条、"
     "reason 冲正原因、late 入账后还能改"),
)  # fmt: skip
NOTES = (
    "请在 survey 表写题目，一行一题；选项写在 choices 表；表名和版本写在 settings 表。",
    "表达式里的符号要用半角：> < = ( ) , ' 。引用别的题写成 ${名称}。",
    "身份证号等长数字请把单元格设为“文本”，否则 Excel 会丢失后几位。",
    "每次修改请把 settings 表的 version 改成新的，再用“安装表单”装回软件。",
    "题目的类型只能放宽（整数→小数→文字，单选→多选）；要换成别的类型，请另加一题。",
)
CHOICES_BY_COLUMN = {
    "required": ("yes", "no"),
    "read_only": ("yes", "no"),
    "bind::hs:class": ("common", "party", "personal"),
    "bind::hs:merge": ("later", "township", "ask"),
    "bind::hs:severity": ("error", "warn"),
    "bind::hs:mask": ("id", "phone", "day", "pay", "text", "name", "detail", "open"),
    "bind::hs:search": ("yes",),
    "bind::hs:title": ("yes",),
    "bind::hs:carry": ("yes",),
    "bind::hs:ledger": ("same", "amount", "day", "reverses", "reason", "late"),
    "attribute::hs:class": ("common", "party", "personal"),
    "attribute::hs:level": ("village", "township", "county", "city"),
    "attribute::hs:publish": ("down",),
    "attribute::hs:kind": ("register", "single", "ledger"),
}
