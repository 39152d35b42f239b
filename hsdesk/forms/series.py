"""Sessions of many records of one form, one after another: much cheaper than one opened for each."""

from __future__ import annotations

from collections.abc import Mapping

from hsdesk.forms.host import FormHost
from hsdesk.forms.live.series import NewSeries, StoredSeries
from hsdesk.forms.schema import Form
from hsdesk.forms.session import Session
from hsdesk.model.answer import Value


class SessionSeries:
    """A session that is returned is over when the next one is asked for. All hosts are of one place."""

    def __init__(self, form: Form) -> None:
        self._stored = StoredSeries(form, counting="add")
        self._new = NewSeries(form)

    def stored(self, answers: Mapping[str, Value], host: FormHost) -> Session:
        """Return what `Session(form, host, answers, first_load=False)` is."""
        return Session.over(self._stored.record(answers, host), self._stored.findings, None)

    def new(self, host: FormHost) -> Session:
        """Return what `Session(form, host)` is."""
        record = self._new.record(host)
        return Session.over(record, self._new.findings, self._new.first)
