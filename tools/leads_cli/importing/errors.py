"""Why an import cannot begin or go on. The text is one line that says what to do.

ImportingError: exit code 1, as every CommandError has
+-- UnreadableFileError
+-- UncertainEncodingError
+-- ColumnsError
|   +-- MapOptionError: 2
+-- BadRowsError: 3
+-- RejectedFileError
+-- JournalError
    +-- OtherImportError
    +-- UnconfirmedError
"""

from leads_cli.errors import CommandError, WrongUsageError


class ImportingError(CommandError):
    """The import cannot begin, or cannot go on."""


class UnreadableFileError(ImportingError):
    """The file is missing, or cannot be read in its format."""


class UncertainEncodingError(ImportingError):
    """The encoding of a text is a guess that nobody has confirmed."""


class ColumnsError(ImportingError):
    """It is not clear which column is which field."""


class MapOptionError(ColumnsError):
    """The option ``--map`` names a column or a field that does not exist."""

    exit_code = WrongUsageError.exit_code


class BadRowsError(ImportingError):
    """Rows break the API's rules. They are in the file of rejected rows."""

    exit_code = 3


class RejectedFileError(ImportingError):
    """The rejected rows cannot be written."""


class JournalError(ImportingError):
    """The journal cannot be read, written, or followed."""


class OtherImportError(JournalError):
    """The journal is of another import: of another content of the file, say, or of other options."""


class UnconfirmedError(JournalError):
    """It is not known whether an array is stored, and too late to find out by sending it again."""
