"""Everything that serves here: databases with all that keeps data safe, Order Desk on each, and the peer."""

import os
import pwd
import re
import signal
import socket
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

PATIENCE = 60
ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAM = TARGET / "release" / "orderdesk"


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until(question, process, log):
    """Waits until a question is answered with yes, while a process runs."""
    deadline = time.monotonic() + PATIENCE
    while not question():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{process.args[0]} does not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.02)


def checked(command, **options):
    """What a command prints, or else the end of everything with what it complains about."""
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if ended.returncode != 0:
        raise SystemExit(f"{command[0]} fails:\n{ended.stdout[-1000:]}{ended.stderr[-2000:]}")
    return ended.stdout


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Server:
    """A process that is ended with the measurement."""

    running = []

    def start(self, command, log, sign=signal.SIGTERM, **options):
        self.log, self.sign = log, sign
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options
            )
        Server.running.append(self)

    def stop(self):
        Server.running.remove(self)
        self.process.send_signal(self.sign)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @staticmethod
    def stop_all():
        for server in reversed(Server.running.copy()):
            server.stop()


def unprivileged(directory):
    """A directory for databases, and whom they run as: PostgreSQL refuses to be root."""
    directory.mkdir()
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(directory, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Postgres(Server):
    """PostgreSQL with its usual durability: every commit waits for the disk."""

    SETTINGS = ("shared_buffers=512MB", "max_connections=200")

    def __init__(self, directory):
        place = directory / "postgres"
        account = unprivileged(place)
        self.port = free_port()
        checked([self.program("initdb"), "--pgdata", place / "data", "--username=postgres", "--auth=trust",
                 "--encoding=UTF8", "--locale=C.UTF-8"], cwd=place, **account)
        settings = (*self.SETTINGS, f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=",
                    "log_line_prefix=")
        arguments = [argument for setting in settings for argument in ("-c", setting)]
        command = [self.program("postgres"), "-D", place / "data", *arguments]
        # INT ends it at once, whoever is connected.
        self.start(command, directory / "postgres.log", signal.SIGINT, cwd=place, **account)
        ready = [self.program("pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        until(lambda: subprocess.run(ready).returncode == 0, self.process, self.log)
        for database in ("orderdesk", "large", "peer"):
            self.run("postgres", f"CREATE DATABASE {database}")

    @staticmethod
    def program(name):
        return Path(os.environ["TEST_POSTGRES_BIN"]) / name

    def run(self, database, sql):
        """What a script answers, without decoration."""
        command = [self.program("psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
                   "--host=127.0.0.1", f"--port={self.port}", "--username=postgres", database]
        return checked(command, input=sql).strip()

    def url(self, parameters="", database="orderdesk"):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}?sslmode=disable{parameters}"


class Mongodb(Server):
    """A replica set of one server, with a journal, as it is by default."""

    def __init__(self, directory):
        place = directory / "mongodb"
        account = unprivileged(place)
        self.port = free_port()
        self.start(
            [os.environ["TEST_MONGOD"], "--dbpath", place, "--bind_ip", "127.0.0.1", "--port", self.port, "--replSet", "rs0",
             "--wiredTigerCacheSizeGB", "0.5", "--nounixsocket"],
            directory / "mongodb.log", cwd=place, **account,
        )
        until(lambda: accepts(self.port), self.process, self.log)
        checked([ROOT / "tests/servers/replica-set", self.port])

    def url(self):
        return f"mongodb://127.0.0.1:{self.port}/orderdesk?replicaSet=rs0"


class OrderDesk(Server):
    """The program on a store. Like the peer it writes no line for each request."""

    def __init__(self, directory, name, store, **variables):
        self.name, self.store, self.variables = name, store, variables
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.token_file = directory / f"{name}.token"
        self.launch(directory / f"{name}.log")
        until(self.is_ready, self.process, self.log)

    def environment(self):
        return {
            **os.environ, "ORDERDESK_STORE": self.store, "ORDERDESK_LISTEN": self.address, "ORDERDESK_LOG": "warn",
            "ORDERDESK_THROTTLE": "off", "ORDERDESK_INITIAL_TOKEN_FILE": str(self.token_file), **self.variables,
        }

    def launch(self, log):
        self.start([PROGRAM, "serve"], log, env=self.environment(), cwd=log.parent)

    def is_ready(self):
        """It listens before it is set up."""
        try:
            with urlopen(f"http://{self.address}/health/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def token(self):
        return self.token_file.read_text().strip()

    def memory(self):
        """Resident MB, now and at the most so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return tuple(int(re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024 for name in ("VmRSS", "VmHWM"))

    def start_again(self, token, path):
        """Milliseconds from starting the program to its first answer out of the store."""
        self.stop()
        begin = time.monotonic()
        self.launch(self.log)
        while True:
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
                answer = connection.getresponse()
                answer.read()
                connection.close()
                if answer.status == 200:
                    return (time.monotonic() - begin) * 1000
                raise SystemExit(f"the first answer is {answer.status}")
            except ConnectionRefusedError:
                if self.process.poll() is not None:
                    raise SystemExit(f"the program does not start:\n{self.log.read_text()[-2000:]}")
                time.sleep(0.001)


class Peer(Server):
    """The service to compare with."""

    WORKERS = 2

    def __init__(self, program, directory, postgres):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        environment = {
            **os.environ, "PEER_DATABASE": "peer", "PEER_HOST": "127.0.0.1", "PEER_PORT": str(postgres.port),
            "PEER_USER": "postgres", "PEER_ROWS": "10000", "PEER_VENV": str(TARGET / "bench" / "peer"),
        }
        (TARGET / "bench").mkdir(exist_ok=True)
        log = directory / "peer.log"
        self.start([Path(program).resolve() / "run", self.port, self.WORKERS], log, env=environment)
        # The first time it installs itself.
        deadline = time.monotonic() + 600
        while not accepts(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the peer does not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
        said = dict(re.findall(r"^(token|customer|order) (\S+)$", log.read_text(), re.MULTILINE))
        self.token, self.customer, self.order = said["token"], said["customer"], said["order"]
