"""A field of a lead is one line of the models: whoever adds one finds it everywhere."""

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from support.server import running_server, server_command

ROOT = Path(__file__).parents[2]
MODELS = Path("layers", "leads_core", "python", "leads_core", "models.py")
LEAD_LINES = """\
    vatNumber: Annotated[str, _text(32, "Number for value-added tax.", "SE556677889901")]
    openPositions: Annotated[int, _number(0, 1000, "How many people it looks for.", 3), _NUMBER_OR_ITS_TEXT]
    isCustomer: Annotated[bool, Field(description="Whether it has bought something.", examples=[True])]
    founded: Annotated[str, _date_time("When the company was founded."), _STORED_IN_UTC]
"""
CONTACT_LINE = """\
    mobileNumber: Annotated[str, _text(64, "Mobile telephone number.", "+46 70 123 45 67")]
"""
LEAD = {
    "company": "Open AI",
    "vatNumber": "SE556677889901",
    "openPositions": 0,
    "isCustomer": False,
    "founded": "2015-12-11T00:00:00Z",
}
CONTACT = {"name": "Ada", "mobileNumber": "+46 70 123 45 67"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which a lead has four fields more, and a contact one."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("functions", "layers", "tools", "docs"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "template.yaml"):
        shutil.copy(ROOT / file, tree)
    models = (tree / MODELS).read_text(encoding="utf-8")
    with_contact_field = models.replace("    role: Annotated", f"{CONTACT_LINE}    role: Annotated")
    (tree / MODELS).write_text(with_contact_field.rstrip("\n") + "\n" + LEAD_LINES, encoding="utf-8")
    return tree


@pytest.fixture(scope="module")
def environment(tree: Path) -> dict[str, str]:
    roots = (tree / "functions", tree / "layers" / "leads_core" / "python", tree / "tools")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots)), "PYTHONDONTWRITEBYTECODE": "1"}


def python(environment: dict[str, str], folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_it_is_sent_stored_exported_and_imported(environment: dict[str, str], tmp_path: Path) -> None:
    def leads(*arguments: str) -> str:
        return python(environment, tmp_path, "-c", "from leads_cli.main import app; app()", "--local", *arguments)

    with running_server(server_command(tmp_path / ".local"), tmp_path / ".local", environment=environment) as server:
        workspace = server.state.basic.workspace
        fields = (
            "--vat-number",
            "SE556677889901",
            "--open-positions",
            "0",
            "--no-is-customer",
            "--founded",
            "2015-12-11",
        )
        sent = leads("send", "--company", "Open AI", *fields).strip()
        shown: dict[str, Any] = json.loads(leads("show", workspace, sent, "--json"))
        table = [[*LEAD, "contacts"], [*map(str, LEAD.values()), json.dumps([CONTACT])]]
        (tmp_path / "leads.tsv").write_text("".join("\t".join(cells) + "\n" for cells in table))
        leads("import", "leads.tsv", "--yes")
        for file_format in ("csv", "jsonl", "parquet", "xlsx"):
            leads("export", workspace, "--format", file_format, "--output", f"leads.{file_format}")

    assert shown.items() >= LEAD.items()
    lines = [json.loads(line) for line in (tmp_path / "leads.jsonl").read_text().splitlines()]
    assert [line.items() >= LEAD.items() for line in lines] == [True, True]
    assert lines[1]["contacts"][0].items() >= CONTACT.items()
    with (tmp_path / "leads.csv").open(newline="") as file:
        of_csv = [{field: row[field] for field in LEAD} for row in csv.DictReader(file)]
    assert of_csv == [LEAD | {"openPositions": "0", "isCustomer": "false"}] * 2
    headings, *rows = openpyxl.load_workbook(tmp_path / "leads.xlsx").active.values
    assert [{field: row[headings.index(field)] for field in LEAD} for row in rows] == [LEAD, LEAD]
    of_parquet = pytest.importorskip("pyarrow.parquet").read_table(tmp_path / "leads.parquet").to_pylist()
    founded = datetime(2015, 12, 11, tzinfo=UTC)
    assert [{field: row[field] for field in LEAD} for row in of_parquet] == [LEAD | {"founded": founded}] * 2
    assert of_parquet[1]["contacts"][0].items() >= CONTACT.items()


def test_its_limits_hold_as_derived_and_as_compiled(tree: Path, environment: dict[str, str]) -> None:
    program = """
import sys
from pathlib import Path
if sys.argv[1:]:
    from leads_dev.compiled_models import compiled_models
    import leads_core
    sys.modules["leads_core.compiled_models"] = module = type(sys)("leads_core.compiled_models")
    exec(compiled_models(), module.__dict__)
from leads_core.parsing import parse_leads
refused = parse_leads(b'[{"VATNUMBER": "%s", "openPositions": -1}]' % (b"x" * 33), max_leads=1)
print([problem.pointer for problem in refused.problems])
"""
    expected = "['/0/VATNUMBER', '/0/openPositions']\n"

    assert python(environment, tree, "-c", program) == expected
    assert python(environment, tree, "-c", program, "compiled") == expected


def test_it_is_in_the_event_and_in_all_that_is_described(tree: Path, environment: dict[str, str]) -> None:
    program = f"""
import json
from lead_events.app import handler
from leads_core.dynamodb.lead_items import lead_item
item = lead_item("workspace", "batch-000", {LEAD})
print(json.dumps(handler([{{"eventID": "1", "dynamodb": {{"NewImage": item}}}}], None)[0]["detail"]["lead"]))
"""
    check = subprocess.run(
        [sys.executable, "-m", "leads_dev.generate", "--check"],
        env=environment,
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.stderr == "openapi.json is not what the code says: run make generate, and look at the difference.\n"
    python(environment, tree, "-m", "leads_dev.generate")

    assert json.loads(python(environment, tree, "-c", program)).items() >= LEAD.items()
    openapi = json.loads((tree / "functions" / "api_reference" / "openapi.json").read_text())
    event = json.loads((tree / "docs" / "lead-created.schema.json").read_text())
    described = openapi["components"]["schemas"]["Lead"]["properties"]["vatNumber"]
    assert (described["description"], described["maxLength"]) == ("Number for value-added tax.", 32)
    assert event["$defs"]["lead"]["properties"]["openPositions"]["maximum"] == 1000
    assert "| `openPositions` | whole number | 0 to 1,000 |" in (tree / "docs" / "api.md").read_text()
