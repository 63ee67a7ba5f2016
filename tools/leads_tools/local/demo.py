"""The demo: a workspace on each plan, with keys that everybody knows. Only ever made in an emulator."""

from leads_core import keys
from leads_core.plans import Plan
from leads_tools.local.state import DemoWorkspace
from leads_tools.workspaces import Workspaces


def create_demo_workspace(workspaces: Workspaces, plan: Plan) -> DemoWorkspace:
    """Create the demo workspace of a plan."""
    workspace = workspaces.create_workspace(f"Demo ({plan})", plan)
    unchecked = f"{keys.PREFIX}Demo{plan.title()}".ljust(len(keys.PREFIX) + keys.RANDOM_LENGTH, "0")
    return DemoWorkspace(
        workspace, workspaces.create_key(workspace, label="demo", secret=keys.with_checksum(unchecked))
    )
