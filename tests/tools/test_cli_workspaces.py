"""How commands select a workspace, and the DynamoDB that it is in."""

import io
import re
import socket
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from leads_admin.workspaces import Workspaces
from leads_cli.lead_lines import LeadLines
from leads_cli.tables import listing, status
from leads_core.dynamodb.schema import workspace_key
from leads_core.leads import Lead
from leads_core.plans import Plan
from leads_core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Leads = Callable[..., subprocess.CompletedProcess[str]]
Post = Callable[..., list[str]]

NARROW = {"FORCE_COLOR": "1", "COLUMNS": "80"}


@pytest.fixture
def acme(workspaces: Workspaces) -> str:
    return workspaces.create_workspace("Acme & Söhne", Plan.BASIC)


def start_of_a_key(workspaces: Workspaces, workspace: str) -> str:
    return workspaces.create_key(workspace)[:12]


def test_a_workspace_may_be_named_by_its_name(leads: Leads, workspaces: Workspaces, acme: str) -> None:
    workspaces.create_workspace("Other", Plan.FREE)

    result = leads("key", "revoke", "Acme & Söhne", start_of_a_key(workspaces, acme))

    assert result.returncode == 0, result.stderr
    assert [key.state for key in workspaces.keys(acme)] == ["revoked"]


def test_two_workspaces_with_the_same_name_are_listed_with_their_ids(
    leads: Leads, workspaces: Workspaces, acme: str
) -> None:
    other = workspaces.create_workspace("Acme & Söhne", Plan.FREE)

    result = leads("plan", "set", "Acme & Söhne", "free")

    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    for part in ("2 workspaces are called Acme & Söhne", acme, other):
        assert part in result.stderr
    assert workspaces.get(acme).plan == "basic"


def test_the_only_workspace_may_be_omitted(leads: Leads, workspaces: Workspaces, acme: str, post: Post) -> None:
    first, second, third = post(acme, "A", "B", "C")
    start = start_of_a_key(workspaces, acme)

    for arguments in (
        ["list", "--limit", "2"],
        ["show", first],
        ["delete", first, "--yes"],
        ["delete", "--yes", second, third],
        ["key", "list"],
        ["key", "rotate", start, "--grace", "0h"],
        ["key", "create", "--label", "web"],
        ["workspace", "show"],
        ["export", "--format", "jsonl", "--output", "-"],
        ["plan", "set", "free"],
    ):
        result = leads(*arguments)
        assert result.returncode == 0, (arguments, result.stderr)
        assert f"Workspace Acme & Söhne ({acme})" in result.stderr

    assert workspaces.get(acme).plan == "free"
    assert sum(workspaces.lead_counts(acme)) == 0


@pytest.mark.usefixtures("acme")
def test_one_of_several_workspaces_must_be_named(leads: Leads, workspaces: Workspaces) -> None:
    workspaces.create_workspace("Other", Plan.FREE)

    several = leads("list")
    assert (several.returncode, several.stderr) == (
        2,
        "There are 2 workspaces: name one ('Acme & Söhne', Other). All of them: leads workspace list\n",
    )
    for name in ("Third", "Fourth"):
        workspaces.create_workspace(name, Plan.FREE)
    assert "4 workspaces: name one ('Acme & Söhne', Other, Third, ...). All" in leads("list").stderr


@pytest.mark.usefixtures("workspaces")
def test_without_a_workspace_the_message_explains_how_to_create_one(leads: Leads) -> None:
    result = leads("list")

    assert result.returncode == 1
    assert "leads workspace create NAME --plan basic" in result.stderr


def test_a_misspelled_name_and_swapped_arguments_are_recognised(leads: Leads, acme: str, post: Post) -> None:
    [lead] = post(acme, "A")

    for wrong in ("acme & söhne", "Acme & Sohne"):
        assert leads("list", wrong).stderr.startswith(f"There is no workspace {wrong}. Is it 'Acme & Söhne'? All of ")
    assert leads("list", "Zebra").stderr.startswith("There is no workspace Zebra. All of them: ")
    swapped = leads("show", lead, acme)
    assert (swapped.returncode, swapped.stderr) == (
        2,
        f"{lead} is a lead's id, and the workspace comes first: are the two swapped?\n",
    )


