import concurrent.futures
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.container.support.servers import serving
from tests.container.support.world import PACKAGE, Rows, World, simple_rows, wait_until

pytestmark = pytest.mark.slow_first


@pytest.fixture
def copy(trained: World, tmp_path: Path) -> World:
    """The trained model, to be broken by one test."""
    shutil.copytree(trained.base / "model", tmp_path / "model")
    return World(tmp_path)


ONE_WORKER = {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"}


def test_sigterm_on_an_idle_server_ends_with_0(copy: World) -> None:
    with serving(copy) as server:
        assert server.stop(signal.SIGTERM) == 0

    assert server.events("stopped")[0]["code"] == 0


def test_sigint_ends_without_a_traceback(copy: World) -> None:
    with serving(copy) as server:
        assert server.stop(signal.SIGINT) == 0

    assert "Traceback" not in server.log.read_text()


def test_a_request_that_was_begun_is_answered_after_sigterm(copy: World, cancer_rows: Rows) -> None:
    body = ",".join(map(str, cancer_rows[0, 1:])).encode()
    head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    with (
        serving(copy, ONE_WORKER) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=120) as client,
    ):
        client.sendall(head.encode() + body[:10])
        # Answered by the same worker: by then it has seen the first part above.
        assert server.ask("GET", "/ping").status == 200
        server.process.send_signal(signal.SIGTERM)
        client.sendall(body[10:])

        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        assert server.process.wait(120) == 0


def test_a_client_that_keeps_its_connection_open_delays_a_stop_by_a_second(
    copy: World, cancer_rows: Rows
) -> None:
    body = ",".join(map(str, cancer_rows[0, 1:])).encode()
    head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    with (
        serving(copy, ONE_WORKER) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=120) as client,
        socket.create_connection(("127.0.0.1", server.port), timeout=120) as idle,
    ):
        client.sendall(head.encode() + body[:10])
        assert server.ask("GET", "/ping").status == 200
        server.process.send_signal(signal.SIGTERM)
        # Closed at once: by then the worker is stopping.
        assert idle.recv(1) == b""
        client.sendall(body[10:])

        assert server.process.wait(120) == 0
        assert client.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_killed_worker_is_replaced(copy: World) -> None:
    with serving(copy, ONE_WORKER) as server:
        first = server.events("ready")[0]["worker"]
        os.kill(first, signal.SIGKILL)

        second = server.wait_for("ready", 2)[1]["worker"]

        assert second != first
        assert server.ask("GET", "/ping").status == 200


def test_workers_end_when_their_supervisor_is_killed(copy: World) -> None:
    with serving(copy) as server:
        workers = [event["worker"] for event in server.events("ready")]
        server.process.kill()
        server.process.wait(120)

        wait_until(lambda: not any(is_running(worker) for worker in workers))


