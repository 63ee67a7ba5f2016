"""Runs in the measured process: imports a handler as Lambda does, calls it, and writes the measurements.

``driver.py PLAN RESULT``: two JSON files. The plan has the folders to import from, the module, and the cases: each has
the file of an event, the number of calls before the measurement, and the number of measured calls. The first request of
the first case is made before all others. ``measured`` is CPU seconds, of all threads: of the import, with the start of
the process; of the first request; and of a call of each case. If the environment says that Lambda takes a snapshot, the
import includes what the function does before it, and the first request what it does after it. ``elapsed`` is seconds of
the clock a call. Memory is the peak of resident memory, in bytes.
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


class _Context:
    function_name = "leads-api"
    function_version = "$LATEST"
    memory_limit_in_mb = "1024"
    invoked_function_arn = "arn:aws:lambda:eu-north-1:123456789012:function:leads-api"
    aws_request_id = "5f0c2f5e-7b1a-4b1e-9a43-0d3f5c6b7a89"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


def _peak_memory() -> int:
    # getrusage would not do: its value begins with that of the parent process.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _event(case: dict[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(Path(case["event"]).read_text(encoding="utf-8"))
    return event


def main(plan_file: str, result_file: str) -> None:
    """Carry out a plan."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    # Modules that Lambda's runtime has imported before the function.
    sys.path.append(plan["runtime"])
    importlib.import_module("awslambdaric.bootstrap")
    takes_snapshot = os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"] == "snap-start"
    hooks: Any = importlib.import_module("awslambdaric.lambda_runtime_hooks_runner") if takes_snapshot else None
    sys.path[:0] = plan["path"]
    context = _Context()
    first = _event(plan["cases"][0])
    handler = importlib.import_module(plan["module"]).handler
    if takes_snapshot:
        hooks.run_before_snapshot()
    result = {"import": time.process_time()}
    if takes_snapshot:
        hooks.run_after_restore()
    responses = [handler(first, context)]
    result["first request"] = time.process_time() - result["import"]
    elapsed = {}
    for case in plan["cases"]:
        event = _event(case)
        for _ in range(case["before"]):
            handler(event, context)
        began, started = time.perf_counter(), time.process_time()
        for _ in range(case["calls"]):
            response = handler(event, context)
        result[case["name"]] = (time.process_time() - started) / case["calls"]
        elapsed[case["name"]] = (time.perf_counter() - began) / case["calls"]
        responses.append(response)
    result["memory"] = _peak_memory()
    written = {"measured": result, "elapsed": elapsed, "responses": responses}
    Path(result_file).write_text(json.dumps(written), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
