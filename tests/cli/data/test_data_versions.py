import io
import os
import signal
from collections.abc import Callable

import pytest

from cli.data import data_versions
from cli.environments.environment import Environment
from tests.cli.uploads import uploaded_keys


def lose_the_connection() -> None:
    raise ConnectionResetError


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(
    ("break_off", "error"),
    [(lose_the_connection, ConnectionResetError), (press_ctrl_c, KeyboardInterrupt)],
)
def test_an_upload_that_breaks_off_leaves_nothing(
    dev: Environment, break_off: Callable[[], None], error: type[BaseException]
) -> None:
    version = break_off.__name__

    with pytest.raises(error):
        data_versions.upload_version(
            dev,
            "churn",
            version,
            {name: io.BytesIO(b"1,2\n") for name in ("train/rows.csv", "test/rows.csv")},
            lambda _: break_off(),
        )

    assert uploaded_keys(dev, version) == []
