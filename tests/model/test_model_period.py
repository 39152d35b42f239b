from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hsdesk.errors import DataError
from hsdesk.model.period import last_passed, parse_period, period_of

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
kinds = st.sampled_from(["year", "half", "quarter", "month"])


@settings(deadline=None)
@given(kinds, days)
def test_a_period_holds_its_days_and_reads_back(kind, day: date):
    period = period_of(kind, day)
    assert period.first_day <= day <= period.last_day
    assert parse_period(str(period)) == period
    assert period.next().first_day == period.last_day + timedelta(days=1)
    assert period.next().previous() == period


@settings(deadline=None)
@given(kinds, days)
def test_the_last_period_is_over_and_the_next_is_not(kind, today: date):
    period = last_passed(kind, today)
    assert period.last_day < today <= period.next().last_day


def test_periods_have_the_words_of_the_paper():
    labels = [parse_period(text).label for text in ("2020", "2020H1", "2020H2", "2020Q4", "2020M03")]
    assert labels == ["2020年", "2020年上半年", "2020年下半年", "2020年第四季度", "2020年3月"]


def test_the_same_period_of_the_year_before():
    assert str(parse_period("2020Q3").year_before()) == "2019Q3"


@pytest.mark.parametrize(
    "text", ["", "20", "2020Q5", "2020Q0", "2020M13", "2020H3", "2020年", "2020X1", "0000"]
)
def test_what_is_no_period_is_explained(text: str):
    with pytest.raises(DataError, match="报告期"):
        parse_period(text)
