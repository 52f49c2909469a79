import pytest

from cli.data.data_split import encode_csv, split_rows
from cli.data.splitting import parse_shares
from cli.terminal.errors import WrongInput

ROWS = [[str(number), "7"] for number in range(100)]
SHARES = (0.8, 0.1, 0.1)


def test_every_row_is_in_exactly_one_channel() -> None:
    parts = split_rows(ROWS, SHARES, 0)

    assert {channel: len(part) for channel, part in parts.items()} == {
        "train": 80,
        "validation": 10,
        "test": 10,
    }
    assert sorted(row for part in parts.values() for row in part) == sorted(ROWS)


def test_the_same_seed_divides_the_same_way_and_another_differently() -> None:
    assert split_rows(ROWS, SHARES, 3) == split_rows(ROWS, SHARES, 3)
    assert split_rows(ROWS, SHARES, 3) != split_rows(ROWS, SHARES, 4)


def test_even_a_tiny_share_gets_a_row() -> None:
    parts = split_rows(ROWS[:10], (0.98, 0.01, 0.01), 0)

    assert [len(parts[channel]) for channel in parts] == [8, 1, 1]


def test_a_split_that_leaves_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(WrongInput, match="no row to train on"):
        split_rows(ROWS[:10], (0.02, 0.49, 0.49), 0)


@pytest.mark.parametrize("text", ["0.8,0.2", "a,b,c", "0.8,0.1,0.2", "1,0,0", "1.2,-0.1,-0.1", ""])
def test_shares_that_are_no_shares_are_refused(text: str) -> None:
    with pytest.raises(WrongInput, match=r"--split: .*; write it as 0\.8,0\.1,0\.1"):
        parse_shares(text)


def test_a_channel_is_written_as_the_built_in_xgboost_reads_it() -> None:
    assert encode_csv([["1", "2.5", ""], ["0", "3", "4"]]) == b"1,2.5,\n0,3,4\n"
