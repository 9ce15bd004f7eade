# SPDX-License-Identifier: Apache-2.0
"""lbgpd as a test drives it: the real binary, its API, its vty and its clients."""

import subprocess

from . import vty
from .api import Api
from .network import clean_environment
from .poll import until
from .process import Process


def built(build):
    """The binary of a build folder. A missing one is a failure, never a skip: nothing would be tested."""
    program = build / "bgpd" / "lbgpd"
    if not program.exists():
        raise FileNotFoundError(f"lbgpd is not built: there is no {program}")
    return program


class Lbgpd:
    """One lbgpd with a run, a state and a configuration folder of its own below `directory`."""

    def __init__(self, build, directory, configuration, *, namespace=None, name="lbgpd", arguments=(),
                 environment=None, run_dir=None):
        self.build = build
        self.program = built(build)
        self.directory = directory / name
        self.directory.mkdir()
        self.run_dir = run_dir or self.directory / "run"
        self.state_dir = self.directory / "state"
        self.run_dir.mkdir(exist_ok=True)
        self.state_dir.mkdir()
        self.namespace = namespace
        self.configuration = self.directory / "lbgpd.conf"
        self.configuration.write_text(configuration)
        argv = [self.program, "-f", self.configuration, "--run-dir", self.run_dir, "--state-dir", self.state_dir,
                *arguments]
        self.process = Process(name, argv, self.directory / "log", namespace=namespace, environment=environment)

    @property
    def api_socket(self):
        return self.run_dir / "api.sock"

    @property
    def vty_socket(self):
        return self.run_dir / "bgpd.vty"

    def start(self):
        self.process.start()
        self.until_ready()
        return self

    def until_ready(self):
        def ready():
            self.process.must_live()
            with self.api() as api:
                return "result" in api.raw('{"jsonrpc":"2.0","id":0,"method":"list"}')
        until(f"{self.process.name} answers on its API", ready)

    def api(self):
        return Api(self.api_socket)

    def announce(self, *prefixes, **attributes):
        with self.api() as api:
            return api.announce(*prefixes, **attributes)

    def withdraw(self, *prefixes):
        with self.api() as api:
            return api.withdraw(*prefixes)

    def show(self, command):
        return vty.ask(self.vty_socket, command)

    def json(self, command):
        return vty.ask_json(self.vty_socket, command + " json")

    def add_line(self, after, line):
        """Puts a line into the configuration file, behind the first one that says `after`."""
        text = self.configuration.read_text(encoding="ascii")
        assert f"{after}\n" in text, f"no line {after!r} in {self.configuration}"
        self.configuration.write_text(text.replace(f"{after}\n", f"{after}\n{line}\n", 1), encoding="ascii")

    def neighbor(self, address):
        return self.json(f"show bgp neighbors {address}")[address]

    def established(self, address):
        return self.neighbor(address)["bgpState"] == "Established"

    def routes(self, family):
        return self.json(f"show bgp {family} unicast").get("routes", {})

    def route(self, family, prefix):
        return self.json(f"show bgp {family} unicast {prefix}").get("paths", [])

    def lbgpctl(self, *arguments, check=True):
        return self._client("lbgpctl", "--socket", str(self.api_socket), *arguments, check=check)

    def lbgpsh(self, *commands, check=True):
        words = [word for command in commands for word in ("-c", command)]
        return self._client("lbgpsh", "--vty-socket", str(self.run_dir), *words, check=check)

    def _client(self, program, *arguments, check):
        argv = [str(self.build / "tools" / program), *arguments]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                              timeout=20, env=clean_environment())
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(argv)} exits {done.returncode}: {done.stderr or done.stdout}")
        return done
