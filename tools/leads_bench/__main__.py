"""`make bench`: compares the built function with other implementations, and checks its targets."""

import argparse
import platform
import signal
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from leads_bench import growth, report, subjects, workspace_size
from leads_bench.fairness import check_fairness
from leads_bench.measuring import measure, medians, runner
from leads_bench.targets import artifact_bytes, missed
from leads_dev import artifacts

_BUILD = Path(".aws-sam/build")
_PACKAGES = Path(".venv/bench")


def main() -> int:
    """Run the benchmark; the exit code says whether all targets are met."""
    parser = argparse.ArgumentParser(prog="make bench", description="Compare the function with its peers.")
    parser.add_argument("--rounds", type=int, default=21, help="how often each subject is measured")
    parser.add_argument(
        "--tolerance", type=float, default=0.0, help="share by which targets may be missed, such as 0.15"
    )
    parser.add_argument("--to", type=Path, default=Path(".bench"), help="folder for the pictures and the record")
    arguments = parser.parse_args()
    # This also stops DynamoDB Local.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if platform.system() != "Linux":
        sys.exit("The benchmark needs Linux, because what Lambda runs does: use a container or a virtual machine.")
    python = artifacts.find_lambda_python() or sys.exit("The benchmark needs bytecode: unset LAMBDA_PYTHON.")
    arguments.to.mkdir(parents=True, exist_ok=True)
    console = Console()
    try:
        compared = subjects.prepare(_BUILD, _PACKAGES, arguments.to / "code")
    except FileNotFoundError as exc:
        sys.exit(str(exc))
    runtime = subjects.lay_out_runtime(_PACKAGES, arguments.to / "code")
    check_fairness(python, runtime, compared)
    console.print("All return the same responses and store the same leads.")
    with runner(python, runtime) as run, Progress(console=console) as progress:
        task = progress.add_task("Measuring", total=arguments.rounds)
        measured = measure(run, compared, arguments.rounds, lambda done: progress.update(task, completed=done))
        of_growth = growth.measure_growth(run, compared[0])
    middles = medians(measured)
    size = artifact_bytes(subjects.artifact_folders(_BUILD))
    console.print(report.costs_table(middles))
    console.print(report.table(middles))
    console.print(report.targets_table(middles))
    for line in growth.lines(of_growth):
        console.print(line)
    of_sizes = workspace_size.measure_sizes(python, runtime, compared[0], console)
    lines = missed(middles, size, arguments.tolerance)
    if of_sizes:
        console.print(report.sizes_table(of_sizes))
        report.plot_sizes(of_sizes, arguments.to / "sizes.svg")
        lines += workspace_size.missed(of_sizes, arguments.tolerance)
    console.print(f"Unzipped artifact: {size / 1e6:.1f} MB")
    console.print(", ".join(f"{name}: {value}" for name, value in report.machine().items()))
    report.plot_costs(middles, arguments.to / "costs.svg")
    report.plot_growth(of_growth, arguments.to / "growth.svg")
    record = {"rounds": measured, "medians": middles, "growth": of_growth, "sizes": of_sizes, "artifact bytes": size}
    report.write_record(arguments.to / "record.json", record)
    met = f"nothing that was reached is lost by more than {arguments.tolerance:.0%}"
    print("\n".join(lines) or (met if arguments.tolerance else "all targets met"))  # noqa: T201 - the result
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
