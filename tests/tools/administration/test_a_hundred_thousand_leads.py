"""The cost of each view of the console in a workspace with 100,000 leads, in calls and read units."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from leads_admin.local_client import local_client
from leads_console.source import source_of
from leads_core.dynamodb.schema import LEAD_SHARDS
from leads_core.intake import Batch
from leads_core.plans import Plan
from leads_core.ulids import new_ulid
from leads_dev.local.dynamodb_local import URL_VARIABLE
from support.clock import soon
from support.console import open_console
from support.operators import Operator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(URL_VARIABLE not in os.environ, reason="`make test-dynamodb-local` runs these"),
]

LEADS = 100_000
STARTED_MS = 1_795_420_800_000
A_DAY_MS = 86_400_000


class Meter:
    """The consumption of a client's calls."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - boto3's
        self.calls: Counter[str] = Counter()
        self.units = 0.0
        events = client.meta.events
        for operation in ("Query", "GetItem", "BatchGetItem", "Scan"):
            events.register(f"provide-client-params.dynamodb.{operation}", self._ask)
            events.register(f"after-call.dynamodb.{operation}", self._add)

    def take(self) -> tuple[dict[str, int], float]:
        """Calls by name, and read units, since the last call of this method."""
        taken = dict(self.calls), self.units
        self.calls, self.units = Counter(), 0.0
        return taken

    def _ask(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: ANN401
        return params | {"ReturnConsumedCapacity": "TOTAL"}

    def _add(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:  # noqa: ANN401
        consumed = parsed["ConsumedCapacity"]
        self.calls[model.name] += 1
        self.units += sum(each["CapacityUnits"] for each in (consumed if isinstance(consumed, list) else [consumed]))


def fill(operator: Operator, workspace: str) -> None:
    """Leads of twenty days, the newest of which are the last to be stored."""
    lead = {"company": "Open AI", "email": "ada@example.com", "notes": "Wants an offer by Friday."}
    batches = [
        Batch(workspace, new_ulid(STARTED_MS + 20 * A_DAY_MS * number // 100), "2026-11-23T08:00:00Z", [lead] * 1000)
        for number in range(100)
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda batch: operator.leads.put(batch, soon()), batches))


def test_a_view_of_a_hundred_thousand_leads_costs_as_many_calls_as_one_of_ten(operator: Operator) -> None:
    large, small = operator.workspace(Plan.BASIC), operator.workspace(Plan.BASIC)
    for workspace in (large, small):
        operator.workspaces.create_key(workspace)
    fill(operator, large)
    operator.post(small, 10)
    with closing(local_client(operator.client.meta.endpoint_url)) as client:
        meter = Meter(client)
        source = source_of(client, operator.settings, title="Test", arguments=())
        with closing(open_console(source)) as browser:
            newest = next(operator.workspaces.leads(large, page_size=1))
            lead_id = newest["id"].replace("-999", "-010")
            meter.take()

            def cost(path: str) -> tuple[dict[str, int], float]:
                browser.get(path).raise_for_status()
                return meter.take()

            # A list: the workspace, its keys, and a page of each shard.
            calls, units = cost(f"/workspaces/{large}/leads")
            assert calls == cost(f"/workspaces/{small}/leads")[0]
            assert calls == {"GetItem": 1, "Query": LEAD_SHARDS + 1, "BatchGetItem": 1}
            assert units <= 26
            # A lead: the workspace, and 24 rows of its request.
            assert cost(f"/workspaces/{large}/leads/{lead_id}") == ({"GetItem": 1, "BatchGetItem": 1}, 13)
            # Older leads cost what the newest do.
            assert cost(f"/workspaces/{large}/leads?before={lead_id}") == (calls, units)
            # A search reads 2,016 leads, although none matches.
            searched, units = cost(f"/workspaces/{large}/leads?q=nowhere")
            assert searched == calls
            assert units <= 100
            # Charts are of 10,000 leads.
            calls, units = cost(f"/workspaces/{large}")
            assert calls == cost(f"/workspaces/{small}")[0]
            assert calls == {"GetItem": 1, "Query": LEAD_SHARDS + 1, "BatchGetItem": 1}
            assert units <= 300
            # Leads are counted only on request, and then all are read once.
            counted = browser.get(f"/workspaces/{large}?shards=0")
            assert f"{LEADS:,}" in counted.text
            assert meter.take()[1] > 1000
