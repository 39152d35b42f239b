"""Make resources/pinyin.tsv from the tables of pypinyin. Run by hand when pypinyin has a new edition.

python packaging/make_pinyin.py
"""

from __future__ import annotations

from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

from pypinyin import Style, pinyin
from pypinyin.pinyin_dict import pinyin_dict

TARGET = Path(__file__).parents[1] / "resources" / "pinyin.tsv"

HEADER = """\
# Mandarin readings without tones: a syllable, a tab, the characters read so. Below "[more]": a character that
# names read in several ways, a tab, all its readings. The table above it was made by packaging/make_pinyin.py
# from pypinyin {version} (https://github.com/mozillazg/python-pinyin), MIT License:
# Copyright (c) 2016 mozillazg, 闲耘 <hotoo.cn@gmail.com>
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
# associated documentation files (the "Software"), to deal in the Software without restriction, including
# without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
# copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
# following conditions: The above copyright notice and this permission notice shall be included in all
# copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF
# ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
# FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
# LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
# ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

# Characters whose reading in surnames, given names or names of places differs from the one in running text.
SEVERAL = {
    "单": "shan dan", "曾": "zeng ceng", "仇": "qiu chou", "查": "zha cha", "解": "xie jie",
    "区": "ou qu", "盖": "ge gai", "乐": "yue le", "朴": "piao pu", "尉": "wei yu", "缪": "miao mou",
    "覃": "qin tan", "谌": "chen shen", "翟": "zhai di", "员": "yun yuan", "黑": "he hei",
    "折": "she zhe", "祭": "zhai ji", "召": "shao zhao", "洗": "xian xi", "繁": "po fan", "秘": "bi mi",
    "句": "gou ju", "种": "chong zhong", "车": "che ju", "柏": "bai bo", "薄": "bo bao",
    "隗": "wei kui", "郇": "xun huan", "郗": "xi chi", "俟": "qi si", "澹": "tan dan",
    "长": "chang zhang", "行": "xing hang", "重": "zhong chong", "朝": "chao zhao", "茜": "qian xi",
    "莘": "xin shen", "大": "da dai", "都": "du dou", "会": "hui kuai", "藏": "cang zang",
    "校": "xiao jiao", "厦": "xia sha", "六": "liu lu", "堡": "bao bu pu", "歙": "she xi",
    "圩": "wei xu", "石": "shi dan", "乜": "nie mie", "宿": "su xiu", "佴": "nai er", "能": "nai neng",
    "万": "wan mo", "晟": "sheng cheng", "堨": "e ai", "晹": "yi yang", "磻": "pan bo",
    "沈": "shen chen", "参": "shen can", "传": "chuan zhuan", "调": "diao tiao", "盛": "sheng cheng",
    "降": "jiang xiang", "角": "jiao jue", "觉": "jue jiao", "便": "bian pian", "番": "fan pan",
    "蔓": "man wan", "差": "cha chai", "扎": "zha za", "咀": "zui ju", "浒": "hu xu", "泊": "bo po",
    "刹": "cha sha", "阿": "a e", "弄": "long nong", "巷": "xiang hang", "枞": "zong cong",
    "涡": "guo wo", "蚌": "beng bang", "桧": "hui gui", "牟": "mou mu",
}  # fmt: skip


def readings() -> dict[str, list[str]]:
    """Return the characters of each syllable, in code order."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in sorted(pinyin_dict):
        character = chr(code)
        if not is_han(code):
            continue
        syllable = pinyin(character, style=Style.NORMAL)[0][0].replace("ê", "e")
        if syllable.isascii() and syllable.isalpha():
            found[syllable].append(character)
    return found


def is_han(code: int) -> bool:
    """Tell whether a code point is a Chinese character."""
    return (
        code == 0x3007 or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x323AF
    )


def main() -> None:
    """Write the table."""
    lines = [f"{syllable}\t{''.join(characters)}\n" for syllable, characters in sorted(readings().items())]
    more = [f"{character}\t{said}\n" for character, said in SEVERAL.items()]
    TARGET.write_text(
        HEADER.format(version=version("pypinyin")) + "".join(lines) + "[more]\n" + "".join(more),
        encoding="utf-8",
    )
    print(f"{TARGET.name}: {len(lines)} syllables, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
