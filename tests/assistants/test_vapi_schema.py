"""Whole assistants, squads and overrides against Vapi's own schema."""

import json
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from assistants.vapi_schema import SchemaProblem, check_assistant, check_overrides, check_squad

SAMPLES = Path(__file__).parent / "vapi_samples"
CHECKS: dict[str, Callable[[Any], list[SchemaProblem]]] = {
    "assistant": check_assistant,
    "overrides": check_overrides,
    "squad": check_squad,
}
TRANSFER = {"type": "assistant", "transferMode": "rolling-history", "message": "One moment."}
TOO_LONG = "This is {} characters long; Vapi takes at most {}."


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def openai(**keys: Any) -> dict[str, Any]:
    return {"model": {"provider": "openai", "model": "gpt-4o"} | keys}


@pytest.mark.parametrize(
    "name",
    ["documentation-assistant", "documentation-overrides", "full-assistant", "full-overrides", "full-squad"],
)
def test_what_vapi_takes_passes_without_a_word_and_unchanged(name: str) -> None:
    value = sample(name)
    assert CHECKS[name.split("-")[1]](value) == []
    assert value == sample(name)


def test_a_mistyped_provider_is_one_problem_with_a_path_and_a_proposal() -> None:
    assistant = openai(provider="opnai", messages=[{"role": "system", "content": "Hello"}])
    [problem] = check_assistant(assistant)
    assert (problem.path, problem.is_warning) == ("model.provider", False)
    assert problem.sentence.startswith("“opnai” is not one of anthropic, anthropic-bedrock, anyscale, ")
    assert problem.sentence.endswith(", vapi (did you mean openai?).")
    assert str(problem) == f"model.provider: {problem.sentence}"


@pytest.mark.parametrize(
    ("assistant", "path", "sentence"),
    [
        (openai(messages=[{"content": "x"}]), "model.messages[0]", "“role” is missing."),
        ({"model": {"model": "gpt-4o"}}, "model", "“provider” is missing."),
        ({"model": {"provider": "openai"}}, "model", "“model” is missing."),
        ({"model": "gpt-4o"}, "model", "This must be an object, not “gpt-4o”."),
        ({"firstMessage": 5}, "firstMessage", "This must be text, not 5."),
        ({"endCallPhrases": "bye"}, "endCallPhrases", "This must be a list, not “bye”."),
        ({"maxDurationSeconds": "600"}, "maxDurationSeconds", "This must be a number, not “600”."),
        ({"maxDurationSeconds": True}, "maxDurationSeconds", "This must be a number, not true."),
        ({"maxDurationSeconds": 9}, "maxDurationSeconds", "9 is too low; Vapi takes 10 or more."),
        ({"maxDurationSeconds": 43201}, "maxDurationSeconds", "43201 is too high; Vapi takes at most 43200."),
        (openai(temperature=2.5), "model.temperature", "2.5 is too high; Vapi takes at most 2."),
        ({"name": "x" * 41}, "name", TOO_LONG.format(41, 40)),
        ({"endCallMessage": "x" * 1001}, "endCallMessage", TOO_LONG.format(1001, 1000)),
        ({"voicemailMessage": "x" * 1001}, "voicemailMessage", TOO_LONG.format(1001, 1000)),
        (
            {"firstMessageMode": "assistant-speaks-frist"},
            "firstMessageMode",
            "“assistant-speaks-frist” is not one of assistant-speaks-first, "
            "assistant-speaks-first-with-model-generated-message, assistant-waits-for-user "
            "(did you mean assistant-speaks-first?).",
        ),
        (
            {"hooks": [{"on": "customer.speech.timeout", "do": [{"type": "say", "prompt": [{"role": "users"}]}]}]},
            "hooks[0].do[0].prompt[0].role",
            "“users” is not one of system, user, assistant, tool, developer (did you mean user?).",
        ),
        ({"voicemailDetection": "of"}, "voicemailDetection", "“of” is not one of off (did you mean off?)."),
        (
            openai(messages=[{"role": "sistem", "content": "x"}]),
            "model.messages[0].role",
            "“sistem” is not one of assistant, function, user, system, tool (did you mean system?).",
        ),
        (
            openai(tools=[{"type": "transferCall", "destinations": [{"type": "number", "number": "+1" * 21}]}]),
            "model.tools[0].destinations[0].number",
            TOO_LONG.format(42, 40),
        ),
        (
            {"startSpeakingPlan": {"smartEndpointingPlan": {"provider": "livekitt"}}},
            "startSpeakingPlan.smartEndpointingPlan.provider",
            "“livekitt” is not one of vapi, livekit, custom-endpointing-model (did you mean livekit?).",
        ),
        ([], "", "This must be an object, not a list."),
        (None, "", "This must be an object, not null."),
        ({"metadata": float}, "", "This cannot be sent as JSON: Type is not JSON serializable: type."),
    ],
)
def test_a_mistake_is_one_error_that_says_where_and_what(assistant: Any, path: str, sentence: str) -> None:
    assert check_assistant(assistant) == [SchemaProblem(path, sentence, is_warning=False)]


