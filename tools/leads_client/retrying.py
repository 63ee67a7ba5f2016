"""Retries of transient failures."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_result, wait_random_exponential

from leads_client.errors import LeadsClientError

# Full jitter: anything from 0 to twice as much each time.
_backoff = wait_random_exponential(multiplier=0.5, max=15)

T = TypeVar("T")


class Effect(Enum):
    """Whether a failed attempt may have stored leads."""

    NONE = auto()
    UNKNOWN = auto()
    REPORTED_POSSIBLE = auto()


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An attempt without a result.

    ``error`` is raised if it is the last attempt; ``reason``, a part of a sentence, is why there is another one.
    ``retry_after_seconds`` is how long the API asked to wait, or 0. There are at most ``most_tries`` attempts.
    """

    error: LeadsClientError
    reason: str
    effect: Effect
    retry_after_seconds: int = 0
    most_tries: float = math.inf


def try_until_done(
    attempt: Callable[[], T | FailedAttempt],
    *,
    give_up_after_seconds: float,
    sleep: Callable[[float], None],
    on_wait: Callable[[float, str], None],
) -> T | list[FailedAttempt]:
    """Make attempts, with as much time in between as the API asked for, or else with full-jitter backoff.

    ``on_wait`` is called before each wait, with its seconds and its reason. No attempt begins after
    ``give_up_after_seconds``. Returns the result of the last attempt, or all attempts if they all failed.
    """
    failed: list[FailedAttempt] = []

    def make_attempt() -> T | FailedAttempt:
        outcome = attempt()
        if isinstance(outcome, FailedAttempt):
            failed.append(outcome)
        return outcome

    def wait(state: RetryCallState) -> float:
        return failed[-1].retry_after_seconds or _backoff(state)

    def is_over(state: RetryCallState) -> bool:
        # With an injected sleep, waiting takes no time that a clock would show.
        elapsed = max(state.seconds_since_start or 0, state.idle_for)
        is_too_late = elapsed + state.upcoming_sleep > give_up_after_seconds
        return is_too_late or state.attempt_number >= failed[-1].most_tries

    retrying = Retrying(
        retry=retry_if_result(lambda outcome: isinstance(outcome, FailedAttempt)),
        wait=wait,
        stop=is_over,
        sleep=sleep,
        before_sleep=lambda state: on_wait(state.upcoming_sleep, failed[-1].reason),
        retry_error_callback=lambda _state: failed,
    )
    return retrying(make_attempt)  # type: ignore[return-value]  # what the callback returns is not in its type
