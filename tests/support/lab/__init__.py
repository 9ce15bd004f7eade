# SPDX-License-Identifier: Apache-2.0
"""The laboratory: real daemons in network namespaces, driven and watched by tests. Python's standard library only."""

from .case import Case, Options, main
from .network import Namespace, cable
from .poll import Timeout, never, until
from .process import Process

__all__ = ["Case", "Namespace", "Options", "Process", "Timeout", "cable", "main", "never", "until"]
