# SPDX-License-Identifier: Apache-2.0
"""Runs a test in network, mount and process namespaces of its own.

The kernel removes all three when the test ends, however it ends: namespaces, addresses, daemons (also those that
forked away) and their files cannot outlive it, not even a SIGKILL. Ordinary users get a user namespace as well.
"""

import ctypes
import os
import signal
import subprocess
import sys

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x10000000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


class Unavailable(Exception):
    """The machine does not let us have namespaces; the text says which call refused and why."""


def _check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise Unavailable(f"{what}: {os.strerror(number)}")


def set_network(namespace_fd):
    """Moves the calling thread into a network namespace."""
    _check(libc.setns(namespace_fd, CLONE_NEWNET), "setns")


def _unshare():
    uid, gid = os.geteuid(), os.getegid()
    flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET
    if uid != 0:
        flags |= CLONE_NEWUSER
    _check(libc.unshare(flags), "unshare")
    if uid != 0:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)


def _mounts():
    for command in (["mount", "--make-rprivate", "/"], ["mount", "-t", "proc", "proc", "/proc"],
                    ["mount", "-t", "tmpfs", "-o", "mode=755", "lab", "/run"]):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    for name in ("/run/netns", "/run/lab"):
        os.mkdir(name)
    # `ip netns` marks its folder as shared; done here, once, it finds nothing left to do.
    subprocess.run(["mount", "--bind", "/run/netns", "/run/netns"], check=True)
    subprocess.run(["mount", "--make-shared", "/run/netns"], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def _supervise(child):
    """Passes signals on to `child`, the first process of the sandbox, and returns its exit status."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(child, number))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def call(function):
    """Runs `function` in a sandbox and returns the exit status that it returns. Raises Unavailable."""
    sys.stdout.flush()
    sys.stderr.flush()
    _unshare()
    child = os.fork()
    if child != 0:
        status = _supervise(child)
        return status if status >= 0 else 128 - status
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        _mounts()
        status = function()
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    except KeyboardInterrupt:
        status = 130
    except BaseException:  # the child must not fall back into its parent's code
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
