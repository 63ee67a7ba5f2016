"""Workspaces that already hold leads, in a real database."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from leads_admin.local_client import CREDENTIALS, local_client
from leads_admin.workspaces import Workspaces
from leads_bench.measuring import Case, Runner
from leads_bench.sample_requests import API_KEY, lead_of_bytes
from leads_bench.subjects import Subject
from leads_core.deadlines import Clock
from leads_core.plans import Plan
from leads_core.ulids import new_ulid
from leads_dev.local.moto_dynamodb import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LEAD_BYTES = 200
# More leads than a request may usually have, in two processes: the fastest on two cores.
_LEADS_IN_A_REQUEST = 250
_PROCESSES = 2


@dataclass(frozen=True, slots=True)
class FilledWorkspace:
    """A workspace on the basic plan, the only one in its tables, and the function that stores its leads."""

    client: "DynamoDBClient"
    leads_table: str
    runner: Runner
    subject: Subject

    def fill(self, leads: int) -> None:
        """Store small leads with the function; their number is a multiple of 500."""
        request = [lead_of_bytes(number, _LEAD_BYTES) for number in range(_LEADS_IN_A_REQUEST)]
        requests = leads // len(request) // _PROCESSES
        case = self.runner.case("filling", request, before=0, calls=requests - 1)  # the cold start makes one more
        with ThreadPoolExecutor(_PROCESSES) as pool:
            runs = [pool.submit(self.runner.run, self.subject, [case]) for _ in range(_PROCESSES)]
        self._check(leads, runs[0].result())

    def send(self, cases: Mapping[Case, int]) -> dict[str, Any]:
        """Run cases, of so many leads a request; raises RuntimeError unless all of them are stored."""
        cold_start = next(iter(cases.values()))
        wanted = self._holds() + cold_start + sum((case.before + case.calls) * count for case, count in cases.items())
        ran = self.runner.run(self.subject, list(cases))
        self._check(wanted, ran)
        return ran

    def _check(self, wanted: int, ran: dict[str, Any]) -> None:
        if (holds := self._holds()) != wanted:
            raise RuntimeError(f"{holds} leads are stored, not {wanted}. The last response: {ran['responses'][-1]}")

    def _holds(self) -> int:
        # DynamoDB Local counts items at each request for the count.
        return self.client.describe_table(TableName=self.leads_table)["Table"]["ItemCount"]


@contextmanager
def filled_workspace(runner: Runner, subject: Subject, leads: int) -> Iterator[FilledWorkspace]:
    """A workspace that the function has filled with leads, in tables that are deleted afterwards."""
    client = local_client(runner.endpoint)
    stack = f"bench-{new_ulid(Clock().now_ms())}"
    access_table, leads_table = f"{stack}-access", f"{stack}-leads"
    create_tables(client, stack)
    try:
        workspaces = Workspaces(client, access_table=access_table, leads_table=leads_table)
        workspaces.create_key(workspaces.create_workspace("Benchmark", Plan.BASIC), label="bench", secret=API_KEY)
        variables = {
            **CREDENTIALS,
            "ACCESS_TABLE": access_table,
            "LEADS_TABLE": leads_table,
            "RATE_LIMIT_REQUESTS": "1000000",
            "MAX_LEADS_PER_REQUEST": str(_LEADS_IN_A_REQUEST),
        }
        workspace = FilledWorkspace(client, leads_table, replace(runner, variables=variables), subject)
        if leads:
            workspace.fill(leads)
        yield workspace
    finally:
        for table in (access_table, leads_table):
            client.delete_table(TableName=table)
