"""The engine's protocol over a real channel: values, secrets, errors, half-made objects."""

from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.errors import SandboxError
from sandbox.provider.diff import Difference
from sandbox.provider.servicer import PartialError, Servicer
from sandbox.provider.values import SECRET, SIGNATURE, UNKNOWN, Props, from_wire, to_wire

URN = "urn:pulumi:test::understudy::aws:ec2/vpc:Vpc::home"
Resource = tuple[Props, Props]


class Echo:
    """A provider that notes what it is asked and does what the test tells it."""

    version = "1.2.3"

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.problem: Exception | None = None
        self.gone = False
        self.more: Props = {}
        """What the answers hold besides."""

    def _note(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.problem is not None:
            raise self.problem

    def configure(self, settings: Props) -> None:
        self._note("configure", settings)

    def check_config(self, settings: Props) -> list[tuple[str, str]]:
        self._note("check_config", settings)
        return [("colour", "is not carried")] if "colour" in settings else []

    def check(self, urn: str, old: Props, new: Props, seed: bytes) -> Any:
        self._note("check", urn, old, new, seed)
        return {**new, "name": "home-1"}, [("size", "is too big")] if "size" in new else []

    def diff(self, urn: str, old: Props, new: Props, ignored: set[str]) -> Difference:
        self._note("diff", urn, old, new, ignored)
        changed = {name for name in new if old.get(name) != new[name]} - ignored
        return Difference(changed, changed & {"cidrBlock"}, delete_first="name" in new)

    def preview(self, urn: str, state: Props, new: Props) -> Props:
        self._note("preview", urn, state, new)
        return {**state, **new, "arn": UNKNOWN}

    def create(self, urn: str, new: Props) -> tuple[str, Props]:
        self._note("create", urn, new)
        return "vpc-1", {**new, "arn": "arn:1", **self.more}

    def read(self, urn: str, id_: str, state: Props, inputs: Props) -> Resource | None:
        self._note("read", urn, id_, state, inputs)
        return None if self.gone else ({**state, **inputs, **self.more}, inputs)

    def update(self, urn: str, id_: str, old: Props, new: Props, state: Props) -> Props:
        self._note("update", urn, id_, old, new, state)
        return {**state, **new, **self.more}

    def delete(self, urn: str, id_: str, old: Props) -> None:
        self._note("delete", urn, id_, old)

    def invoke(self, token: str, args: Props) -> Props:
        self._note("invoke", token, args)
        return {"answer": args}

    def secrets(self, urn: str) -> set[str]:
        if urn == "uncarried":
            raise SandboxError("the sandbox does not carry this type")
        return {"password"}


@pytest.fixture(name="echo")
def _echo() -> Echo:
    return Echo()


@pytest.fixture(name="engine")
def _engine(echo: Echo) -> Iterator[Any]:
    server = grpc.server(futures.ThreadPoolExecutor(2))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(echo), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    limit = [("grpc.max_metadata_size", 1 << 20), ("grpc.absolute_max_metadata_size", 1 << 20)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=limit) as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None).wait()


def hidden(struct: Any) -> set[str]:
    """Return the properties that are marked as secret on the wire."""
    return {
        name
        for name, value in struct.fields.items()
        if value.struct_value.fields.get(SIGNATURE)
        and value.struct_value.fields[SIGNATURE].string_value == SECRET
    }


def partial(error: Any) -> Any:
    """Return what an error tells the engine of a half-made object."""
    trailing = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailing["grpc-status-details-bin"])
    assert status.code == grpc.StatusCode.UNKNOWN.value[0]
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    return detail


def create(**more: Any) -> Any:
    props = to_wire({"cidrBlock": "10.0.0.0/16", "password": "hunter2", "token": "t"}, {"token"})
    return provider_pb2.CreateRequest(urn=URN, properties=props, **more)


def test_the_provider_presents_itself(engine: Any) -> None:
    assert engine.GetPluginInfo(empty_pb2.Empty()).version == "1.2.3"
    assert engine.GetSchema(provider_pb2.GetSchemaRequest()).schema == "{}"
    hello = engine.Handshake(provider_pb2.ProviderHandshakeRequest())
    assert (hello.accept_secrets, hello.accept_outputs) == (True, False)
    assert engine.Cancel(empty_pb2.Empty()) == empty_pb2.Empty()


def test_configuration_is_checked_and_taken(engine: Any, echo: Echo) -> None:
    settings = to_wire({"region": "eu-west-1", "colour": "red"})
    checked = engine.CheckConfig(provider_pb2.CheckRequest(urn=URN, news=settings))
    assert [(f.property, f.reason) for f in checked.failures] == [("colour", "is not carried")]
    assert checked.inputs == settings

    answer = engine.Configure(provider_pb2.ConfigureRequest(args=settings))
    assert answer.supportsPreview
    assert echo.asked[-1] == ("configure", {"region": "eu-west-1", "colour": "red"})


