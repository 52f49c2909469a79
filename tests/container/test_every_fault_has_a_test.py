"""Which test does which fault to the container: a fault whose test is gone fails here."""

import ast
from pathlib import Path

import pytest

import conformance
from tests.container.serving.test_every_bad_request import BAD_REQUESTS

TESTS = Path(__file__).parents[1]
# Looked at by the contract suite, which test_containers.py runs against this container.
CHECK = "check "

FAULTS: dict[int, tuple[str, str]] = {
    1: (
        "/ping comes before the model is there",
        "container/serving/test_application::test_without_a_model_every_answer_is_503",
    ),
    2: (
        "/ping comes while every worker is busy",
        "container/serving/test_serve_busy::test_ping_is_answered_while_all_workers_have_large_work",
    ),
    3: (
        "no model",
        "container/serving/test_serve_lifecycle::test_a_missing_model_is_one_line_and_no_server",
    ),
    4: (
        "a model that was cut off",
        "container/serving/test_serve_lifecycle::test_a_truncated_model_is_one_line_and_no_server",
    ),
    5: (
        "an archive that leaves its folder",
        "container/contract/test_model_files::test_an_archive_with_anything_else_is_refused",
    ),
    6: (
        "a worker is killed",
        "container/serving/test_serve_lifecycle::test_a_killed_worker_is_replaced",
    ),
    7: (
        "SIGTERM when nothing is asked",
        "container/serving/test_serve_lifecycle::test_sigterm_on_an_idle_server_ends_with_0",
    ),
    8: (
        "SIGTERM in a request",
        "container/serving/test_serve_lifecycle"
        "::test_a_request_that_was_begun_is_answered_after_sigterm",
    ),
    9: (
        "SIGTERM in a request that takes longer than the stop may",
        "container/serving/test_serve_faults"
        "::test_a_request_that_outlasts_the_stop_is_503_and_the_server_ends",
    ),
    10: ("a second SIGTERM", CHECK + "second-sigterm-changes-nothing"),
    11: (
        "a prediction that takes longer than SageMaker waits",
        "container/serving/test_serve_lifecycle"
        "::test_a_worker_whose_prediction_never_ends_is_replaced",
    ),
    12: (
        "more requests at once than can wait",
        "container/serving/test_application"
        "::test_requests_beyond_the_queue_are_503_while_the_others_are_answered",
    ),
    13: (
        "the sender hangs up",
        "container/serving/test_serve_faults"
        "::test_a_receiver_that_hangs_up_in_the_answer_disturbs_nobody",
    ),
    14: (
        "a body that never ends",
        "container/serving/test_connection::test_a_request_that_never_ends_is_408",
    ),
    15: (
        "the model raises an exception",
        "container/serving/test_application"
        "::test_a_fault_of_the_model_is_500_with_an_id_and_its_stack_only_in_the_log",
    ),
    16: (
        "input of any kind",
        "container/formats/test_properties::test_any_bytes_of_a_request_are_rows_or_a_refusal",
    ),
    17: (
        "a worker runs out of memory",
        "container/serving/test_serve_faults"
        "::test_a_prediction_without_memory_is_500_and_the_worker_lives",
    ),
    18: (
        "the disk is full",
        "container/serving/test_serve_surroundings"
        "::test_a_server_that_can_write_no_file_at_all_serves",
    ),
    19: (
        "nobody reads the log",
        "container/serving/test_serve_surroundings::test_a_log_that_nobody_reads_stops_nobody",
    ),
    20: (
        "thousands of requests",
        "container/serving/test_serve_surroundings::test_memory_and_open_files_stay_as_they_are",
    ),
    21: (
        "32 clients at once",
        "container/serving/test_serve_surroundings::test_however_many_ask_the_answer_is_the_same",
    ),
    22: (
        "a machine that tells of no processor",
        "container/serving/test_settings"
        "::test_a_machine_that_tells_of_no_processor_gets_one_worker",
    ),
    23: (
        "no GPU where the model had one",
        "container/test_algorithm::test_a_model_of_a_gpu_can_be_opened_without_one",
    ),
    24: (
        "the clock jumps",
        "container/serving/test_application::test_a_clock_that_jumps_back_stops_nobody",
    ),
    25: ("no network", CHECK + "serves-without-network"),
    26: (
        "a model and a home that cannot be written",
        "container/serving/test_serve_surroundings"
        "::test_a_server_that_can_write_no_file_at_all_serves",
    ),
    27: (
        "a program that does not exist",
        "container/serving/test_serve_lifecycle::test_an_unknown_program_is_a_usage_error",
    ),
    28: (
        "the port is taken",
        "container/serving/test_serve_lifecycle::test_a_port_in_use_is_one_line_and_no_server",
    ),
    29: (
        "SIGTERM in a training",
        "container/training/test_checkpoints"
        "::test_sigterm_keeps_a_checkpoint_and_ends_with_the_documented_code",
    ),
    30: (
        "a training starts again",
        "container/training/test_checkpoints::test_a_killed_training_resumes_to_the_same_model",
    ),
    31: (
        "the newest checkpoint was cut off",
        "container/training/test_faults::test_a_truncated_newest_checkpoint_costs_one_round",
    ),
    32: (
        "the checkpoints are those of another training",
        "container/training/test_checkpoints"
        "::test_a_training_with_other_inputs_begins_anew_and_says_so",
    ),
    33: (
        "a training is killed at any instant",
        "container/training/test_faults"
        "::test_a_training_killed_at_20_random_instants_ends_with_the_right_model",
    ),
    34: (
        "a channel without data",
        "container/training/test_faults::test_a_channel_without_data_is_refused_by_name",
    ),
    35: (
        "a training raises any exception",
        "container/training/test_faults::test_any_exception_is_a_line_a_code_and_no_model",
    ),
    36: (
        "the loss is no number",
        "container/training/test_faults::test_a_loss_that_is_not_a_number_fails_the_training",
    ),
    37: (
        "another host is dead",
        "container/hosts/test_hosts_that_fail::test_a_host_that_never_comes_is_named",
    ),
    38: (
        "the disk is full when the model is written",
        "container/training/test_faults"
        "::test_a_full_disk_fails_the_training_instead_of_cutting_its_model_off",
    ),
    39: (
        "the same training twice",
        "container/training/test_faults::test_the_same_training_twice_writes_the_same_bytes",
    ),
}