def is_running(process: int) -> bool:
    """Whether a process exists and is not a zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ping_answers_while_predictions_keep_every_thread_busy(
    copy: World, cancer_rows: Rows
) -> None:
    line = ",".join(map(str, cancer_rows[0, 1:])).encode() + b"\n"
    body = line * 20_000
    with (
        serving(copy, ONE_WORKER) as server,
        concurrent.futures.ThreadPoolExecutor(4) as threads,
    ):
        busy = [threads.submit(server.predict, body) for _ in range(4)]
        pings = [server.ask("GET", "/ping").status for _ in range(10)]

        assert set(pings) == {200}
        assert {future.result().status for future in busy} == {200}


def test_the_same_rows_get_the_same_answer_from_many_clients_at_once(
    copy: World, cancer_rows: Rows
) -> None:
    body = ",".join(map(str, cancer_rows[0, 1:])).encode()
    with serving(copy) as server, concurrent.futures.ThreadPoolExecutor(16) as threads:
        answers = set(threads.map(lambda _: server.predict(body).body, range(100)))

    assert len(answers) == 1


def test_the_body_limit_and_the_default_format_can_be_set(copy: World, cancer_rows: Rows) -> None:
    body = ",".join(map(str, cancer_rows[0, 1:])).encode()
    settings = {
        "MAX_CONTENT_LENGTH": str(len(body)),
        "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "application/json",
    }
    with serving(copy, settings) as server:
        assert "predictions" in server.predict(body).json
        assert server.predict(body + b"\n").status == 413


def end_of(world: World, more: dict[str, str] | None = None) -> str:
    """The one line of a server that must refuse to start."""
    with serving(world, more) as server:
        assert server.process.wait(120) == 1
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    errors = [line["error"] for line in lines if line["event"] == "failed"]
    assert len(errors) == 1
    return str(errors[0])


def test_a_missing_model_is_one_line_and_no_server(tmp_path: Path) -> None:
    assert "model/xgboost-model: the file is missing" in end_of(World(tmp_path))


def test_a_truncated_model_is_one_line_and_no_server(copy: World) -> None:
    model = copy.base / "model/xgboost-model"
    model.write_bytes(model.read_bytes()[:-10])

    assert "model/xgboost-model: damaged" in end_of(copy)


def test_a_signature_of_another_model_is_one_line_and_no_server(copy: World) -> None:
    copy.write_json(
        "model/signature.json", {**copy.signature, "sha256": {"xgboost-model": "0" * 64}}
    )

    assert "the signature says 000000000000" in end_of(copy)


def registered_as(world: World) -> dict[str, str]:
    """The environment that the model's version was registered with."""
    content = (world.base / "model/signature.json").read_bytes()
    return {"MODEL_SIGNATURE_SHA256": hashlib.sha256(content).hexdigest()}


def test_the_registered_model_is_served(copy: World, cancer_rows: Rows) -> None:
    body = ",".join(map(str, cancer_rows[0, 1:])).encode()

    with serving(copy, registered_as(copy)) as server:
        assert server.predict(body).status == 200


def test_a_whole_model_that_is_not_the_registered_one_is_one_line_and_no_server(
    copy: World,
) -> None:
    was = registered_as(copy)
    copy.write_json("model/signature.json", {**copy.signature, "metrics": []})

    message = end_of(copy, was)

    assert "model/signature.json: is not the registered version's; its SHA-256 is " in message
    assert f"the version was registered with {was['MODEL_SIGNATURE_SHA256'][:12]}…" in message


def test_a_model_without_the_signature_it_was_registered_with_is_one_line_and_no_server(
    copy: World,
) -> None:
    was = registered_as(copy)
    (copy.base / "model/signature.json").unlink()

    assert "the version was registered with one; restore the artifact" in end_of(copy, was)


@pytest.mark.parametrize("digest", ["", "none", "AB" * 32])
def test_a_digest_that_is_none_is_one_line_and_no_server(copy: World, digest: str) -> None:
    assert "MODEL_SIGNATURE_SHA256: must be a SHA-256" in end_of(
        copy, {"MODEL_SIGNATURE_SHA256": digest}
    )


def test_a_signature_that_lacks_something_is_one_line_and_no_server(copy: World) -> None:
    copy.write_json("model/signature.json", {"sha256": {"xgboost-model": "0" * 64}})

    assert "model/signature.json: task is missing or ill-typed" in end_of(copy)


def test_a_model_that_xgboost_cannot_read_is_one_line_and_no_server(copy: World) -> None:
    (copy.base / "model/xgboost-model").write_bytes(b"nonsense")
    digest = hashlib.sha256(b"nonsense").hexdigest()
    copy.write_json("model/signature.json", {**copy.signature, "sha256": {"xgboost-model": digest}})

    assert "XGBoost cannot read it" in end_of(copy, ONE_WORKER)


def test_a_signature_for_other_columns_is_one_line_and_no_server(copy: World) -> None:
    fewer = copy.signature["features"][1:]
    copy.write_json("model/signature.json", {**copy.signature, "features": fewer})

    assert "has 29 features but the model takes 30" in end_of(copy, ONE_WORKER)


