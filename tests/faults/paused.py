"""An attempt in a separate process, which can be paused for long."""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from faults.ground import Attempt, Instance, Response, Scene
from faults.handlers import real_handler
from faults.proxy import Call, Fault, Forward, Reply
from faults.world import LIMIT_MS, Context, set_environment

from leads_core.dynamodb.client import create_client
from leads_core.settings import Settings

_START_SECONDS = 60
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(
    ["leads_api.wiring", "leads_core.dynamodb.client", "leads_admin.workspaces", "httpx", "pytest"]
)


class PausedAttempt:
    """An attempt whose process is paused at a call."""

    def __init__(
        self, scene: Scene, instance: Instance, is_meant: Callable[[Call], bool], *, takes_effect: bool
    ) -> None:
        """If it ``takes_effect``, the call is carried out before the pause, otherwise after it."""
        self._scene = scene
        self._attempt = Attempt()
        scene.attempts.append(self._attempt)
        self._pid_is_known = threading.Event()
        self._has_stopped_or_ended = threading.Event()
        self._continues = threading.Event()
        self.is_paused = False
        instance.proxy.inject_when(self._only_once(is_meant), self._pause(takes_effect=takes_effect))
        self._answers: Connection[Any, Any]
        self._answers, other_end = _PROCESSES.Pipe(duplex=False)
        with other_end:
            self._process = _PROCESSES.Process(
                target=_run, args=(scene.event(), scene.ground.settings, instance.proxy.url, other_end)
            )
            self._process.start()
        self._pid_is_known.set()

    def wait_until_paused(self) -> bool:
        """Whether it is paused. It may also have ended, if it did not make such a call."""
        while not self._has_stopped_or_ended.wait(0.05):
            if self._answers.poll():
                return False
        return True

    def wake_up(self) -> None:
        """Resume it, and wait for its end."""
        self._continues.set()
        if self.is_paused:
            os.kill(self._pid, signal.SIGCONT)
        assert self._answers.poll(_START_SECONDS), "the process has not ended"
        self._scene.record(self._attempt, Response.of(self._answers.recv()))

    def end(self) -> None:
        """Kill the process."""
        self._continues.set()
        self._process.kill()
        self._process.join()
        self._process.close()
        self._answers.close()

    @property
    def _pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def _only_once(self, is_meant: Callable[[Call], bool]) -> Callable[[Call], bool]:
        def meant(call: Call) -> bool:
            if self.is_paused or not is_meant(call):
                return False
            self.is_paused = True
            return True

        return meant

    def _pause(self, *, takes_effect: bool) -> Fault:
        def pause(call: Call, forward: Forward) -> Reply:
            self._pid_is_known.wait(_START_SECONDS)
            os.kill(self._pid, signal.SIGSTOP)
            if takes_effect:
                reply = forward(call.body)
                self._has_stopped_or_ended.set()
                return reply
            self._has_stopped_or_ended.set()
            self._continues.wait()
            return forward(call.body)

        return pause


@contextmanager
def paused(
    scene: Scene, instance: Instance, is_meant: Callable[[Call], bool], *, takes_effect: bool
) -> Iterator[PausedAttempt]:
    """An attempt that is paused at the first such call, or has ended without one."""
    attempt = PausedAttempt(scene, instance, is_meant, takes_effect=takes_effect)
    try:
        attempt.wait_until_paused()
        yield attempt
    finally:
        attempt.end()


def _run(event: Mapping[str, Any], settings: Settings, endpoint: str, answers: "Connection[Any, Any]") -> None:
    logging.disable()
    set_environment(endpoint)
    handler = real_handler(settings, create_client())
    answers.send(handler(event, Context(LIMIT_MS)))
