"""What a cold start of what is deployed does not have to wait for: that the placeholders in its layer still help."""

import json
import subprocess

from leads_tools import artifacts
from leads_tools.bench.subjects import artifact_folders, environment
from support.aws import BUILD

HEAVY = {
    "boto3": "botocore's client is enough",
    "html.parser": "botocore's documentation is written with it",
    "importlib.metadata": "urllib3 looks for HTTP/2 with it",
    "pydantic": "its core checks, with a schema that need not be derived",
}


def test_what_is_deployed_imports_nothing_that_a_placeholder_stands_for() -> None:
    python = artifacts.find_lambda_python()
    assert python
    program = f"""
import json, sys, types
sys.modules["snapshot_restore_py"] = types.SimpleNamespace(register_after_restore=id)  # Lambda's runtime has it
sys.path[:0] = {list(map(str, artifact_folders(BUILD)))}
import leads_api.app, pydantic_core.core_schema
print(json.dumps([sorted(sys.modules), len(dir(pydantic_core.core_schema))]))
"""

    done = subprocess.run(
        [python, "-I", "-c", program], env=environment("http://127.0.0.1:1"), capture_output=True, text=True, check=True
    )

    imported, names_of_schemas = json.loads(done.stdout)
    assert "leads_api.app" in imported
    assert {name: reason for name, reason in HEAVY.items() if name in imported} == {}
    assert names_of_schemas < 20, "of over a hundred that nothing here uses"
