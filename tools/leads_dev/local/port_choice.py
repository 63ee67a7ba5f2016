"""The ports of a local server as its user chose them, and the command for the same ports, or for free ones."""

from collections.abc import Iterable, Mapping

from leads_dev.local.options import USUAL_PORTS
from leads_dev.local.ports import is_taken

_HIGHEST_PORT = 65535


class TakenPortsError(Exception):
    """Some ports are taken. The text names all of them, and the command with ports that are free."""


def command_with(target: str, ports: Mapping[str, int], *, keep: bool = False) -> str:
    """The command that serves on these ports, which are by variable; usual ports are left out."""
    changed = [f"{variable}={port}" for variable, port in ports.items() if port != USUAL_PORTS[variable]]
    return " ".join(["make", target, *changed, *(["KEEP=1"] if keep else [])])


def check_ports(target: str, ports: Mapping[str, int], *, keep: bool = False) -> None:
    """Raise TakenPortsError if one of the ports is in use, or is given twice.

    Otherwise another server there could be mistaken for this one.
    """
    free: dict[str, int] = {}
    refused = []
    for variable, port in ports.items():
        if port and (port in free.values() or is_taken(port)):
            refused.append(f"{port} ({variable})")
            free[variable] = _next_free(port, {*free.values(), *ports.values()})
        else:
            free[variable] = port
    if refused:
        what = "Port {} is" if len(refused) == 1 else "Ports {} are"
        raise TakenPortsError(f"{what.format(_and(refused))} taken: {command_with(target, free, keep=keep)}")


def _next_free(port: int, others: Iterable[int]) -> int:
    """The next port that nothing listens on; those from 1024 on need no rights of an administrator."""
    above = range(max(port, 1023) + 1, _HIGHEST_PORT + 1)
    return next((port for port in above if port not in others and not is_taken(port)), 0)


def _and(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
