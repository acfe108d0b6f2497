"""What the comparisons share: the programs that they start, and how their time, CPU and memory are read."""

import atexit
import gzip
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOLS = ROOT / "target/bench-tools"
PATIENCE = 300
GZIP = {"Accept-Encoding": "gzip"}


def say(text):
    print(f"{pathlib.Path(sys.argv[0]).name}: {text}", file=sys.stderr, flush=True)


def prepare():
    """Fetches the tools and builds the exporter as it is shipped; gives its path, or the one in EXPORTER."""
    subprocess.run([ROOT / "benches/fetch-tools"], check=True)
    if os.environ.get("EXPORTER"):
        return pathlib.Path(os.environ["EXPORTER"]).resolve()
    say("building the exporter")
    build = ["nice", "cargo", "build", "--locked", "--release", "--quiet", "--bin", "cypher-exporter"]
    subprocess.run(build, cwd=ROOT, check=True)
    return ROOT / "target/release/cypher-exporter"


def machine():
    """One line about the machine, and how busy others keep it."""
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    load = pathlib.Path("/proc/loadavg").read_text().split()[0]
    return f"{os.cpu_count()} x {model[1] if model else 'unknown CPU'}; load before the start {load}"


def busy(seconds=1.0):
    """How many cores are at work now, whoever uses them."""
    def idle_and_all():
        fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        return fields[3] + fields[4], sum(fields[:8])
    idle, everything = idle_and_all()
    time.sleep(seconds)
    idle_later, everything_later = idle_and_all()
    return os.cpu_count() * (1 - (idle_later - idle) / max(1, everything_later - everything))


def wait_for_quiet(most=0.3, at_most=5):
    """Waits for a moment in which others leave the machine alone, but not for ever; gives the cores in use by then."""
    deadline = time.monotonic() + at_most
    while (cores := busy()) > most and time.monotonic() < deadline:
        pass
    return cores


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(what, look, patience=PATIENCE, pause=0.02):
    deadline = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"in vain: {what}")
        time.sleep(pause)


class Process:
    """A program that ends with this one."""

    def __init__(self, command, **options):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-"))
        self.log = self.folder / "log"
        atexit.register(self.end)
        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *map(str, command)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **options)
        self.pid = self.child.pid

    def end(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def signal(self, name):
        self.child.send_signal(getattr(signal, name))

    def ended(self):
        return self.child.poll() is not None

    def text(self):
        return self.log.read_text(errors="replace")

    def cpu(self):
        """Seconds of CPU so far, those of its children included."""
        fields = [self._stat(pid) for pid in [self.pid, *children(self.pid)]]
        return sum(fields)

    @staticmethod
    def _stat(pid):
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            return 0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, kind="VmRSS"):
        """Megabytes now, or at most so far (VmHWM)."""
        return sum(self._memory(pid, kind) for pid in [self.pid, *children(self.pid)])

    @staticmethod
    def _memory(pid, kind):
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(re.search(rf"{kind}:\s*(\d+) kB", text)[1]) * 1024 / 1e6

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def get(url, headers={}, timeout=PATIENCE):
    """The body of an answer as it came, and None where nobody answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=timeout) as answer:
            return answer.read()
    except (urllib.error.URLError, ConnectionError):
        return None


def post(url):
    with urllib.request.urlopen(urllib.request.Request(url, method="POST", data=b""), timeout=PATIENCE) as answer:
        return answer.read()


class Neo4j(Process):
    """A server of its own, without a login."""

    def __init__(self):
        say("starting Neo4j")
        jars = subprocess.run([ROOT / "scripts/fetch-neo4j"], check=True, capture_output=True, text=True).stdout.split()[-1]
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="bench-neo4j-"))
        port = free_port()
        self.uri = f"bolt://127.0.0.1:{port}"
        (self.home / "conf").mkdir()
        (self.home / "conf/neo4j.conf").write_text(
            f"server.default_listen_address=127.0.0.1\nserver.bolt.listen_address=127.0.0.1:{port}\n"
            f"server.bolt.advertised_address=127.0.0.1:{port}\nserver.http.enabled=false\nserver.https.enabled=false\n"
            "server.directories.import=import\nserver.memory.pagecache.size=64m\ndb.tx_log.preallocate=false\n"
            "dbms.usage_report.enabled=false\ndbms.security.auth_enabled=false\n")
        packages = ["java.nio", "java.io", "sun.nio.ch", "java.util.concurrent"]
        opens = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in packages]
        super().__init__(["java", "-Xmx2g", "-XX:+UseSerialGC", *opens, "-cp", f"{jars}/*",
                          "org.neo4j.server.CommunityEntryPoint", f"--home-dir={self.home}",
                          f"--config-dir={self.home}/conf"])
        until("Neo4j answers", lambda: self._answers(port))

    def _answers(self, port):
        if self.ended():
            raise RuntimeError(f"Neo4j ended:\n{self.text()}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def end(self):
        super().end()
        shutil.rmtree(self.home, ignore_errors=True)


class Exporter(Process):
    """The exporter on a folder of KPI files: name of the file to its text."""

    def __init__(self, program, neo4j, files, pack="bench", lifecycle=True):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="bench-exporter-"))
        folder = self.place / "queries" / pack
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text)
        (self.place / "config.toml").write_text(
            f'[graph]\nuri = "{neo4j.uri}"\n[queries]\npath = "queries"\n'
            f'[web]\nlisten = "127.0.0.1:0"\nlifecycle = {str(lifecycle).lower()}\n')
        self.program = program
        begin = time.monotonic()
        super().__init__([program], cwd=self.place)
        self.address = until("the exporter listens", self._address, pause=0.001)
        self.listening_after = time.monotonic() - begin
        self.url = f"http://{self.address}/metrics"
        until("each KPI has run", lambda: get(f"http://{self.address}/-/ready"), pause=0.005)
        self.ready_after = time.monotonic() - begin

    def _address(self):
        if self.ended():
            raise RuntimeError(f"the exporter ended:\n{self.text()}")
        found = re.search(r"serving /metrics address=(\S+)", self.text())
        return found and found[1]

    def refresh(self):
        post(f"http://{self.address}/api/metrics/refresh")

    def value(self, series):
        text = get(self.url).decode()
        return float(re.search(rf"^{re.escape(series)} (\S+)$", text, re.M)[1])

    def check(self):
        """Seconds that `check` takes."""
        begin = time.monotonic()
        subprocess.run([self.program, "check"], cwd=self.place, check=True, capture_output=True)
        return time.monotonic() - begin

    def end(self):
        super().end()
        shutil.rmtree(self.place, ignore_errors=True)


class Nginx(Process):
    """One worker that sends a text as a file, its bytes copied from memory (faster here than sendfile), and as gzip."""

    def __init__(self, plain, compressed):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="bench-nginx-"))
        # The worker is another user when this one is root.
        self.place.chmod(0o755)
        (self.place / "metrics").write_bytes(plain)
        (self.place / "metrics.gz").write_bytes(compressed)
        port = free_port()
        conf = self.place / "nginx.conf"
        conf.write_text(
            "daemon off; worker_processes 1; error_log stderr crit; pid nginx.pid;\n"
            "events { worker_connections 64; }\n"
            "http { access_log off; default_type text/plain; keepalive_requests 10000000; sendfile off;\n"
            "output_buffers 2 256k; gzip_static on; open_file_cache max=10;\n"
            + "".join(f"{kind}_temp_path tmp;\n" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
            + f"server {{ listen 127.0.0.1:{port}; root {self.place}; }} }}\n")
        super().__init__([TOOLS / "tree/usr/sbin/nginx", "-p", self.place, "-c", conf])
        self.url = f"http://127.0.0.1:{port}/metrics"
        until("nginx answers", lambda: get(self.url))

    def end(self):
        super().end()
        shutil.rmtree(self.place, ignore_errors=True)


class PythonClient(Process):
    """Python's prometheus_client with the samples of a text, as its users write it: one gauge, set series by series."""

    SERVER = (
        "import re, sys, threading\n"
        "from prometheus_client import Gauge, start_http_server\n"
        "gauge = None\n"
        "for line in open(sys.argv[2]):\n"
        "    name, labels, value = re.fullmatch(r'(\\w+){(.*)} (\\S+)\\n', line).groups()\n"
        "    labels = dict(re.findall(r'(\\w+)=\"([^\"]*)\"', labels))\n"
        "    gauge = gauge or Gauge(name, 'The same series.', list(labels))\n"
        "    gauge.labels(**labels).set(float(value))\n"
        "start_http_server(int(sys.argv[1]), '127.0.0.1')\n"
        "threading.Event().wait()\n")

    def __init__(self, samples):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="bench-python-"))
        (self.place / "samples").write_text(samples)
        port = free_port()
        super().__init__([TOOLS / "python/bin/python", "-c", self.SERVER, port, self.place / "samples"])
        self.url = f"http://127.0.0.1:{port}/metrics"
        until("prometheus_client answers", lambda: self.ended() or get(self.url))
        if self.ended():
            raise RuntimeError(self.text())

    def end(self):
        super().end()
        shutil.rmtree(self.place, ignore_errors=True)


