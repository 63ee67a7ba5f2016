"""The unchanged template in an emulated AWS: deployed, updated, refused and rolled back."""

import shutil
from pathlib import Path

import httpx
import pytest

from support.aws import BUILD, DeploymentRefusedError, EmulatedAws
from support.clock import PATIENT_HTTP


def test_new_code_of_a_layer_takes_effect(aws: EmulatedAws, stack_name: str, tmp_path: Path) -> None:
    stack = aws.deploy(stack_name)
    workspace = stack.create_workspace("basic")
    assert "at least one lead" in stack.post(workspace, []).text
    shutil.copytree(BUILD, tmp_path, dirs_exist_ok=True)
    change(tmp_path / "LeadsCoreLayer" / "python" / "leads_core" / "parsing.py", "at least one lead", "a single lead")

    stack = aws.deploy(stack_name, tmp_path)

    assert "a single lead" in stack.post(workspace, []).text


def change(source: Path, old: str, new: str) -> None:
    """Change a Python file, and remove its bytecode, which Lambda would run unchecked."""
    text = source.read_text()
    assert old in text
    source.write_text(text.replace(old, new))
    next(source.parent.glob(f"__pycache__/{source.stem}.*.pyc")).unlink()


def test_a_changed_parameter_takes_effect_and_the_leads_stay(aws: EmulatedAws, stack_name: str) -> None:
    stack = aws.deploy(stack_name)
    workspace = stack.create_workspace("basic")
    assert stack.post(workspace, [{}] * 3).headers["RateLimit-Policy"] == '"default";q=1000;w=300'

    stack = aws.deploy(stack_name, RateLimitRequests="2")

    assert stack.post(workspace, [{}]).headers["RateLimit-Policy"] == '"default";q=2;w=300'
    assert stack.post(workspace, [{}]).status_code == 429
    assert stack.count_leads(workspace) == 4


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"RateLimitRequests": "0"}, "RateLimitRequests"),
        ({"Architecture": "sparc"}, "Architecture"),
        ({"ReservedConcurrency": "ten"}, "must be a whole number up to 99999, or empty"),
        ({"DomainName": "leads.example.com"}, "DomainName needs CertificateArn"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_parameter_is_refused_with_the_reason(
    aws: EmulatedAws, stack_name: str, parameters: dict[str, str], reason: str
) -> None:
    with pytest.raises(DeploymentRefusedError, match=reason):
        aws.deploy(stack_name, **parameters)

    assert not aws.tables_of(stack_name)


def test_a_failed_update_is_rolled_back(aws: EmulatedAws, stack_name: str) -> None:
    stack = aws.deploy(stack_name, LeadEvents="false")
    workspace = stack.create_workspace("basic")
    assert stack.post(workspace, [{}] * 3).status_code == 200
    aws.client("events").create_event_bus(Name=stack_name)  # so the stack cannot create its own

    with pytest.raises(DeploymentRefusedError, match="ROLLBACK"):
        aws.deploy(stack_name, LeadEvents="true", RateLimitRequests="7")

    response = stack.post(workspace, [{}])
    assert (response.status_code, response.headers["RateLimit-Policy"]) == (200, '"default";q=1000;w=300')
    assert stack.count_leads(workspace) == 4


def test_with_a_domain_the_path_has_no_stage(aws: EmulatedAws, stack_name: str) -> None:
    domain = f"{stack_name}.example.com"
    certificate = aws.client("acm").request_certificate(DomainName=domain)["CertificateArn"]

    stack = aws.deploy(stack_name, DomainName=domain, CertificateArn=certificate)

    workspace = stack.create_workspace("basic")
    url = stack.outputs["LeadsUrl"]
    assert url == f"https://{domain}/api/v1/leads"
    assert stack.outputs["DomainTarget"]
    response = httpx.post(
        f"{aws.url}/api/v1/leads", json=[{}], headers={"Host": domain, "X-API-Key": workspace.key}, timeout=PATIENT_HTTP
    )
    assert response.status_code == 200
