"""Clients that OpenAPI Generator makes from the description; ``clients/`` has the programs that use them."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leads_admin.stored_leads import Selection
from leads_cli.local_state import LocalState
from leads_core.leads import Lead
from support.api import workspaces_in

Run = Callable[..., subprocess.CompletedProcess[str]]
Finished = subprocess.CompletedProcess[str]

VENV = Path(__file__).parents[2] / ".venv"
CLIENTS = Path(__file__).parent / "clients"

# The leads that the programs send. The server sets `date` and `dateCreated` if they are not sent.
SENT = [
    {"company": "Open AI", "employeeCount": 50, "labels": ["fair"], "date": "2026-11-23T08:00:00Z"},
    {"contacts": [{"name": "Ada", "email": "ada@example.com"}], "employeeCount": 1},
    {"contactPerson": "Charles Babbage", "contacts": [{"name": "Grace"}], "employeeCount": 1},
]


@pytest.fixture
def generate(run: Run, tmp_path: Path) -> Callable[[str], Path]:
    """Generate a client with one of the generators, in a folder with its name."""

    def generate(generator: str) -> Path:
        result = run("openapi-generator-cli", "generate", f"-g={generator}", "-i=openapi.json", f"-o={generator}")
        assert result.returncode == 0, result.stdout
        return tmp_path / generator

    return generate


def with_python(run: Run, generated: Path, *arguments: str) -> Finished:
    return run("python", CLIENTS / "client.py", *arguments, PYTHONPATH=str(generated))


def with_typescript(run: Run, generated: Path, *arguments: str) -> Finished:
    shutil.copy(CLIENTS / "client.ts", generated.parent)
    options = ["--strict", "--target", "es2020", "--module", "commonjs", "--moduleResolution", "node"]
    compiled = run("tsc", *options, "--outDir", "compiled", "client.ts")
    assert compiled.returncode == 0, compiled.stdout
    return run("node", "compiled/client.js", *arguments)


def with_go(run: Run, generated: Path, *arguments: str) -> Finished:
    program = generated / "cmd"
    program.mkdir()
    shutil.copy(CLIENTS / "client.go", program)
    compiled = run(
        "go",
        *("build", "-C", generated, "-o", "client", "./cmd"),
        GOCACHE=str(VENV / "openapi" / "go-build"),  # of Go's own library
        GOPATH=str(generated / "path"),
        GOTOOLCHAIN="local",
        GOPROXY="off",
        CGO_ENABLED="0",
    )
    assert compiled.returncode == 0, compiled.stdout
    return run(generated / "client", *arguments)


def with_php(run: Run, generated: Path, *arguments: str) -> Finished:
    skip_without(run, "php", "-r", "require 'GuzzleHttp/autoload.php';")
    shutil.copy(CLIENTS / "client.php", generated.parent)
    return run("php", "client.php", *arguments)


def with_ruby(run: Run, generated: Path, *arguments: str) -> Finished:
    skip_without(run, "ruby", "-e", "require 'typhoeus'")
    shutil.copy(CLIENTS / "client.rb", generated.parent)
    return run("ruby", "client.rb", *arguments)


def skip_without(run: Run, program: str, *arguments: str) -> None:
    if shutil.which(program) is None or run(program, *arguments).returncode:
        pytest.skip(f"needs {program} with the library that its clients use: {' '.join(arguments)}")


@pytest.mark.parametrize(
    ("generator", "use"),
    [
        ("python", with_python),
        ("typescript-fetch", with_typescript),
        ("go", with_go),
        ("php", with_php),
        ("ruby", with_ruby),
    ],
)
def test_a_generated_client_creates_leads_and_reads_every_response(
    generate: Callable[[str], Path], run: Run, api: LocalState, generator: str, use: Callable[..., Finished]
) -> None:
    result = use(run, generate(generator), api.url, api.basic.key)

    assert result.returncode == 0, result.stdout
    seen = json.loads(result.stdout)
    assert seen["stored"] == [True, None, True]  # succeeded, without a message, without data
    assert [lead_id[-4:] for lead_id in seen["ids"]] == ["-000", "-001", "-002"]
    assert seen["tried"] == [None, None, None]  # the ids of a dry run
    assert seen["bad"] == [400, False, 1, "/1/email"]
    assert seen["refused"] == [401, False, "Invalid API key."]
    workspaces = workspaces_in(api)
    assert sum(workspaces.lead_counts(api.basic.workspace)) == 2 * len(SENT)
    batch = Selection(batch=seen["ids"][0][:-4])
    read = workspaces.leads(api.basic.workspace, batch, page_size=100, newest_first=False)
    leads = [without_times(lead, sent) for lead, sent in zip(read, SENT, strict=True)]
    assert leads == SENT


def without_times(lead: Lead, sent: dict[str, Any]) -> dict[str, Any]:
    """A stored lead without its id, and without the times that the server sets."""
    contacts = [
        {name: value for name, value in contact.items() if name != "dateCreated"}
        for contact in lead.get("contacts", [])
    ]
    return {
        name: contacts if name == "contacts" else value
        for name, value in lead.items()
        if name != "id" and (name != "date" or "date" in sent)
    }


def test_a_client_for_java_is_valid(generate: Callable[[str], Path], run: Run) -> None:
    generated = generate("java")
    if shutil.which("javac") is None:
        pytest.skip("needs a JDK")

    # Parsing alone: the libraries that it uses are not here.
    parsed = run("javac", "-proc:none", "-XDshould-stop.ifNoError=PARSE", *generated.glob("src/main/**/*.java"))

    assert parsed.returncode == 0, parsed.stdout


def test_a_client_for_csharp_has_valid_types(generate: Callable[[str], Path]) -> None:
    models = generate("csharp") / "src" / "Org.OpenAPITools" / "Model"

    accepted, lead = ((models / name).read_text(encoding="utf-8-sig") for name in ("Accepted.cs", "Lead.cs"))

    # There is no compiler here. The functions of an enum of booleans were invalid: they had no type.
    assert re.search(r"public bool Succeeded \{ get; set; \}", accepted)
    assert re.search(r"public string\? Message \{ get; set; \}", accepted)
    assert not re.search(r"public static +\w+\(", accepted + lead)
