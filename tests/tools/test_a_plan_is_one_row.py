"""A plan is one row: workspaces can be put on it, and its limit holds."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest

from leads_core.plans import MOST_COUNTED_LEADS
from support.changed_copy import ROOT, changed_copy
from support.clock import PATIENT_HTTP

PLANS = Path("layers", "leads_core", "python", "leads_core", "plans.py")
LAST_ROW = '    BASIC = "basic"\n'


def with_plan(most_leads: int) -> Callable[[str], str]:
    """A function that adds a plan to the text of the module."""
    return lambda plans: plans.replace(LAST_ROW, f'{LAST_ROW}    TRIAL = "trial", {most_leads}\n')


@pytest.mark.slow
def test_it_is_offered_and_its_limit_holds(tmp_path: Path) -> None:
    copy = changed_copy(tmp_path / "copy", PLANS, with_plan(3))
    leads = partial(copy.leads, cwd=tmp_path)

    def post(count: int) -> tuple[int, str | None]:
        body = json.dumps([{}] * count)
        response = httpx.post(
            f"{server.state.url}/api/v1/leads", content=body, headers={"X-API-Key": key}, timeout=PATIENT_HTTP
        )
        return response.status_code, response.json()["message"]

    with copy.running_server(tmp_path) as server:
        assert "free or basic or trial." in leads("plan", "set", "--help")
        workspace = leads("workspace", "create", "Acme", "--plan", "trial")
        key = leads("key", "create", workspace)

        assert post(4) == (400, "Can not have more than 3 leads on the trial plan.")
        assert post(3) == (200, None)
        assert post(1) == (400, "Reached the maximum limit of leads on the trial plan.")
        leads("plan", "set", workspace, "free")
        assert post(2) == (200, None)
        assert post(1) == (400, "Reached the maximum limit of leads on the free plan.")
        leads("plan", "set", workspace, "basic")
        assert post(9) == (200, None)
        leads("plan", "set", workspace, "trial")
        assert post(1) == (400, "Reached the maximum limit of leads on the trial plan.")


@pytest.mark.parametrize("most_leads", [0, MOST_COUNTED_LEADS + 1])
def test_its_leads_and_their_count_fit_into_one_transaction(most_leads: int) -> None:
    source = with_plan(most_leads)((ROOT / PLANS).read_text(encoding="utf-8"))

    with pytest.raises(ValueError, match=f"1 to {MOST_COUNTED_LEADS}"):
        exec(source, {"__name__": "plans"})  # noqa: S102 - the module with a row more
