"""What an .xlsx file unpacks to, counted in a stream before anything is built of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zipfile import ZipFile

MOST_BYTES = 16 * 1024 * 1024  # of the file
MOST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 20_000  # of a sheet
MOST_TAGS = 3_000_000  # of all parts: about 20,000 rows of 70 columns
_CHUNK = 1 << 20
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_TAIL = 64  # bytes kept of a chunk, so that a tag across two chunks is read whole


def too_much(archive: ZipFile) -> str:
    """Return what of an archive is beyond the limits, in Chinese; "" when nothing is.

    A document type is refused too: its entities could unfold to anything.
    """
    if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
        return f"文件解开后太大（超过 {MOST_UNPACKED >> 20} MB），不像是表单。"
    tags = 0
    for member in archive.infolist():
        if not member.filename.endswith((".xml", ".rels")):
            continue
        rows = 0
        for chunk, fresh in _chunks(archive, member.filename):
            tags += fresh.count(b"<")
            rows += sum(found.end() > len(chunk) - len(fresh) for found in _ROW.finditer(chunk))
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                return "文件里有 DOCTYPE 声明（可能带恶意实体）。"
            if rows > MOST_ROWS and "worksheets/" in member.filename:
                return f"一张工作表超过 {MOST_ROWS} 行，请只留要用的行。"
            if tags > MOST_TAGS:
                return f"文件里的单元格太多（超过 {MOST_TAGS} 处标记），请只留要用的行和列。"
    return ""


def _chunks(archive: ZipFile, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield each piece of a member with the end of the one before, and the piece alone."""
    tail = b""
    with archive.open(name) as part:
        while fresh := part.read(_CHUNK):
            yield tail + fresh, fresh
            tail = fresh[-_TAIL:]