class Load:
    """What wrk saw of a server, and what that cost the server."""

    def __init__(self, server, connections, seconds, headers={}):
        library = next((TOOLS / "tree/usr/lib").glob("*/libluajit-5.1.so.2")).parent
        options = [option for name, value in headers.items() for option in ("-H", f"{name}: {value}")]
        command = [TOOLS / "tree/usr/bin/wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s",
                   "--latency", *options, server.url]
        cpu = server.cpu()
        out = subprocess.run(command, check=True, capture_output=True, text=True,
                             env={**os.environ, "LD_LIBRARY_PATH": str(library)}).stdout
        cpu = server.cpu() - cpu
        self.answers = int(re.search(r"(\d+) requests in", out)[1])
        if not self.answers or "Non-2xx" in out or "Socket errors" in out:
            raise RuntimeError(f"{server.url}: {out}")
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
        self.median, self.p99 = (self._milliseconds(out, percent) for percent in ("50", "99"))
        self.cpu = cpu * 1000 / self.answers

    @staticmethod
    def _milliseconds(out, percent):
        found = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)\s*$", out, re.M)
        if not found:
            raise RuntimeError(f"wrk says something else: {out}")
        return float(found[1]) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[found[2]]


def median(values):
    return statistics.median(values)


def number(value):
    """Three digits that count."""
    return f"{value:.{max(0, 3 - len(str(int(value)))) if value >= 1 else 3}f}"


def table(title, columns, rows):
    """A table in Markdown."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(value if isinstance(value, str) else number(value) for value in row) + " |")
    sys.stdout.flush()


def series_query(series):
    """A KPI of so many series with two labels."""
    return (
        f'// One gauge with {series} series.\n/*kpi\nname = "bench_sensor"\nevery = "1h"\ntimeout = "5m"\n'
        f"max_series = {series}\n*/\nUNWIND range(0, {series - 1}) AS n\n"
        "RETURN 'node-' + toString(n / 100) AS node, 'sensor-' + toString(n % 100) AS sensor, n * 1.2345 AS value\n")


def compressed(url):
    """The bytes of the gzip answer, and whether they hold what they should."""
    body = get(url, GZIP)
    gzip.decompress(body)
    return body