def test_an_unusable_name_is_refused(leads: Leads, workspaces: Workspaces, acme: str) -> None:
    for name, message in (("x" * 300, "at most 100 characters, not 300"), (acme, "a workspace's id"), (" ", "needs a")):
        result = leads("workspace", "create", name, "--plan", "free")
        assert (result.returncode, result.stdout) == (1, "")
        assert message in result.stderr
    assert len(workspaces.all()) == 1
    assert leads("workspace", "create", "x" * 100, "--plan", "free").returncode == 0


def test_without_a_terminal_the_question_and_the_error_are_separate_lines(leads: Leads, acme: str, post: Post) -> None:
    [lead] = post(acme, "A")
    refused = "Nothing was {}: nobody is there to be asked, and --yes was not given."

    create = leads("workspace", "create", "Acme & Söhne", "--plan", "free").stderr.splitlines()
    delete = leads("delete", acme, lead).stderr.splitlines()
    delete_all = leads("workspace", "delete", acme).stderr.splitlines()

    assert [create[-1], delete[-1], delete_all[-1]] == [
        refused.format(did) for did in ("created", "deleted", "deleted")
    ]
    assert delete[0].startswith(f"To delete 1 lead of workspace Acme & Söhne ({acme}), type yes:")
    assert delete_all[0].startswith(f"Workspace Acme & Söhne ({acme}) holds 1 lead ")


def test_a_url_before_the_command_is_refused_with_its_right_place(leads: Leads) -> None:
    result = leads("--url", "http://127.0.0.1:9", "ping")

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("--url stands behind the command, as in leads ping --url ")


def test_a_workspace_to_delete_must_be_named_even_if_it_is_the_only_one(
    leads: Leads, workspaces: Workspaces, acme: str
) -> None:
    for named in ([], [""], [" "]):
        assert leads("workspace", "delete", *named, "--yes").returncode == 2
    assert leads("list", "").returncode == 2
    assert [workspace.id for workspace in workspaces.all()] == [acme]


@pytest.mark.parametrize(
    ("answer", "arguments", "creates"),
    [("yes\n", [], True), ("no\n", [], False), ("", [], False), ("", ["--yes"], True)],
    ids=["asked", "not meant", "nobody", "not asked"],
)
def test_a_second_workspace_with_the_same_name_needs_confirmation(
    leads: Leads,
    workspaces: Workspaces,
    acme: str,
    answer: str,
    arguments: list[str],
    creates: bool,  # noqa: FBT001 - of the table
) -> None:
    result = leads("workspace", "create", "Acme & Söhne", "--plan", "free", *arguments, answer=answer)

    assert (result.returncode == 0) is creates
    assert len(workspaces.all()) == 1 + creates
    assert (acme in result.stderr) is (not arguments)
    assert ("Nothing was created" in result.stderr) is not creates


@pytest.mark.usefixtures("workspaces")
def test_the_stack_may_follow_the_command_and_is_part_of_suggested_commands(leads: Leads, stack: str) -> None:
    for arguments in (["--stack", stack, "workspace", "create", "A"], ["workspace", "create", "B", "--stack", stack]):
        result = leads(*arguments, "--plan", "basic", unset=["LEADS_STACK"])
        assert result.returncode == 0, result.stderr
        assert f"Next: leads --stack {stack} key create {result.stdout}" in result.stderr
    by_variable = leads("workspace", "create", "C", "--plan", "basic")
    assert f"Next: leads key create {by_variable.stdout}" in by_variable.stderr


