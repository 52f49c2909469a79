from dataclasses import replace
from pathlib import Path

import pytest

from conformance import Report, Terms
from conformance.checks import starting, stopping
from tests.conformance.faults import (
    NEEDS_NETWORK,
    PATIENT,
    Fault,
    examine,
    examine_all,
    names,
    require_failed,
)

pytestmark = pytest.mark.acceptance

STARTING = names(starting.FIRST_CHECKS, starting.CHECKS)
STOPPING = names(stopping.CHECKS)

_LOAD = "try:\n    model ="
_UNREADABLE = 'sys.exit(f"serve: the model cannot be read: {error}")'
_TAKEN = 'sys.exit(f"serve: port {port}: {error.strerror}")'
_PORT = 'os.environ.get("SAGEMAKER_BIND_TO_PORT", "DEFAULT_PORT")'
_SHORT = "if len(body) < int(length):"
_SIGTERM = "signal.signal(signal.SIGTERM, stop)"
_CLOSE = "server.server_close()"
_MAIN = "\nmain()\n"

# As short as a wait for what never comes may be where everything else has to start within it.
NEVER = replace(PATIENT, start_seconds=5)
IMPATIENT = replace(PATIENT, refusal_seconds=0.3, drain_seconds=0.5, idle_stop_seconds=0.3)


def start(right: str, wrong: str, check: str, terms: Terms = PATIENT) -> Fault:
    return Fault("bin/serve", {right: wrong}, [check], STARTING, terms)


def stop(right: str, wrong: str, *breaks: str, terms: Terms = PATIENT) -> Fault:
    return Fault("bin/serve", {right: wrong}, breaks, STOPPING, terms)


ENDS_IN_ORDER = "sigterm-ends-server"
AT_ONCE = "idle-server-ends-at-once"
FINISHES = "sigterm-finishes-requests"
TWICE = "second-sigterm-changes-nothing"
_WORKER = """
worker = os.fork()
if worker == 0:
    main()
else:
    signal.signal(signal.SIGTERM, lambda number, frame: (os.kill(worker, number), done.append(1)))
    done = []
    os.waitpid(worker, 0)
"""
FAULTS = [
    start(_PORT, '"DEFAULT_PORT"', "port-is-honoured"),
    start('"DEFAULT_PORT"', '"0"', "default-port-is-8080", NEVER),
    start(
        _SHORT,
        "if time.monotonic() < began + 0.2:\n            return self.answer(503)\n        "
        + _SHORT,
        "first-ping-means-ready",
    ),
    start(
        "return self.answer(200)",
        "model['pings'] = model.get('pings', 0) + 1\n"
        "            return self.answer(503 if model['pings'] == 5 else 200)",
        "healthy-stays-healthy",
    ),
    start(
        _UNREADABLE,
        'isinstance(error, OSError) or sys.exit("damaged"); model = {}',
        "no-model-no-health",
    ),
    start(
        _UNREADABLE,
        'isinstance(error, ValueError) or sys.exit("missing"); model = {}',
        "damaged-model-no-health",
    ),
    start(_TAKEN, "sys.exit(0)", "taken-port-ends"),
    start(_TAKEN, "os._exit(1)", "taken-port-ends"),
    start(_TAKEN, "time.sleep(60)", "taken-port-ends", IMPATIENT),
    start(
        _LOAD,
        '(base / "model").chmod(0o755)\n(base / "model/cache").write_text("x")\n' + _LOAD,
        "model-is-only-read",
    ),
    stop(_SIGTERM, "", ENDS_IN_ORDER, AT_ONCE, FINISHES, TWICE),
    stop(
        _SIGTERM,
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        *(ENDS_IN_ORDER, AT_ONCE, FINISHES, TWICE),
        terms=IMPATIENT,
    ),
    stop(_CLOSE, f'{_CLOSE}; print("Traceback (most recent call last)")', ENDS_IN_ORDER),
    stop(_CLOSE, f"{_CLOSE}; sys.exit(3)", AT_ONCE),
    Fault(
        "bin/serve",
        {_CLOSE: f"{_CLOSE}; time.sleep(60)"},
        [AT_ONCE],
        terms=replace(PATIENT, idle_stop_seconds=0.3),
    ),
    stop(_CLOSE, "os._exit(0)", FINISHES, TWICE),
    stop(
        _SIGTERM,
        """def once(number, frame):
        signal.signal(number, lambda *_: os._exit(0))
        stop(number, frame)
    signal.signal(signal.SIGTERM, once)""",
        TWICE,
    ),
    stop(
        _MAIN,
        f"{_WORKER}    while not done:\n        time.sleep(0.02)\n",
        "killed-workers-are-replaced",
        terms=replace(PATIENT, recovery_seconds=0.5),
    ),
    stop(_LOAD, f"{NEEDS_NETWORK}\n{_LOAD}", "serves-without-network"),
    stop("rows = [list(map", "print(body)\n            rows = [list(map", "log-holds-no-bodies"),
]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    return examine_all(tmp_path_factory.mktemp("faults"), FAULTS)


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[str(fault) for fault in FAULTS])
def test_a_fault_fails_the_checks_that_look_for_it_and_no_others(
    reports: list[Report], number: int
) -> None:
    require_failed(reports[number], FAULTS[number])


def test_every_check_of_hosting_has_a_fault_that_fails_it() -> None:
    broken = {name for fault in FAULTS for name in fault.breaks}

    assert broken == {*STARTING, *STOPPING} - {"becomes-healthy"}


@pytest.mark.parametrize("rest", ["", "    sys.exit(1)\n"])
def test_a_server_that_ends_with_its_workers_is_replaced_as_a_whole(
    tmp_path: Path, rest: str
) -> None:
    report = examine(tmp_path, Fault("bin/serve", {_MAIN: _WORKER + rest}, []), STOPPING[4:5])

    assert [result.outcome for result in report.results] == ["passed"], report