@pytest.mark.parametrize(
    ("assistant", "path", "sentence"),
    [
        ({"fistMessage": "Hi"}, "", "“fistMessage” is not known to Vapi (did you mean firstMessage?)."),
        ({"hobby": "chess"}, "", "“hobby” is not known to Vapi: it may ignore it, or refuse the call."),
        ({"serverUrl": "https://x.example"}, "", "“serverUrl” is not known to Vapi: write server.url."),
        ({"server": {"secret": "x"}}, "server", "“secret” is not known to Vapi: write server.credentialId."),
        (openai(model="x-1"), "model.model", "“x-1” is not among those that Vapi's SDK lists."),
        (
            {"hooks": [{"on": "call.ending", "do": [{"type": "say", "exact": "Bye"}]}]},
            "hooks[0].do[0].type",
            "“say” is not among those that Vapi's SDK lists.",
        ),
    ],
)
def test_what_vapi_may_still_take_is_one_warning(assistant: Any, path: str, sentence: str) -> None:
    assert check_assistant(assistant) == [SchemaProblem(path, sentence, is_warning=True)]


def test_a_model_may_be_newer_than_the_sdk_but_is_a_text() -> None:
    [problem] = check_assistant(openai(model=5))
    assert (problem.path, problem.is_warning) == ("model.model", False)
    assert problem.sentence.startswith("5 is not one of gpt-")
    assert problem.sentence.endswith(", ….")


def test_an_assistant_of_2024_gives_warnings_only() -> None:
    problems = check_assistant(sample("older-assistant"))
    assert problems
    assert all(problem.is_warning for problem in problems)
    assert "model: “systemPrompt” is not known to Vapi: write a message of the role system." in map(str, problems)


def test_errors_come_before_warnings_the_deepest_first_and_no_more_than_ten() -> None:
    assistant = openai(messages=[{"role": 1}] * 4, toolz=[]) | {
        "name": 1,
        "hobby": 1,
        "pet": 1,
        "hat": 1,
        "car": 1,
        "cap": 1,
    }
    problems = check_assistant(assistant)
    assert [problem.is_warning for problem in problems] == [False] * 5 + [True] * 5
    assert [problem.path for problem in problems[:6]] == [f"model.messages[{n}].role" for n in range(4)] + [
        "name",
        "model",
    ]


def test_a_tools_parameters_are_json_schema_and_may_say_more_than_vapi_knows() -> None:
    function = {
        "name": "book",
        "parameters": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}},
    }
    assert check_assistant(openai(tools=[{"type": "function", "function": function}])) == []
    function["parameters"]["properties"]["n"]["type"] = "int"  # type: ignore[index]
    [problem] = check_assistant(openai(tools=[{"type": "function", "function": function}]))
    assert problem.path == "model.tools[0].function.parameters.properties.n.type"


def test_free_objects_take_anything_and_their_keys_are_quoted_where_they_are_no_words() -> None:
    assert check_overrides({"variableValues": {"a b": [1, {"c": None}]}, "metadata": {"": {}}}) == []
    function = {"name": "book", "parameters": {"type": "object", "properties": {"a b": {"type": "int"}}}}
    [problem] = check_overrides({"tools:append": [{"type": "function", "function": function}]})
    assert problem.path == 'tools:append[0].function.parameters.properties["a b"].type'


def test_a_placeholder_is_no_number_and_no_choice() -> None:
    [length] = check_overrides({"maxDurationSeconds": "{{limit}}"})
    [mode] = check_overrides({"firstMessageMode": "{{mode}}"})
    assert str(length) == "maxDurationSeconds: This must be a number, not “{{limit}}”."
    assert str(mode).startswith("firstMessageMode: “{{mode}}” is not one of assistant-speaks-first, ")


def test_overrides_are_told_from_the_answer_around_them() -> None:
    answer = {"assistantId": "asst_customersupport", "assistantOverrides": {"variableValues": {"customerName": "Ada"}}}
    assert [str(problem) for problem in check_overrides(answer)] == [
        "“assistantId” is not known to Vapi: the id has a field of its own.",
        "“assistantOverrides” is not known to Vapi: write only what stands inside it.",
    ]


@pytest.mark.parametrize(
    ("squad", "expected"),
    [
        ({}, "“members” is missing."),
        ({"members": []}, "members: This list is too short; Vapi wants at least 1 item."),
        ({"members": [{"assistant": {"name": 7}}]}, "members[0].assistant.name: This must be text, not 7."),
        (
            {"members": [{"assistantDestinations": [TRANSFER | {"assistantName": 7}]}]},
            "members[0].assistantDestinations[0].assistantName: This must be text, not 7.",
        ),
        (
            {"members": [{"assistantOverrides": {"name": 7}}]},
            "members[0].assistantOverrides.name: This must be text, not 7.",
        ),
    ],
)
def test_a_squads_members_are_checked(squad: Any, expected: str) -> None:
    assert [str(problem) for problem in check_squad(squad)] == [expected]


def test_what_no_json_can_hold_is_said_and_breaks_nothing() -> None:
    deep: Any = {"type": "string"}
    for _ in range(100_000):
        deep = {"type": "array", "items": deep}
    [too_deep] = check_assistant({"metadata": deep})
    [half_a_pair] = check_assistant({"name": "\ud800"})
    assert str(too_deep) == "This cannot be sent as JSON: Recursion limit reached."
    assert str(half_a_pair).startswith("This cannot be sent as JSON: str is not valid UTF-8")


def test_a_check_takes_milliseconds() -> None:
    assistant = sample("full-assistant")
    times = []
    for _ in range(5):
        start = perf_counter()
        check_assistant(assistant)
        times.append(perf_counter() - start)
    assert min(times) < 0.02
