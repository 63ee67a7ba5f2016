"""A client of the lead API, for programs: it sends leads so that each is stored once, whatever fails on the way.

>>> with LeadsClient("https://leads.example.com", key) as client:
...     accepted = client.send([{"company": "Open AI", "email": "hello@example.com"}])
...     print(accepted.leads[0].id)
"""

from leads_client.client import LeadsClient
from leads_client.connections import http_client, leads_url
from leads_client.errors import (
    BadLeadsError,
    IdempotencyKeyReusedError,
    InvalidKeyError,
    LeadsClientError,
    PlanLimitError,
    RateLimitedError,
    RefusedError,
    ServiceError,
    UnavailableError,
    UnexpectedResponseError,
)
from leads_client.results import Accepted, AcceptedLead, Problem, Quota

__all__ = [
    "Accepted",
    "AcceptedLead",
    "BadLeadsError",
    "IdempotencyKeyReusedError",
    "InvalidKeyError",
    "LeadsClient",
    "LeadsClientError",
    "PlanLimitError",
    "Problem",
    "Quota",
    "RateLimitedError",
    "RefusedError",
    "ServiceError",
    "UnavailableError",
    "UnexpectedResponseError",
    "http_client",
    "leads_url",
]
