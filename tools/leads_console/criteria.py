"""What a list of leads is limited to, as it stands in the URL of the list."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from leads_admin.lead_filter import LeadFilter
from leads_admin.moments import moment
from leads_admin.stored_leads import Selection

# Nothing that leads hold is found by more.
_MOST_CHARACTERS = 250
_OPTIONS = {"q": "--search", "email": "--email", "label": "--label", "batch": "--batch", "since": "--since"}


@dataclass(frozen=True, slots=True)
class Criteria:
    """Texts as somebody typed them; empty ones do not limit anything. The names are those in the URL."""

    q: str = ""
    email: str = ""
    label: str = ""
    batch: str = ""
    since: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Criteria":
        """Those of a URL."""
        return cls(**{name: arguments.get(name, "").strip()[:_MOST_CHARACTERS] for name in _OPTIONS})

    def selection(self, before: str | None = None) -> Selection:
        """Which leads are looked at. Raises ValueError, whose text says what is wrong, if ``since`` is not a time."""
        since = moment(self.since) if self.since else None
        return Selection(since=since, batch=self.batch or None, before=before)

    def filter(self) -> LeadFilter:
        """Which of these are shown."""
        return LeadFilter(email=self.email or None, label=self.label or None, text=self.q or None)

    def arguments(self) -> dict[str, str]:
        """Those that limit anything, for a URL."""
        return {name: text for name, text in asdict(self).items() if text}

    def options(self) -> list[str]:
        """The same, for ``leads list``; each with an equals sign, because a text may begin with a hyphen."""
        return [f"{_OPTIONS[name]}={text}" for name, text in self.arguments().items()]
