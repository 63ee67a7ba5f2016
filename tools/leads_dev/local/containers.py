"""How containers reach this machine."""

import json
import subprocess
from collections.abc import Mapping
from ipaddress import ip_network

from leads_dev.local.ports import is_own_address

# Names this machine in a container; Docker Desktop knows it by itself.
HOST_NAME = "host.docker.internal"


def host_address() -> str | None:
    """The address of this machine that containers are led to, or None if it is 127.0.0.1.

    It is where Docker runs in a virtual machine, as Docker Desktop does: the other address is that machine's then.
    """
    told = subprocess.run(
        ["docker", "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"],  # noqa: S607 - as found on this machine
        capture_output=True,
        text=True,
        check=False,
    )
    networks = json.loads(told.stdout) if told.returncode == 0 else None
    return next(filter(is_own_address, map(_gateway, networks or ())), None)


def _gateway(network: Mapping[str, str]) -> str:
    """What Docker says, or, as not every version does, the first address: that is what it takes."""
    return network.get("Gateway") or str(ip_network(network["Subnet"], strict=False)[1])
