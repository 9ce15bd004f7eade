# SPDX-License-Identifier: Apache-2.0
"""Waiting for real processes: a bounded poll that says what it was waiting for."""

import json
import subprocess
import time

# What a probe may raise while the thing it looks at is not there yet.
NOT_YET = (AssertionError, LookupError, OSError, ValueError, TypeError, json.JSONDecodeError,
           subprocess.SubprocessError)


class Timeout(AssertionError):
    """A bounded wait ran out."""


def until(description, probe, timeout=10.0, interval=0.05):
    """Calls `probe` until it returns something true, and returns that. The one place that sleeps."""
    deadline = time.monotonic() + timeout
    while True:
        seen = None
        try:
            value = probe()
            if value:
                return value
            seen = repr(value)
        except NOT_YET as error:
            seen = f"{type(error).__name__}: {error}"
        if time.monotonic() >= deadline:
            raise Timeout(f"not within {timeout:g} s: {description}\n  last seen: {seen[:2000]}")
        time.sleep(interval)


def never(description, probe, during):
    """Calls `probe` for `during` seconds and fails as soon as it returns something true."""
    deadline = time.monotonic() + during
    while time.monotonic() < deadline:
        value = probe()
        if value:
            raise AssertionError(f"must not happen: {description}\n  seen: {value!r}")
        time.sleep(0.05)
