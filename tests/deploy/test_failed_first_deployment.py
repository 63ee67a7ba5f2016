"""The script in docs/runbook.md for a failed first deployment, with the real AWS CLI."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from leads_admin.local_client import CREDENTIALS
from support.aws import ROOT, DeploymentRefusedError, EmulatedAws
from support.aws_commands import AWS_CLI_PYTHON

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
DEFINITIONS = re.findall(r"(?ms)^```sh\n(.*?)^```$", RUNBOOK)[0]
[SCRIPT] = re.findall(r"(?ms)^```sh\n(\( set -e.*?)^```$", RUNBOOK)
# The emulator finishes immediately where AWS takes minutes, so the waiters poll quickly.
_AWS = """#!{python}
import os, sys, time
from awscli.clidriver import main
sleep, time.sleep = time.sleep, lambda _seconds: sleep(0.1)
# Version 1 would otherwise have an address of its own for queues.
sys.argv += ["--endpoint-url", os.environ["AWS_ENDPOINT_URL"]]
sys.exit(main())
"""


def run(script: str, aws: EmulatedAws, stack_name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script of the runbook on a stack."""
    command = folder / "aws"
    command.write_text(_AWS.format(python=AWS_CLI_PYTHON), encoding="utf-8")
    command.chmod(0o755)
    return subprocess.run(
        ["bash", "-uc", f"{DEFINITIONS}\nstack={stack_name}\n{script}"],
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "HOME": str(folder),
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": aws.url,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_after_a_failed_first_deployment_the_script_prepares_another_one(
    aws: EmulatedAws, stack_name: str, tmp_path: Path
) -> None:
    aws.client("events").create_event_bus(Name=stack_name)  # so the stack cannot create its own
    with pytest.raises(DeploymentRefusedError, match="ROLLBACK"):
        aws.deploy(stack_name)
    assert aws.tables_of(stack_name)
    aws.client("events").delete_event_bus(Name=stack_name)

    done = run(SCRIPT, aws, stack_name, tmp_path)

    assert (done.returncode, done.stderr) == (0, ""), done
    assert not aws.tables_of(stack_name)
    stack = aws.deploy(stack_name)
    assert stack.post(stack.create_workspace("basic"), [{"company": "Open AI"}]).status_code == 200


def test_the_script_deletes_no_stack_with_leads(aws: EmulatedAws, stack_name: str, tmp_path: Path) -> None:
    stack = aws.deploy(stack_name, LeadEvents="false")
    workspace = stack.create_workspace("basic")
    assert stack.post(workspace, [{"company": "Open AI"}]).status_code == 200

    done = run(SCRIPT, aws, stack_name, tmp_path)

    assert done.returncode == 1
    assert "is not empty" in done.stdout
    assert "Nothing was deleted." in done.stdout
    assert stack.post(workspace, [{"company": "Open AI"}]).status_code == 200
    assert stack.count_leads(workspace) == 2
