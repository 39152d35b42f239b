"""The sentence above an open record: what it is, what others did to it, and what one can do about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hsdesk.desk.duplicates import Duplicate
from hsdesk.desk.values import Refusal, Undone
from ui.pages.reason import ask_reversal
from ui.record.banner import Choice
from ui.record.fields import names
from ui.record.news import News
from ui.record.refused import Refused
from ui.undoing import left_words
from ui.words import error_text, tr

if TYPE_CHECKING:
    from ui.record.page import RecordPage

MOST_NAMES = 4


class Telling:
    """Speaks above the form of a record page."""

    def __init__(self, page: RecordPage, refused: Refused) -> None:
        self._page, self._refused = page, refused

    def closed(self) -> None:
        """Say that a closed entry stays as it is, and what to do when it is wrong."""
        page, form, made = self._page, self._page.entry.form.form_id, self._page.entry.reversed_by
        if made:
            page.say(
                tr("这一条已经冲正，两条都留着。"),
                (tr("看冲正的那一条"), lambda: page.go("record", form, made, scope=page.entry.scope)),
            )
        elif page.entry.writable:
            page.say(tr("这一条已入账，只增不改。记错了请冲正。"), (tr("冲正…"), self.reverse))

    def reverse(self, given: str = "", trouble: str = "") -> None:
        """Undo this entry by one more, with a reason, and show the new one."""
        page, entry = self._page, self._page.entry
        form, record = entry.form.form_id, entry.record
        reason = ask_reversal(page, page.title.text(), given, trouble)
        if reason:
            page.office.change(
                lambda desk: desk.records.reverse(form, record, reason),
                lambda made: page.go("record", form, made.ids[0], scope=entry.scope),
                lambda error: self.reverse(reason, error_text(error)),
                page,
            )

    def merged(self, twin: Duplicate) -> None:
        """Say that another record took the place of this one, and how to take that back."""
        page = self._page

        def take_apart() -> None:
            page.notice.hide()
            page.sitting.watch.take_apart(self._apart)

        words = tr("已合并到“{title}”。", title=twin.title)
        page.say(words, (tr("打开那一条"), lambda: page.open_twin(twin)), (tr("撤销合并"), take_apart))

    def _apart(self, done: Undone) -> None:
        """Name what stayed when a merge was undone."""
        if done.left:
            self._page.say(left_words(done), (tr("知道了"), self._page.notice.hide))

    def refused(self) -> None:
        """Show what the city did not take: at its field, or here where it has none."""
        self._refused.look()
        for one in self._refused.elsewhere()[:1]:
            words = tr("有一处改动没有被接收：{reason}", reason=one.reason)
            self._page.say(words, (tr("知道了"), partial(self._dismiss, one)))

    def _dismiss(self, refusal: Refusal) -> None:
        self._page.notice.hide()
        self._refused.give_up(refusal)
        self.refused()

    def news(self, news: News) -> None:
        """Say what others did to the record while it is open."""
        words = self._answers(news) if news.kind == "answers" else self._words(news)
        if words:
            self._page.say(words, self._way(news))

    def _words(self, news: News) -> str:
        look = self._page.entry.look
        return {
            "": "",
            "deleted": tr("这一条刚被作废（{reason}）。您填的都留着。", reason=look.deleted),
            "merged": tr("这一条刚被合并到另一条。您填的都留着。"),
            "moved": tr("这一条刚转到“{place}”。您填的都留着，可以接着填。", place=look.place.full_name),
            "form": tr("这张表刚换了新的一版。您填的都留着，请换成新的一版再接着填。"),
            "closed": tr("这一条现在只能看，不能改。已填的都留着。"),
            "gone": tr("这一条已经不归这台电脑填报，不再更新。请返回。"),
        }[news.kind]

    def _way(self, news: News) -> Choice:
        page = self._page
        match news.kind:
            case "deleted":
                return tr("恢复这一条"), self._restore
            case "form":
                return tr("换成新的一版"), page.reopen
            case "merged" | "closed":
                return tr("看最新的"), page.reopen
            case "gone":
                return tr("返回"), page.back
            case _:
                return tr("知道了"), page.notice.hide

    def _answers(self, news: News) -> str:
        found = names(self._page.sheet, news.paths)
        shown = "、".join(found[:MOST_NAMES])
        if len(found) > MOST_NAMES:
            shown = tr("{names}等 {n} 处", names=shown, n=len(found))
        return tr("刚收到别人的改动，已换成最新的：{names}。", names=shown) if found else ""

    def _restore(self) -> None:
        form, record = self._page.entry.form.form_id, self._page.entry.record
        self._page.notice.hide()
        self._page.office.change(lambda desk: desk.records.restore(form, record))
