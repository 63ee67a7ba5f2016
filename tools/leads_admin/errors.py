"""The error of operations that are refused."""


class AdministrationError(Exception):
    """An operation was refused. Nothing was changed.

    The text says why. ``remedy`` is the command that helps, without the ``leads`` that it begins with and without the
    options that name the stack: the code that shows it adds these.
    """

    def __init__(self, text: str, *, remedy: str | None = None) -> None:
        super().__init__(text)
        self.remedy = remedy

    def __str__(self) -> str:
        """For the default stack."""
        return self.text_with_remedy("leads")

    def text_with_remedy(self, command: str) -> str:
        """The text with the remedy, whose command begins with ``command``."""
        text = super().__str__()
        return f"{text}: {command} {self.remedy}" if self.remedy else text