# Those that are more than a request and its answer.
MORE_REQUESTS: dict[int, tuple[str, str]] = {
    24: (
        "a length that is none, too small, too large",
        "container/serving/test_every_bad_request::test_a_length_that_is_none_is_refused",
    ),
    25: (
        "a body in chunks",
        "container/serving/test_serve_error_responses::test_a_body_in_chunks_is_accepted",
    ),
    26: (
        "no content type",
        "container/serving/test_serve_error_responses::test_a_body_without_content_type_is_csv_lines",
    ),
    41: (
        "control characters in a header",
        "container/serving/test_every_bad_request"
        "::test_control_characters_in_a_header_do_not_reach_the_log",
    ),
    42: (
        "line ends and escapes in a body",
        "container/serving/test_every_bad_request"
        "::test_line_ends_and_escapes_in_a_body_make_no_line_of_the_log",
    ),
    45: (
        "a category that training never saw",
        "container/serving/test_invocation"
        "::test_a_category_that_training_never_saw_is_missing_and_counted",
    ),
}

PROMISES: dict[int, tuple[str, str]] = {
    1: (
        "a request has an id, its sender's if it has one",
        "container/serving/test_application::test_the_id_of_a_request_comes_back",
    ),
    2: (
        "an event is one line, escaped",
        "container/contract/test_log::test_an_event_is_one_line_whatever_it_says",
    ),
    3: ("the log holds nothing of a request", CHECK + "log-holds-no-bodies"),
    4: (
        "nothing is unpickled",
        "container/test_ships_alone::test_nothing_is_unpickled_or_evaluated",
    ),
    5: (
        "a request takes a multiple of its size in memory",
        "container/formats/test_memory::test_no_body_takes_more_than_forty_bytes_per_byte",
    ),
    6: (
        "an answer takes a multiple of its numbers in memory",
        "container/response/test_memory"
        "::test_an_answer_takes_a_stated_number_of_bytes_for_each_of_its_numbers",
    ),
}
ALL = {
    f"{kind} {number}": test
    for kind, table in (("fault", FAULTS), ("request", MORE_REQUESTS), ("promise", PROMISES))
    for number, (_, test) in table.items()
}


@pytest.mark.parametrize("name", ALL)
def test_what_can_go_wrong_is_done_by_a_test(name: str) -> None:
    test = ALL[name]
    if test.startswith(CHECK):
        assert test.removeprefix(CHECK) in conformance.NAMES
        return
    module, _, function = test.partition("::")
    found = ast.parse((TESTS / f"{module}.py").read_bytes()).body
    assert function in {node.name for node in found if isinstance(node, ast.FunctionDef)}


def test_no_number_is_left_out() -> None:
    assert sorted(FAULTS) == list(range(1, 40))
    assert sorted([*BAD_REQUESTS, *MORE_REQUESTS]) == list(range(1, 46))
