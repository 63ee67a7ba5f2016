"""Runs in the process that is measured: imports a handler as Lambda does, calls it, and writes what that took.

``driver.py PLAN RESULT``: two JSON files. The plan names the folders to import from, the module, and the cases: each a
file of an event, how often to call the handler with it first, and how often to call it then and measure. Times are
seconds of CPU a call, of all threads; the cold start's begin with the process and end with its first answer. Elapsed
are seconds of the clock a call. Memory is the most that was ever resident, in bytes.
"""

import importlib
import json
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
    # Not of getrusage: that begins with what the parent process had.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _event(case: dict[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(Path(case["event"]).read_text(encoding="utf-8"))
    return event


def main(plan_file: str, result_file: str) -> None:
    """Carry out a plan."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    # What Lambda has imported before it comes to a function.
    sys.path.append(plan["runtime"])
    importlib.import_module("awslambdaric.bootstrap")
    sys.path[:0] = plan["path"]
    handler: Any = getattr(importlib.import_module(plan["module"]), "handler", None)
    context = _Context()
    answers = []
    if plan["cases"]:
        answers.append(handler(_event(plan["cases"][0]), context))
    result = {"cold": time.process_time()}
    elapsed = {}
    for case in plan["cases"]:
        event = _event(case)
        for _ in range(case["before"]):
            handler(event, context)
        began, started = time.perf_counter(), time.process_time()
        for _ in range(case["calls"]):
            answer = handler(event, context)
        result[case["name"]] = (time.process_time() - started) / case["calls"]
        elapsed[case["name"]] = (time.perf_counter() - began) / case["calls"]
        answers.append(answer)
    result["memory"] = _peak_memory()
    written = {"measured": result, "elapsed": elapsed, "answers": answers}
    Path(result_file).write_text(json.dumps(written), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
