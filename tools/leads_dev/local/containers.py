"""How containers reach this machine."""

import json
import subprocess
from collections.abc import Mapping
from ipaddress import ip_network

from leads_dev.local.ports import is_own_address

# The name of this machine in a container; Docker Desktop defines it itself.
HOST_NAME = "host.docker.internal"


def host_address() -> str | None:
    """The address at which containers reach this machine, or None if that is 127.0.0.1.

    It is 127.0.0.1 if Docker runs in a virtual machine, as Docker Desktop does: the gateway's address is then that of
    the virtual machine.
    """
    inspection = subprocess.run(
        ["docker", "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"],  # noqa: S607 - as found on this machine
        capture_output=True,
        text=True,
        check=False,
    )
    networks = json.loads(inspection.stdout) if inspection.returncode == 0 else None
    return next(filter(is_own_address, map(_gateway, networks or ())), None)


def _gateway(network: Mapping[str, str]) -> str:
    """The gateway of a network. Some versions of Docker do not report it; it is then the first address."""
    return network.get("Gateway") or str(ip_network(network["Subnet"], strict=False)[1])
