"""What can fail for reasons of the platform. Expected refusals are returned values, not errors.

Exception
+-- StoreUnavailableError
"""


class StoreUnavailableError(Exception):
    """The store did not answer, or kept refusing for load, until the time for it ran out.

    ``leads_may_be_stored`` is true when leads were written and not rolled back, or a write may still be carried out.
    """

    def __init__(self, reason: str, *, leads_may_be_stored: bool = False) -> None:
        super().__init__(reason)
        self.leads_may_be_stored = leads_may_be_stored