def test_a_changed_configuration_is_no_reason_to_replace(engine: Any) -> None:
    old, new = to_wire({"region": "a"}), to_wire({"region": "b"})

    for before, wanted in ((old, "DIFF_SOME"), (new, "DIFF_NONE")):
        found = engine.DiffConfig(provider_pb2.DiffRequest(old_inputs=before, news=new))
        assert provider_pb2.DiffResponse.DiffChanges.Name(found.changes) == wanted
        assert not found.replaces


def test_a_check_answers_with_names_secrets_and_problems(engine: Any, echo: Echo) -> None:
    news = to_wire({"size": 9, "token": "t"}, {"token"})
    request = provider_pb2.CheckRequest(urn=URN, olds=to_wire({"a": 1}), news=news, randomSeed=b"s")
    checked = engine.Check(request)

    assert echo.asked == [("check", URN, {"a": 1}, {"size": 9, "token": "t"}, b"s")]
    assert from_wire(checked.inputs) == ({"size": 9, "token": "t", "name": "home-1"}, {"token"})
    assert [(f.property, f.reason) for f in checked.failures] == [("size", "is too big")]


def test_a_diff_says_that_the_old_object_must_go_first(engine: Any) -> None:
    given = {"cidrBlock": "a", "name": "storefront"}
    request = provider_pb2.DiffRequest(
        urn=URN, old_inputs=to_wire(given), news=to_wire({**given, "cidrBlock": "b"})
    )

    assert engine.Diff(request).deleteBeforeReplace


def test_a_diff_names_changes_and_replacements(engine: Any, echo: Echo) -> None:
    request = provider_pb2.DiffRequest(
        urn=URN,
        old_inputs=to_wire({"cidrBlock": "a", "tags": {"a": "b"}, "size": 1}),
        olds=to_wire({"cidrBlock": "a", "zone": "1a", "arn": "x"}),
        news=to_wire({"cidrBlock": "b", "tags": {"a": "c"}, "size": 2, "zone": "1a"}),
        ignoreChanges=["size"],
    )
    found = engine.Diff(request)

    assert list(found.diffs) == ["cidrBlock", "tags"]
    assert list(found.replaces) == ["cidrBlock"]
    assert found.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert not found.deleteBeforeReplace
    assert echo.asked[-1][2]["zone"] == "1a"  # AWS had filled it in; the program now says so.
    same = to_wire({"cidrBlock": "a"})
    found = engine.Diff(provider_pb2.DiffRequest(urn=URN, old_inputs=same, news=same))
    assert found.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_create_answers_with_secrets_marked(engine: Any) -> None:
    made = engine.Create(create())

    assert made.id == "vpc-1"
    assert from_wire(made.properties)[0]["arn"] == "arn:1"
    assert hidden(made.properties) == {"password", "token"}


def test_a_preview_creates_nothing_and_leaves_the_unknown_unknown(engine: Any, echo: Echo) -> None:
    made = engine.Create(create(preview=True))

    assert made.id == ""
    assert from_wire(made.properties)[0]["arn"] is UNKNOWN
    assert hidden(made.properties) == {"password", "token"}
    request = provider_pb2.UpdateRequest(
        urn=URN, id="vpc-1", olds=to_wire({"size": 1}), news=to_wire({"size": 2}), preview=True
    )
    assert from_wire(engine.Update(request).properties)[0] == {"size": 2, "arn": UNKNOWN}
    assert {asked[0] for asked in echo.asked} == {"preview"}


def test_an_update_keeps_what_is_ignored(engine: Any, echo: Echo) -> None:
    request = provider_pb2.UpdateRequest(
        urn=URN,
        id="vpc-1",
        olds=to_wire({"arn": "arn:1"}),
        old_inputs=to_wire({"size": 1, "password": "a"}),
        news=to_wire({"size": 2, "password": "b"}),
        ignoreChanges=["size", "colour"],
    )
    updated = engine.Update(request)

    new = {"size": 1, "password": "b"}
    assert echo.asked == [
        ("update", URN, "vpc-1", {"size": 1, "password": "a"}, new, {"arn": "arn:1"})
    ]
    assert from_wire(updated.properties) == ({"arn": "arn:1", **new}, {"password"})


def test_a_read_keeps_secrets_and_says_when_the_object_is_gone(engine: Any, echo: Echo) -> None:
    request = provider_pb2.ReadRequest(
        urn=URN,
        id="vpc-1",
        properties=to_wire({"key": "k", "password": "p"}, {"key"}),
        inputs=to_wire({"token": "t", "password": "p"}, {"token"}),
    )
    read = engine.Read(request)

    assert read.id == "vpc-1"
    assert hidden(read.properties) == {"key", "password", "token"}
    assert hidden(read.inputs) == {"password", "token"}
    echo.gone = True
    assert engine.Read(request).id == ""


def test_a_delete_and_an_invoke_are_passed_on(engine: Any, echo: Echo) -> None:
    state, inputs = to_wire({"a": 1}), to_wire({"a": 0, "skipFinalSnapshot": True})
    engine.Delete(
        provider_pb2.DeleteRequest(urn=URN, id="vpc-1", properties=state, old_inputs=inputs)
    )
    answer = engine.Invoke(provider_pb2.InvokeRequest(tok="aws:x:y", args=to_wire({"b": 2})))

    assert echo.asked == [
        ("delete", URN, "vpc-1", {"a": 1, "skipFinalSnapshot": True}),
        ("invoke", "aws:x:y", {"b": 2}),
    ]
    assert from_wire(getattr(answer, "return"))[0] == {"answer": {"b": 2}}