def test_suggested_commands_name_the_stack_as_the_user_did(
    leads: Leads, workspaces: Workspaces, stack: str, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    revoked = workspaces.create_key(workspace)
    workspaces.revoke_key(workspace, revoked[:12])

    def message(*arguments: str) -> str:
        return leads(*arguments, "--stack", stack, unset=["LEADS_STACK"], answer=f"{revoked}\n").stderr

    there = f"leads --stack {stack}"
    assert message("list", "Nobody").endswith(f"All of them: {there} workspace list\n")
    assert message("show", workspace, "nope").endswith(f"to see them: {there} list {workspace}\n")
    assert f"{there} key create {workspace}" in message("key", "check")
    dynamodb.update_item(
        TableName=settings.access_table,
        Key=workspace_key(workspace),
        UpdateExpression="SET deletion_began_at = :now",
        ExpressionAttributeValues={":now": {"S": "2026-11-26T08:00:00Z"}},
    )
    refusal = f"is being deleted; to resume the deletion: {there} workspace delete {workspace}\n"
    assert message("key", "create", workspace).endswith(refusal)
    assert leads("key", "create", workspace).stderr.endswith(refusal.replace(there, "leads"))


@pytest.mark.parametrize("arguments", [["--local", "list", "acme"], ["list", "acme", "--local"]], ids=" ".join)
def test_local_may_stand_before_or_after_the_command(leads: Leads, arguments: list[str]) -> None:
    assert "make serve" in leads(*arguments).stderr


def test_lists_fit_a_narrow_terminal_without_splitting_ids(leads: Leads, workspaces: Workspaces, acme: str) -> None:
    long = workspaces.create_workspace("A name that is so long that it needs some lines of its own", Plan.FREE)
    start = workspaces.create_key(acme, label="the form on the page of the fair in spring", expires_in=86_400_000)[:12]

    listed, shown = leads("workspace", "list", **NARROW), leads("workspace", "show", acme, **NARROW)

    for result, copied in ((listed, [acme, long]), (shown, [acme, start, workspaces.keys(acme)[0].created_at[:10]])):
        text = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
        assert max(map(len, text.splitlines())) <= 80
        for part in copied:
            assert part in text


ADDRESS = "a.rather.long.name.of.somebody@department.of.a.company.example.com"


def lead_of(**fields: str) -> Lead:
    return {"id": "01M83QHZX06B68476KBMMNZ82K-000", "date": "2026-11-23T08:00:00Z", **fields}


@pytest.mark.parametrize("width", [80, 200])
def test_copyable_values_are_on_one_line_and_new_leads_below_the_others(width: int) -> None:
    company = "A company with a name that is as long as those of companies are"
    leads = [lead_of(company=company, email=ADDRESS, phoneNumber="+46 70 1"), lead_of(company="Acme", email="a@b.se")]
    shown = LeadLines(leads, width)

    lines = [shown.of(lead).plain.splitlines() for lead in [*leads, lead_of(company="Bolt", email="c@d.se")]]

    assert max(len(line) for lead in lines for line in lead) <= width
    for text in (company, ADDRESS, "+46 70 1"):
        assert any(text in line for line in lines[0])
    places = [[(row, line.find("@")) for row, line in enumerate(lead) if "@" in line] for lead in lines]
    assert places[1] == places[2]
    assert len(lines[1]) == (1 if width == 200 else 2)
    assert (shown.heading() is None) is (width == 80)


def test_a_short_lead_is_shown_in_columns_on_a_narrow_terminal() -> None:
    shown = LeadLines([lead_of(company="会社"), lead_of(company="Acme", email="a@b.se")], 80)

    assert str(shown.heading()) == "id                              date              company  email"
    assert shown.of(lead_of(company="会社", email="c@d.se")).plain == (
        "01M83QHZX06B68476KBMMNZ82K-000  2026-11-23 08:00  会社     c@d.se"
    )


def test_a_new_lead_that_is_longer_than_the_columns_is_not_cut() -> None:
    shown = LeadLines([lead_of(company="Acme")], 80)

    assert shown.of(lead_of(company="Acme", email=ADDRESS)).plain.splitlines()[1] == f"    {ADDRESS}"


def test_only_long_texts_and_times_are_wrapped() -> None:
    shown = io.StringIO()
    table = listing("start", "label", "state", "created", "expires", "last used", "used", copied="start")
    cells = [
        "cdz_pdIBnbPQ",
        "the form on the page of the fair in spring, of 64 characters at most",
        "expired",
        *["2026-11-26 15:14"] * 3,
        "1000",
    ]

    table.add_row(*cells)
    Console(file=shown, width=80).print(table)

    lines = shown.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert (
        re.sub(" +", " ", lines[2]).strip() == "cdz_pdIBnbPQ the form on expired 2026-11-26 2026-11-26 2026-11-26 1000"
    )


def test_plans_and_states_are_coloured_on_a_terminal() -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True, color_system="standard")

    for text in ("free, being deleted", "valid", "revoked", "new"):
        terminal.print(status(text))

    assert terminal.file.getvalue().split("\n")[:-1] == [  # type: ignore[attr-defined]
        "\x1b[33mfree, being deleted\x1b[0m",
        "\x1b[32mvalid\x1b[0m",
        "\x1b[31mrevoked\x1b[0m",
        "new",
    ]


