"""The build for Lambda: its imports at start-up, and its size."""

import json
import subprocess

from leads_dev import artifacts
from support.aws import BUILD, ROOT

FOLDERS = [BUILD / "LeadsApiFunction", BUILD / "LeadsCoreLayer" / "python", BUILD / "DependenciesLayer" / "python"]
MOST_BYTES = 15_000_000
HEAVY = {
    "asyncio": "nothing here waits in an event loop",
    "aws_lambda_powertools.event_handler": "there is one route",
    "aws_lambda_powertools.utilities.idempotency": "idempotency is our own",
    "aws_lambda_powertools.utilities.parser": "pydantic's core is used as it is",
    "aws_xray_sdk": "tracing is the platform's",
    "boto3": "botocore's client is enough",
    "leads_admin": "it is never deployed",
    "leads_core.models": "they were compiled when the layer was built",
    "multiprocessing": "a function has one process",
    "pydantic": "its core checks, with a schema that was derived when the layer was built",
    "s3transfer": "there is no S3",
}
ENVIRONMENT = {
    "ACCESS_TABLE": "access",
    "LEADS_TABLE": "leads",
    "AWS_DEFAULT_REGION": "eu-north-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


def test_the_built_function_starts_without_other_packages_or_heavy_imports() -> None:
    python = artifacts.find_lambda_python()
    assert python
    program = f"""
import json, sys, types
# Lambda's runtime has it.
hooks = dict.fromkeys(["register_before_snapshot", "register_after_restore"], lambda *_: None)
sys.modules["snapshot_restore_py"] = types.SimpleNamespace(**hooks)
sys.path[:0] = {list(map(str, FOLDERS))}
import leads_api.app
print(json.dumps(sorted(sys.modules)))
"""

    done = subprocess.run([python, "-I", "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=True)

    imported = json.loads(done.stdout)
    assert "leads_api.app" in imported
    assert {name: reason for name, reason in HEAVY.items() if name in imported} == {}


def test_lambda_unzips_no_more_than_15_mb() -> None:
    assert sum(file.stat().st_size for folder in FOLDERS for file in folder.rglob("*") if file.is_file()) <= MOST_BYTES


def test_the_script_of_the_reference_is_built_in_advance() -> None:
    built = BUILD / "ApiReferenceFunction"

    assert (built / "api_reference" / "reference.js.gz").is_file()
    assert not (built / "flask_openapi_scalar").exists()
    assert not (ROOT / "functions" / "api_reference" / "reference.js.gz").exists(), "a copy that would grow old"