def test_a_port_in_use_is_one_line_and_no_server(copy: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert f"port {port} cannot be used" in end_of(copy, {"SAGEMAKER_BIND_TO_PORT": str(port)})


@pytest.mark.parametrize(
    "name", ["SAGEMAKER_BIND_TO_PORT", "SAGEMAKER_MODEL_SERVER_WORKERS", "MAX_CONTENT_LENGTH"]
)
def test_a_setting_that_is_no_number_is_one_line_and_no_server(copy: World, name: str) -> None:
    assert end_of(copy, {name: "many"}).startswith(f"{name}: must be a ")


@pytest.mark.parametrize("objective", ["multi:softprob", "reg:squarederror"])
def test_other_tasks_are_served(world: World, objective: str) -> None:
    world.channel("train", simple_rows(90, classes=3))
    world.write_json("input/config/inputdataconfig.json", {"train": {}})
    classes = {"num_class": "3"} if objective == "multi:softprob" else {}
    world.job({"num_round": "3", "objective": objective, **classes})
    assert world.run("train").returncode == 0

    with serving(world, ONE_WORKER) as server:
        line = server.predict(b"1,2,3").body.decode()
        scores = server.predict(b"1,2,3", accept="application/json").json["predictions"]

    numbers = [float(number) for number in line.split(",")]
    assert line.endswith("\n")
    assert scores == [{"score": numbers if classes else numbers[0]}]
    assert not classes or sum(numbers) == pytest.approx(1, abs=1e-5)


def test_a_model_in_a_read_only_folder_is_served(copy: World) -> None:
    folder = copy.base / "model"
    for path in (*folder.iterdir(), folder):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        with serving(copy, ONE_WORKER) as server:
            assert server.ask("GET", "/ping").status == 200
    finally:
        folder.chmod(0o755)


def test_an_unknown_program_is_a_usage_error(world: World) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "container", "bake"],
        env=world.environment(),
        capture_output=True,
        text=True,
        cwd=PACKAGE.parent,
    )

    assert finished.returncode == 64
    assert finished.stderr == (
        "container: the program must be one of train, serve, evaluate, convert FILE OUT; got bake\n"
    )


def test_all_workers_are_counted_together_on_a_port_of_their_own(
    copy: World, cancer_rows: Rows
) -> None:
    body = ",".join(map(str, cancer_rows[0, 1:])).encode()
    with serving(copy, {"METRICS_PORT": "0"}) as server:
        for _ in range(20):
            server.predict(body)
        port = server.events("listening")[0]["metrics_port"]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        text = response.read().decode()
        connection.request("GET", "/other")
        assert connection.getresponse().status == 404
        connection.close()

    assert response.getheader("content-type") == "text/plain; version=0.0.4"
    assert "inference_rows_total 20\n" in text


# `serve` with a model that takes half a minute for more than one row.
SLOW = """
import sys, time
from container.contract.layout import Layout
from container.formats.schema import Schema
from container.serving import serve, worker
from container.serving.loaded_model import LoadedModel

def predict(rows):
    time.sleep(30 if len(rows) > 1 else 0)
    return rows[:, 0]

worker.open_model = lambda folder, where, combines, registered: LoadedModel(
    predict, predict, Schema.of_numbers(1), {"objective": "x"}, 1
)
sys.exit(serve.main(Layout.from_environment()))
"""


def test_a_worker_whose_prediction_never_ends_is_replaced(copy: World) -> None:
    settings = {
        **ONE_WORKER,
        "SAGEMAKER_MODEL_SERVER_TIMEOUT": "1",
        "PYTHONPATH": str(PACKAGE.parent),
    }
    script = copy.base / "slow.py"
    script.write_text(SLOW)
    with serving(copy, settings, script=script) as server:
        answer = server.predict(b"1\n2")

        assert answer.status == 503
        assert "no response within 1 seconds" in answer.json["error"]
        assert len(server.wait_for("ready", 2)) == 2
        assert server.predict(b"7").body == b"7.0\n"
        assert server.stop() == 0
