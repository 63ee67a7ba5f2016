"""Failures of the platform. Expected refusals are return values, not exceptions.

Exception
+-- StoreUnavailableError
"""


class StoreUnavailableError(Exception):
    """The store did not respond, or kept throttling, until the deadline.

    ``leads_may_be_stored`` is true when leads were written and not rolled back, or when a write may still take effect.
    """

    def __init__(self, reason: str, *, leads_may_be_stored: bool = False) -> None:
        super().__init__(reason)
        self.leads_may_be_stored = leads_may_be_stored
