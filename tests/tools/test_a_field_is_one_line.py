"""A field of a lead is one line of the models: whoever adds one finds it everywhere."""

import csv
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from support.changed_copy import ChangedCopy, changed_copy

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
PARQUET_TYPES = ["string", "string", "int64", "bool", "timestamp[us, tz=UTC]"]
CONTACT = {"name": "Ada", "mobileNumber": "+46 70 123 45 67"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> ChangedCopy:
    """A copy of the project in which a lead has four fields more, and a contact one."""

    def add_fields(models: str) -> str:
        return models.replace("    role: Annotated", f"{CONTACT_LINE}    role: Annotated") + LEAD_LINES

    return changed_copy(tmp_path_factory.mktemp("copy"), MODELS, add_fields)


@pytest.mark.slow
def test_it_is_sent_stored_exported_and_imported(copy: ChangedCopy, tmp_path: Path) -> None:
    leads = partial(copy.leads, cwd=tmp_path)

    with copy.running_server(tmp_path) as server:
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
        sent = leads("send", "--company", "Open AI", *fields)
        shown: dict[str, Any] = json.loads(leads("show", workspace, sent, "--json"))
        headings = ("Company", "VAT number", "Open positions", "Is customer", "Founded", "contacts")
        table = [headings, (*map(str, LEAD.values()), json.dumps([CONTACT]))]
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
    columns, *rows = openpyxl.load_workbook(tmp_path / "leads.xlsx").active.values
    assert [{field: row[columns.index(field)] for field in LEAD} for row in rows] == [LEAD, LEAD]
    parquet = pytest.importorskip("pyarrow.parquet").read_table(tmp_path / "leads.parquet")
    assert [str(parquet.schema.field(field).type) for field in LEAD] == PARQUET_TYPES
    of_parquet = parquet.to_pylist()
    founded = datetime(2015, 12, 11, tzinfo=UTC)
    assert [{field: row[field] for field in LEAD} for row in of_parquet] == [LEAD | {"founded": founded}] * 2
    assert of_parquet[1]["contacts"][0].items() >= CONTACT.items()


def test_its_limits_hold_as_derived_and_as_compiled(copy: ChangedCopy) -> None:
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
    expected = "['/0/VATNUMBER', '/0/openPositions']"

    assert copy.output_of("-c", program) == expected
    assert copy.output_of("-c", program, "compiled") == expected


def test_it_is_in_the_event_and_in_all_that_is_described(copy: ChangedCopy) -> None:
    program = f"""
import json
from lead_events.app import handler
from leads_core.dynamodb.lead_items import lead_item
item = lead_item("workspace", "batch-000", {LEAD})
print(json.dumps(handler([{{"eventID": "1", "dynamodb": {{"NewImage": item}}}}], None)[0]["detail"]["lead"]))
"""
    check = copy.run("-m", "leads_dev.generate", "--check")
    assert check.stderr == "openapi.json is not what the code says: run make generate, and look at the difference.\n"
    copy.output_of("-m", "leads_dev.generate")

    assert json.loads(copy.output_of("-c", program)).items() >= LEAD.items()
    openapi = json.loads((copy.folder / "functions" / "api_reference" / "openapi.json").read_text())
    event = json.loads((copy.folder / "docs" / "lead-created.schema.json").read_text())
    described = openapi["components"]["schemas"]["Lead"]["properties"]["vatNumber"]
    assert (described["description"], described["maxLength"]) == ("Number for value-added tax.", 32)
    assert event["$defs"]["lead"]["properties"]["openPositions"]["maximum"] == 1000
    assert "| `openPositions` | whole number | 0 to 1,000 |" in (copy.folder / "docs" / "api.md").read_text()
