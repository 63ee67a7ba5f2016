"""Points in time: everything a client may write comes out in one form, in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_core import timestamps

OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# A day away from the ends, so that no offset leads out of the years 1 to 9999.
MOMENTS = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - the strategy adds the offset
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001 - see above
    timezones=OFFSETS,
)


@pytest.mark.parametrize(
    ("epoch_ms", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (999, "1970-01-01T00:00:00Z"),
        (1000, "1970-01-01T00:00:01Z"),
        (1_795_421_700_000, "2026-11-23T08:15:00Z"),
        (1_795_421_699_999, "2026-11-23T08:14:59Z"),
    ],
)
def test_the_time_of_a_request_is_cut_to_whole_seconds(epoch_ms: int, text: str) -> None:
    assert timestamps.from_epoch_ms(epoch_ms) == text


@given(st.integers(0, 200_000_000_000_000), st.integers(0, 200_000_000_000_000))
def test_times_of_requests_sort_as_text(one: int, other: int) -> None:
    texts = timestamps.from_epoch_ms(one), timestamps.from_epoch_ms(other)
    assert (texts[0] < texts[1]) is (one // 1000 < other // 1000)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-11-23T08:15:00Z", "2026-11-23T08:15:00Z"),
        ("2026-11-23T08:15:00", "2026-11-23T08:15:00Z"),
        ("2026-11-23 08:15:00", "2026-11-23T08:15:00Z"),
        ("2026-11-23T08:15", "2026-11-23T08:15:00Z"),
        ("2026-11-23", "2026-11-23T00:00:00Z"),
        ("20261123T081500Z", "2026-11-23T08:15:00Z"),
        ("2026-11-23T08:15:00+00:00", "2026-11-23T08:15:00Z"),
        ("2026-11-23T08:15:00+02:00", "2026-11-23T06:15:00Z"),
        ("2026-11-23T08:15:00+0200", "2026-11-23T06:15:00Z"),
        ("2026-11-23T08:15:00-05:30", "2026-11-23T13:45:00Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
        ("2026-11-23T08:15:00.250Z", "2026-11-23T08:15:00.250000Z"),
        ("2026-11-23T08:15:00.1234567Z", "2026-11-23T08:15:00.123456Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_a_date_is_stored_in_utc(sent: str, stored: str) -> None:
    assert timestamps.from_iso_8601(sent) == stored


@given(MOMENTS)
def test_any_offset_names_the_same_moment_in_utc(moment: datetime) -> None:
    text = timestamps.from_iso_8601(moment.isoformat())
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == moment


@given(MOMENTS)
def test_a_stored_date_reads_as_itself(moment: datetime) -> None:
    stored = timestamps.from_iso_8601(moment.isoformat())
    assert timestamps.from_iso_8601(stored) == stored


@given(MOMENTS, MOMENTS)
def test_stored_dates_of_whole_seconds_sort_as_text(one: datetime, other: datetime) -> None:
    one, other = one.replace(microsecond=0), other.replace(microsecond=0)
    texts = timestamps.from_iso_8601(one.isoformat()), timestamps.from_iso_8601(other.isoformat())
    assert (texts[0] < texts[1]) is (one < other)


@given(st.datetimes())
def test_a_date_without_an_offset_is_utc(moment: datetime) -> None:
    assert datetime.fromisoformat(timestamps.from_iso_8601(moment.isoformat())) == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "23.11.2026",
        "11/23/2026",
        "2026-13-01",
        "2026-02-30",
        "2026-11-23T25:00:00Z",
        "2026-11-23T08:15:00+25:00",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "1795421700",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        timestamps.from_iso_8601(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"])
def test_a_date_that_only_its_offset_takes_out_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        timestamps.from_iso_8601(text)


@given(st.text())
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    try:
        stored = timestamps.from_iso_8601(text)
    except ValueError:
        return
    assert timestamps.from_iso_8601(stored) == stored
