from pathlib import Path

import pytest

from tools.docs_site.building import build


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built once."""
    folder = tmp_path_factory.mktemp("site")
    build(folder)
    return folder
