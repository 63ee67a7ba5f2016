"""Timestamps: every form that a client may send becomes the same form, in UTC."""

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
        ("2026-11-23T08:15:00z", "2026-11-23T08:15:00Z"),
        ("2026-11-23t08:15:00+02", "2026-11-23T06:15:00Z"),
        ("2026-11-23T08", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08Z", "2026-11-23T08:00:00Z"),
        ("20261123", "2026-11-23T00:00:00Z"),
        ("20261123T08", "2026-11-23T08:00:00Z"),
        ("20261123T0815+02:00", "2026-11-23T06:15:00Z"),
        ("20261123T081500,5-0000", "2026-11-23T08:15:00.500000Z"),
        ("2026-11-23T08:15:00,25Z", "2026-11-23T08:15:00.250000Z"),
        ("2026-11-23T08:15:00.9999999Z", "2026-11-23T08:15:00.999999Z"),
        ("2026-11-23T24:00:00", "2026-11-24T00:00:00Z"),
        ("2026-12-31T24:00", "2027-01-01T00:00:00Z"),
        ("20261123T24", "2026-11-24T00:00:00Z"),
        ("2026-11-23T24:00:00.000+01:00", "2026-11-23T23:00:00Z"),
        ("9999-12-31T24:00:00+01:00", "9999-12-31T23:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_a_date_is_stored_in_utc(sent: str, stored: str) -> None:
    assert timestamps.from_iso_8601(sent) == stored


@given(MOMENTS)
def test_any_offset_is_converted_to_utc(moment: datetime) -> None:
    text = timestamps.from_iso_8601(moment.isoformat())
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == moment


@given(MOMENTS)
def test_a_stored_date_is_read_unchanged(moment: datetime) -> None:
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
        "2026-11-23T00000000000000",
        "2026-11-23T08:15:00Z\0",
        "2026-11-23T08:15:00\0Z",
        "2026-11-23\0",
        "2026-11-23T08:15:00Z\n",
        "2026-11-23T08:15:00 Z",
        " 2026-11-23",
        "2026-11-23T",
        "2026-11-23Z",
        "2026-11-23+01:00",
        "2026-11-23T8:15",
        "2026-11-23T08:15:0",
        "2026-11-23T08:15:",
        "2026-11-23T08:15:00.",
        "2026-11-23T08:15:00.Z",
        "2026-11-23T08:15.5",
        "2026-11-23T08:60:00",
        "2026-11-23T08:15:60",
        "2026-11-23T24:00:01",
        "2026-11-23T24:01",
        "2026-11-23T24:00:00.0000001",
        "2026-11-23T08:15:00+02:60",
        "2026-11-23T08:15:00+24:00",
        "2026-11-23T08:15:00+2",
        "2026-11-23T08:15:00+02:00:30",
        "2026-11-23T08:15:00+",
        "2026-11-23T081500",
        "2026-11-23T08:1500",
        "20261123T08:15:00",
        "2026-1123",
        "202611-23",
        "2026-11",
        "2026-W48-1",
        "2026-327",
        "2026-11-23_08:15:00",
        "\u0662026-11-23",
        "2026-11-2\u0663",
    ],
)
def test_a_text_that_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        timestamps.from_iso_8601(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"])
def test_a_date_outside_the_years_1_to_9999_in_utc_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        timestamps.from_iso_8601(text)


DIGITS = st.text("0123456789", min_size=1, max_size=9)


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)),  # noqa: DTZ001 - see above
    st.sampled_from([("%Y-%m-%d", ":"), ("%Y%m%d", "")]),
    st.sampled_from("Tt "),
    st.integers(0, 3),
    st.none() | st.tuples(st.sampled_from(".,"), DIGITS),
    st.sampled_from(["", "Z", "z"]) | st.tuples(OFFSETS, st.sampled_from(["%s%02d:%02d", "%s%02d%02d"])),
)
def test_every_form_of_iso_8601_is_read(
    moment: datetime,
    form: tuple[str, str],
    separator: str,
    precision: int,
    fraction: tuple[str, str] | None,
    offset: str | tuple[timezone, str],
) -> None:
    date_format, colon = form
    text = moment.strftime(date_format).zfill(len(moment.strftime(date_format)) + 4 - len(moment.strftime("%Y")))
    parts = [moment.hour, moment.minute, moment.second][:precision]
    expected = moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    if parts:
        text += separator + colon.join(f"{part:02}" for part in parts)
        expected += timedelta(**dict(zip(("hours", "minutes", "seconds"), parts, strict=False)))
        if fraction and precision == 3:
            text += "".join(fraction)
            expected += timedelta(microseconds=int(fraction[1][:6].ljust(6, "0")))
        if isinstance(offset, str):
            text += offset
        else:
            shift = offset[0].utcoffset(None)
            hours, minutes = divmod(abs(shift) // timedelta(minutes=1), 60)
            text += offset[1] % ("-" if shift < timedelta(0) else "+", hours, minutes)
            expected -= shift
    assert datetime.fromisoformat(timestamps.from_iso_8601(text)) == expected


@given(st.text() | st.text("0123456789-:TtZz+., \0", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        stored = timestamps.from_iso_8601(text)
    except ValueError:
        return
    assert timestamps.from_iso_8601(stored) == stored