def completed(leads: Leads, typed: str) -> list[str]:
    variables = {"_LEADS_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    return leads(**variables).stdout.split()


def test_a_shell_completes_the_keys_of_a_workspace(leads: Leads, workspaces: Workspaces, acme: str) -> None:
    first, second, revoked = (start_of_a_key(workspaces, acme) for _ in range(3))
    workspaces.revoke_key(acme, revoked)

    for command in ("key revoke", "key rotate", "key reset-limit"):
        assert set(completed(leads, f"leads {command} {acme} ")) == {first, second}
    assert completed(leads, f"leads key revoke {acme} {first}") == [first]
    assert set(completed(leads, "leads key revoke ")) == {acme, first, second}, "the only workspace may be left out"
    assert completed(leads, "leads key revoke nobody ") == []


def test_a_shell_completes_the_newest_leads_of_a_workspace(
    leads: Leads, workspaces: Workspaces, acme: str, post: Post
) -> None:
    ids = post(acme, *(f"Company {number}" for number in range(25)))

    assert completed(leads, f"leads show {acme} ") == ids[:4:-1]
    assert completed(leads, f"leads delete {acme} {ids[7]} {ids[9]}") == [ids[9]]
    assert completed(leads, "leads show ") == [acme, *ids[:4:-1]]
    workspaces.create_workspace("Other", Plan.BASIC)
    assert acme in completed(leads, "leads show ")
    assert ids[9] not in completed(leads, "leads show ")


@pytest.mark.parametrize(
    "company", [r"Acme \$(touch pwned)", "Acme \\`id\\`", "Acme [/x] Ltd", "Acme \x1b]0;x\x07", "a:b\tc"]
)
def test_a_completion_drops_special_characters_of_a_company(leads: Leads, acme: str, post: Post, company: str) -> None:
    [lead] = post(acme, company)

    variables = {"_TYPER_COMPLETE_ARGS": f"leads show {acme} ", "_LEADS_COMPLETE": "complete_zsh"}
    result = leads(**variables)

    assert (result.returncode, result.stderr) == (0, "")
    [described] = re.findall(rf'"{lead}":"(.*)"\)\)', result.stdout)
    assert re.fullmatch(r"[A-Za-z0-9 ]+", described)


def test_a_completion_does_not_wait_for_the_database(leads: Leads) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        variables = {"_LEADS_COMPLETE": "complete_bash", "COMP_WORDS": "leads list ", "COMP_CWORD": "2"}

        assert leads(**variables, AWS_ENDPOINT_URL_DYNAMODB=endpoint).stdout.split() == []


def test_help_shows_what_may_be_omitted(leads: Leads) -> None:
    for command, usage in (
        (["list"], "[WORKSPACE]"),
        (["delete"], "[WORKSPACE] {LEAD}..."),
        (["key", "revoke"], "[WORKSPACE] {START}"),
        (["plan", "set"], "[WORKSPACE] {PLAN}"),
        (["workspace", "delete"], "{WORKSPACE}"),
    ):
        helped = leads(*command, "--help", COLUMNS="200").stdout
        [required] = [line for line in helped.splitlines() if "The workspace's id or name" in line]
        assert f"Usage: leads {' '.join(command)} [OPTIONS] {usage} " in helped
        assert ("[required]" in required) is (usage == "{WORKSPACE}")


def test_a_shell_completes_the_ids_of_workspaces(leads: Leads, workspaces: Workspaces) -> None:
    ids = [workspaces.create_workspace(name, Plan.BASIC) for name in ("Acme", "Bolt")]

    assert completed(leads, "leads list ") == ids
    assert completed(leads, f"leads list {ids[0]}") == ids[:1]
    assert completed(leads, "leads key revoke ") == ids
    assert leads(_LEADS_COMPLETE="complete_bash", COMP_WORDS="leads --local list ", COMP_CWORD="3").stdout.strip() == ""


def test_ctrl_c_ends_a_completion_quietly(leads: Leads, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_context: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("leads_cli.completion.workspaces_of", interrupted)

    result = leads(_LEADS_COMPLETE="complete_bash", COMP_WORDS="leads list ", COMP_CWORD="2")

    assert (result.returncode, result.stdout, result.stderr) == (130, "", "")


def test_the_version_is_printed(leads: Leads) -> None:
    assert re.fullmatch(r"leads \d+\.\d+\.\d+\n", leads("--version").stdout)
