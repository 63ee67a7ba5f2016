"""The local server as a separate process."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from leads_cli import local_state


@dataclass(frozen=True)
class Server:
    """A running local server, and its output so far."""

    state: local_state.LocalState
    output: list[str]
    _process: subprocess.Popen[str]
    _reader: threading.Thread

    def stop(self, how: signal.Signals) -> int:
        """Interrupt it, wait until it has ended, and return its exit code."""
        self._process.send_signal(how)
        self._reader.join()
        return self._process.wait()


@contextmanager
def running_server(
    command: list[str], directory: Path, *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a server that writes its state to a directory, and wait until it has printed how to use it."""
    with subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        output: list[str] = []
        ready = threading.Event()

        def read() -> None:
            for line in process.stdout or ():
                output.append(line)
                if " --local list " in line:
                    ready.set()
            ready.set()  # it ended, and the output shows why

        reader = threading.Thread(target=read)
        reader.start()
        try:
            ready.wait()
            assert process.poll() is None, "".join(output)
            [state] = [state for state in local_state.known_servers(directory) if f"{state.url}/api" in "".join(output)]
            yield Server(state, output, process, reader)
        finally:
            process.terminate()
            reader.join()


def server_command(directory: Path) -> list[str]:
    """What `make serve` runs, on free ports."""
    return [sys.executable, "-m", "leads_dev.local", "--console-port=0", *options(directory)]


def options(directory: Path) -> list[str]:
    """Options of a local server: free ports, and the directory for its state."""
    return ["--port=0", "--dynamodb-port=0", f"--directory={directory}"]
