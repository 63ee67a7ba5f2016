"""What a cold start does not have to wait for."""

import json
import subprocess
import sys

HEAVY = {
    "asyncio": "nothing here waits in an event loop",
    "aws_lambda_powertools.event_handler": "there is one route",
    "aws_lambda_powertools.utilities.idempotency": "idempotency is our own",
    "aws_lambda_powertools.utilities.parser": "pydantic's core is used as it is",
    "aws_xray_sdk": "tracing is the platform's",
    "boto3": "botocore's client is enough",
    "email_validator": "no syntax of addresses is enforced",
    "jsonschema": "pydantic's core checks",
    "leads_admin": "it is never deployed",
    "leads_cli": "it is never deployed",
    "multiprocessing": "a function has one process",
    "pydantic": "its core checks, with a schema that need not be derived",
    "requests": "botocore brings its own",
    "s3transfer": "there is no S3",
}


def test_the_function_imports_nothing_that_is_heavy_and_not_needed() -> None:
    program = "import json, sys; import leads_api.app; print(json.dumps(sorted(sys.modules)))"
    environment = {
        "ACCESS_TABLE": "access",
        "LEADS_TABLE": "leads",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }

    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    imported = json.loads(done.stdout)
    assert "leads_api.app" in imported
    assert {name: reason for name, reason in HEAVY.items() if name in imported} == {}
