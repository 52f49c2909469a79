from pathlib import Path

from tests.cli.terminal import PROJECT, kiban, require_one_line, with_file


def test_each_setting_is_shown_with_what_it_changes(tmp_path: Path) -> None:
    dev = (PROJECT / "config" / "dev.toml").read_text()
    folder = with_file(tmp_path, "lab", dev.replace("idle_minutes = 30", "idle_minutes = 45"))

    screen = kiban("env", "compare", "dev", "lab", folder=folder)

    assert screen.code == 0, screen.err
    assert "1 setting differs; 1 place in 1 stack does" in screen.out
    assert "workbench.idle_minutes  30 → 45" in screen.out
    assert "Workbench  SageMaker::NotebookInstanceLifecycleConfig  OnStart" in screen.out
    assert "Settings explain every difference." in screen.out


def test_an_environment_is_not_compared_with_itself_or_with_nothing(tmp_path: Path) -> None:
    itself = require_one_line(kiban("env", "compare", "dev", "dev", folder=tmp_path), 2)
    nothing = require_one_line(kiban("env", "compare", "dev", "prd", folder=tmp_path), 2)

    assert itself == "config/dev.toml: is one environment; name two to compare"
    assert nothing == "config: no environment 'prd'; there is prod, dev, staging"
