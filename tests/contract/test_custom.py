"""Custom members are stored unchanged, and validated like fields."""

import pytest

from support.api import AssertEnvelope, Post, Workspace


def test_custom_members_are_stored_unchanged(post: Post, workspace: Workspace) -> None:
    custom = {
        "utm_source": "ads",
        "Click-ID": "",
        "score": 12,
        "share": 0.25,
        "debt": -(10**37),
        "consent": True,
        "declined": False,
        "a/b~c ä": "ä\n",
    }

    assert post(workspace, [{"Custom": {**custom, "absent": None}}]).status_code == 200

    [lead] = workspace.leads()
    assert lead["custom"] == custom
    assert {name: type(value) for name, value in lead["custom"].items()} == {
        name: type(value) for name, value in custom.items()
    }


@pytest.mark.parametrize("custom", [{}, None, "", {"absent": None}])
def test_a_lead_without_custom_members_has_none(post: Post, workspace: Workspace, custom: object) -> None:
    assert post(workspace, [{"company": "A", "custom": custom}]).status_code == 200

    [lead] = workspace.leads()
    assert "custom" not in lead


@pytest.mark.parametrize(
    ("custom", "pointer", "code"),
    [
        ([], "/0/custom", "dict_type"),
        ("utm", "/0/custom", "dict_type"),
        ({"a": [1]}, "/0/custom/a", "custom_type"),
        ({"a": {"b": 1}}, "/0/custom/a", "custom_type"),
        ({"a/b~c": []}, "/0/custom/a~1b~0c", "custom_type"),
        ({"": 1}, "/0/custom/", "custom_name"),
        ({"x" * 65: 1}, "/0/custom/" + "x" * 64, "custom_name"),
        ({"a\x1bb": 1}, "/0/custom/a\x1bb", "custom_name"),
        ({"a": "x" * 1025}, "/0/custom/a", "string_too_long"),
        ({"a": "\ud800"}, "/0/custom/a", "string_unicode"),
        ({"\ud800": "a"}, "/0/custom", "custom_name"),
        ({"a\ufffd": []}, "/0/custom/a\ufffd", "custom_type"),
        ({"a": 10**38 + 1}, "/0/custom/a", "number_out_of_range"),
        ({str(number): number for number in range(51)}, "/0/custom", "too_long"),
        ({str(number): "ä" * 600 for number in range(7)}, "/0/custom", "custom_too_large"),
    ],
    ids=str,
)
def test_custom_members_beyond_the_limits_are_reported_with_their_row(
    post: Post, workspace: Workspace, custom: object, pointer: str, code: str
) -> None:
    response = post(workspace, [{"custom": custom}])

    assert response.status_code == 400
    assert [(problem["pointer"], problem["code"]) for problem in response.json()["errors"]] == [(pointer, code)]
    assert workspace.leads() == []


@pytest.mark.parametrize("number", ["1e400", "-1e126", "1e-131", "123456789012345678901234567890123456789"])
def test_a_number_that_the_database_cannot_hold_is_refused(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope, number: str
) -> None:
    response = post(workspace, f'[{{"custom": {{"n": {number}}}}}]'.encode())

    words = (
        "The custom/n of the lead at index 0 must be a number of at most 38 digits, and not closer to 0 than 1e-130. "
    )
    assert_envelope(response, 400, f"{words}Nothing was stored: 1 of 1 leads must be corrected.", extra=("errors",))


def test_custom_members_at_every_limit_are_stored(post: Post, workspace: Workspace) -> None:
    custom = {f"{number:02d}" + "n" * 62: "x" * 90 for number in range(50)}

    assert post(workspace, [{"custom": custom}]).status_code == 200
    assert workspace.leads()[0]["custom"] == custom
