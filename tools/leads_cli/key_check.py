"""Finds out why an API key is refused; only operators may learn the reason."""

import re
from dataclasses import dataclass, field

from leads_admin.workspaces import Workspaces
from leads_core import keys
from leads_core.settings import Settings

_LENGTH = len(keys.with_checksum(keys.PREFIX + "0" * keys.RANDOM_LENGTH))
_MAY_BE_A_KEY = re.compile(rf"(?<![0-9A-Za-z]){keys.PREFIX}[0-9A-Za-z]{{{_LENGTH - len(keys.PREFIX)}}}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a key, and why it is refused; None if it is accepted."""

    refusal: str | None
    facts: dict[str, str] = field(default_factory=dict)


def judge(text: str, workspaces: Workspaces, settings: Settings, command: str = "leads") -> Verdict:
    """Check a key in the order in which a request is checked. Suggestions begin with ``command``.

    Text around the key is cut off and reported as a fact: a request with it would be refused.
    """
    secret = _key_in(text)
    facts = {} if secret == text else {"cut off": _around(secret, text)}
    if shape := _wrong_shape(secret):
        return Verdict(shape, facts)
    found = workspaces.find_key(secret)
    if not found:
        return Verdict(
            f"Unknown: the table {settings.access_table} has no such key. It was deleted with its workspace, or it is "
            "another stack's.",
            facts,
        )
    key, workspace = found.key, workspaces.get(found.workspace_id)
    facts |= {"workspace": f"{workspace.id} ({workspace.name}, {workspace.plan})", "key": f"{key.start}…"}
    optional = {"label": key.label, "expires": key.expires_at, "last used": key.last_used_at}
    facts |= {name: fact for name, fact in optional.items() if fact}
    another = f"{command} key create {workspace.id} makes another one."
    if key.state == "revoked":
        return Verdict(f"Revoked at {key.revoked_at}: {another}", facts)
    if key.state == "expired":
        return Verdict(f"Expired at {key.expires_at}: {another}", facts)
    quota = workspaces.quota(key, settings.rate_limit)
    facts["requests"] = f"{quota.remaining} of {quota.limit.requests} left in {quota.limit.window_seconds} s"
    if not quota.remaining:
        return Verdict(
            f"Exhausted: the next request is admitted in {quota.reset_seconds} s. "
            f"{command} key reset-limit {workspace.id} {key.start} resets it.",
            facts,
        )
    most = settings.most_leads[workspace.plan]
    if most is not None and workspace.lead_count is not None:
        facts["leads"] = f"{workspace.lead_count} of {most}"
        if workspace.lead_count >= most:
            return Verdict(
                f"The {workspace.plan} plan is full: {command} plan set {workspace.id} basic, or delete some leads.",
                facts,
            )
    return Verdict(None, facts)


def _key_in(text: str) -> str:
    """The key in a longer text, such as a line with the header; all of the text if it has no key, or several."""
    candidates = set(_MAY_BE_A_KEY.findall(text))
    return candidates.pop() if len(candidates) == 1 else text


def _around(secret: str, text: str) -> str:
    """How much text surrounds a key. It is not shown, because it may be a secret of another kind."""
    before, _, behind = text.partition(secret)
    return f"{len(before)} characters before the key, {len(behind)} behind it"


def _wrong_shape(secret: str) -> str | None:
    if not secret:
        return "No key was given: type it, or pipe it in."
    if not _MAY_BE_A_KEY.fullmatch(secret):
        return (
            f"Malformed: a key is {keys.PREFIX} and {_LENGTH - len(keys.PREFIX)} letters and digits, and this text has "
            f"{len(secret)} characters. Copy the whole key."
        )
    return None if keys.is_well_formed(secret) else "Mistyped: the key's checksum is wrong. Copy it once more."
