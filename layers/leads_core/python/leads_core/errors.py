"""What can fail for reasons of the platform. Expected refusals are returned values, not errors.

Exception
+-- StoreUnavailableError
"""


class StoreUnavailableError(Exception):
    """The store did not answer, or kept refusing for load, until the time for it ran out.

    ``leads_may_be_stored`` is true when some leads of the request may have been written and could not be taken back.
    """

    def __init__(self, reason: str, *, leads_may_be_stored: bool = False) -> None:
        super().__init__(reason)
        self.leads_may_be_stored = leads_may_be_stored
