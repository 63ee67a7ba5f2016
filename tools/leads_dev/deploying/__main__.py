"""``make deploy``: creates or updates a stack, and asks nothing. STACK and PARAMETERS come from the environment."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx

from leads_admin.stack import stack_settings
from leads_admin.workspaces import Workspaces
from leads_dev.deploying.first_request import NotServedError, refuses_without_key, takes_a_dry_run
from leads_dev.deploying.parameters import for_sam
from leads_dev.deploying.preparation import prepare
from leads_dev.deploying.target import Target, describe_stack

ROOT = Path(__file__).parents[3]


def build(target: Target) -> None:
    """Build what Lambda runs, for the processor that the stack is to have."""
    _run(["make", "--no-print-directory", "build"], {"LAYER_ARCHITECTURE": target.wanted("Architecture")})


def main(http: httpx.Client | None = None, build: Callable[[Target], None] = build) -> None:
    """Check, build, deploy, send a request, and print what to do next. Exits with 1 if any of it fails."""
    target, findings = prepare(os.environ)
    for finding in sorted(findings, key=lambda finding: finding.is_problem):
        _print(f"{'Problem' if finding.is_problem else 'Note'}: {finding.text}\n")
    if target is None or any(finding.is_problem for finding in findings):
        sys.exit("Nothing was built or deployed.")
    what = "Updating" if target.existing else "Creating"
    _print(f"{what} the stack {target.stack} in {target.region}, account {target.account}. This takes some minutes.")
    build(target)
    _run(_sam_deploy(target))
    _try(target, _leads_url(target), http or httpx.Client(timeout=30))
    leads = f".venv/bin/leads --stack {target.stack}"
    _print(f'Next, create a workspace, and a key for it:\n  {leads} workspace create "Acme" --plan basic')
    _print(f"  {leads} key create WORKSPACE")


def _sam_deploy(target: Target) -> Sequence[str]:
    overrides = for_sam(target.parameters)
    return [
        *(str(Path(sys.prefix) / "sam" / "bin" / "sam"), "deploy"),
        *("--stack-name", target.stack, "--region", target.region),
        *(["--parameter-overrides", *overrides] if overrides else []),
    ]


def _run(command: Sequence[str], variables: Mapping[str, str] | None = None) -> None:
    completed = subprocess.run(command, cwd=ROOT, env={**os.environ, **(variables or {})}, check=False)  # noqa: S603 - commands of this project
    if completed.returncode:
        sys.exit("That failed; the reason is above. What a failed deployment leaves behind: docs/runbook.md.")


def _leads_url(target: Target) -> str:
    stack = describe_stack(target.clients, target.stack) or {}
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return str(outputs["LeadsUrl"])


def _try(target: Target, url: str, http: httpx.Client) -> None:
    """Send requests, so that a deployment that does not work is noticed now."""
    if target.wanted("ReservedConcurrency") == "0":
        _print("Not checked: ReservedConcurrency=0 turns the API off.")
        return
    settings = stack_settings(target.stack)
    workspaces = Workspaces(
        target.clients("dynamodb"),
        access_table=settings.access_table,
        leads_table=settings.leads_table,
        # The pause is for requests in flight; here, all have their response.
        sleep=lambda _seconds: None,
    )
    try:
        refuses_without_key(http, url)
        _print("Checked: the API refuses a request without a key.")
        if takes_a_dry_run(http, url, workspaces):
            _print("Checked: it accepts a dry run with a key, which was deleted again.")
        else:
            _print("Not checked: a dry run with a key. Your credentials may not create one.")
    except NotServedError as exc:
        sys.exit(f"The stack is deployed, but does not work yet. {exc}\n{_hint(target)}")


def _hint(target: Target) -> str:
    if domain := target.wanted("DomainName"):
        return f"The name {domain} must lead to the output DomainTarget: see docs/deploying.md."
    return 'See "server-errors" in docs/runbook.md.'


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what it is run for


if __name__ == "__main__":
    main()
