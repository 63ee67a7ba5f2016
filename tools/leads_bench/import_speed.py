"""Measures the CPU time of an import and of its server: ``python -m leads_bench.import_speed 100000``.

A file with this many rows is imported into a local server, which is a separate process. The server limits the speed of
an import if it is always busy while the client is mostly idle.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from leads_cli import local_state

_LEADS = Path(sys.executable).with_name("leads")


def measure(rows: int) -> None:
    """Import rows, and print how the time was spent."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        file = directory / "leads.csv"
        _write(file, rows)
        with subprocess.Popen(  # noqa: S603 - this project's own server
            [sys.executable, "-m", "leads_dev.local", "--port=0", "--dynamodb-port=0", f"--directory={directory}"],
            env={**os.environ, "RATE_LIMIT_REQUESTS": "1000000"},
            stdout=subprocess.DEVNULL,
        ) as server:
            try:
                running = _wait_for(server, directory)
                before = _cpu_seconds(server.pid)
                started = time.monotonic()
                client_seconds = _import(file, running)
                wall_seconds = time.monotonic() - started
                server_seconds = _cpu_seconds(server.pid) - before
            finally:
                server.terminate()
    print(f"{rows} rows in {wall_seconds:.0f} s of this machine")  # noqa: T201 - the result
    for who, seconds in (("client", client_seconds), ("server", server_seconds)):
        print(f"{who}: busy {seconds / wall_seconds:.0%} of the time, {seconds / rows * 1e6:.0f} us a row")  # noqa: T201 - the result


def _write(file: Path, rows: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["Company name", "First name", "Last name", "E-mail", "Phone", "Employees", "Website", "Notes"])
        for row in range(rows):
            notes = f"Met at the fair, stand {row}.\nWants an offer by the end of the month."
            web = f"https://www.company-{row}.example"
            cells = (f"Company {row}", "Ada", f"Lovelace {row}", f"ada@company-{row}.example", f"+46701{row:06d}")
            writer.writerow([*cells, row % 500 + 1, web, notes])


def _wait_for(server: subprocess.Popen[bytes], directory: Path) -> local_state.LocalState:
    while server.poll() is None:
        try:
            return local_state.read(directory)
        except local_state.NoLocalServerError:
            time.sleep(0.05)
    sys.exit("The local server did not start.")


def _import(file: Path, running: local_state.LocalState) -> float:
    """Import a file, and return the CPU seconds that it took."""
    before = os.times()
    subprocess.run(  # noqa: S603 - this project's own command
        [_LEADS, "import", file, "--url", running.url, "--yes"],
        env={**os.environ, "LEADS_API_KEY": running.basic.key},
        check=True,
    )
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _cpu_seconds(process: int) -> float:
    """User and system time of a process so far, from Linux (see proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    measure(int(sys.argv[1]))