CALLS = {
    "Configure": provider_pb2.ConfigureRequest(),
    "CheckConfig": provider_pb2.CheckRequest(urn=URN),
    "Check": provider_pb2.CheckRequest(urn=URN),
    "Diff": provider_pb2.DiffRequest(urn=URN),
    "Create": create(),
    "Read": provider_pb2.ReadRequest(urn=URN, id="x"),
    "Update": provider_pb2.UpdateRequest(urn=URN, id="x"),
    "Delete": provider_pb2.DeleteRequest(urn=URN, id="x"),
    "Invoke": provider_pb2.InvokeRequest(tok="x"),
}
PREVIEWS = {
    "Create": create(preview=True),
    "Update": provider_pb2.UpdateRequest(urn=URN, id="x", preview=True),
}


@pytest.mark.parametrize(("name", "request_"), [*CALLS.items(), *PREVIEWS.items()])
def test_an_error_is_one_line_and_no_traceback(
    engine: Any, echo: Echo, name: str, request_: Any
) -> None:
    echo.problem = SandboxError("role x\n  does not exist")
    with pytest.raises(grpc.RpcError) as caught:
        getattr(engine, name)(request_)
    assert caught.value.code() is grpc.StatusCode.UNKNOWN
    assert caught.value.details() == "role x does not exist"


@pytest.mark.parametrize("name", CALLS)
def test_a_fault_of_the_sandbox_says_where_in_one_line(engine: Any, echo: Echo, name: str) -> None:
    echo.problem = KeyError("a\nb")
    with pytest.raises(grpc.RpcError) as caught:
        getattr(engine, name)(CALLS[name])
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    details = caught.value.details()
    assert details.startswith("fault in the sandbox (")
    assert "test_servicer.py:" in details
    assert "\n" not in details


@pytest.mark.parametrize("name", ["Create", "Read", "Update"])
def test_a_type_that_is_not_carried_is_refused_like_any_error(engine: Any, name: str) -> None:
    request = type(CALLS[name])()
    request.CopyFrom(CALLS[name])
    request.urn = "uncarried"
    with pytest.raises(grpc.RpcError) as caught:
        getattr(engine, name)(request)
    assert caught.value.details() == "the sandbox does not carry this type"


@pytest.mark.parametrize("size", [1, 60_000])
def test_a_half_made_object_is_reported_with_its_id(engine: Any, echo: Echo, size: int) -> None:
    made = {"cidrBlock": "10.0.0.0/16", "password": "p", "policy": "x" * size}
    echo.problem = PartialError("attribute\nrefused", "vpc-9", made, {"token": "t"})
    with pytest.raises(grpc.RpcError) as caught:
        engine.Create(create())

    assert caught.value.details() == "attribute refused"
    detail = partial(caught.value)
    assert detail.id == "vpc-9"
    assert list(detail.reasons) == ["attribute refused"]
    assert from_wire(detail.properties) == (made, {"password"})
    assert from_wire(detail.inputs) == ({"token": "t"}, {"token"})


UNSAYABLE = {"rules": [{"searchString": b"/admin"}]}


def test_an_object_whose_properties_cannot_be_told_is_reported_with_its_id(
    engine: Any, echo: Echo
) -> None:
    echo.more = UNSAYABLE
    with pytest.raises(grpc.RpcError) as caught:
        engine.Create(create())

    assert caught.value.details() == "home: rules[0].searchString cannot hold a bytes"
    detail = partial(caught.value)
    assert detail.id == "vpc-1"
    assert from_wire(detail.inputs)[0]["cidrBlock"] == "10.0.0.0/16"
    assert from_wire(detail.properties)[0] == from_wire(detail.inputs)[0]


def test_a_half_made_object_whose_properties_cannot_be_told_keeps_its_inputs(
    engine: Any, echo: Echo
) -> None:
    echo.problem = PartialError("attribute refused", "vpc-9", UNSAYABLE, {"cidrBlock": "x"})
    with pytest.raises(grpc.RpcError) as caught:
        engine.Create(create())

    assert caught.value.details() == "attribute refused"
    assert partial(caught.value).id == "vpc-9"
    assert from_wire(partial(caught.value).properties)[0] == {"cidrBlock": "x"}


@pytest.mark.parametrize("name", ["Read", "Update"])
def test_what_cannot_be_told_is_an_error_by_its_property(
    engine: Any, echo: Echo, name: str
) -> None:
    echo.more = UNSAYABLE
    with pytest.raises(grpc.RpcError) as caught:
        getattr(engine, name)(CALLS[name])

    assert caught.value.code() is grpc.StatusCode.UNKNOWN
    assert caught.value.details() == "home: rules[0].searchString cannot hold a bytes"
