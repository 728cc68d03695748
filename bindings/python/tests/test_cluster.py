"""Box offices that share one journal, as programs see them."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from boxoffice import (
    AsyncBoxOffice,
    BoxOffice,
    Cluster,
    ClusterOptions,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
    ValidationError,
    init_cluster,
)
from conftest import Shop
from nats_server import nats_server

KEY = b"a secret that all hosts of the test share"

LONG = timedelta(seconds=60)


def within(condition: Callable[[], bool]) -> None:
    """Waits until something is so."""
    end = time.monotonic() + LONG.total_seconds()
    while not condition():
        assert time.monotonic() < end, "it has not come to it"
        time.sleep(0.02)


def test_a_box_office_on_one_machine_has_no_cluster(office: BoxOffice, tmp_path: Path) -> None:
    assert office.cluster is None
    assert office.as_system().cluster is None

    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path / "other") as other:
            assert other.cluster is None
            assert other.as_system().cluster is None

    asyncio.run(main())


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"servres": []}, TypeError, "servres"),
        ({"servers": "nats://127.0.0.1:4222"}, TypeError, r"a list is wanted here, even of one: write \[it\]"),
        ({"replicas": -1}, TypeError, "must be a whole number from 0 on"),
        ({"user": ("boxoffice",)}, ValueError, "tuple"),
        ({"host_name": "Not a name"}, ValidationError, "Host name must be"),
        ({"level_within": 20}, TypeError, "timedelta"),
    ],
)
def test_options_of_a_cluster_are_checked(wrong: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ClusterOptions(**{"servers": ["nats://127.0.0.1:4222"], **wrong})


def test_passwords_are_not_shown() -> None:
    options = ClusterOptions(["nats://shop:secret@127.0.0.1:4222"], user=("shop", "secret"))
    assert repr(options) == "ClusterOptions(…)"


def test_a_cluster_needs_options_and_a_key(tmp_path: Path) -> None:
    options = ClusterOptions(["nats://127.0.0.1:1"], host_name="worker-0", credentials_file=tmp_path / "nats.creds")
    with pytest.raises(ValidationError, match="JWT_KEY"):
        BoxOffice(tmp_path / "data", cluster=options)
    with pytest.raises(TypeError, match="option cluster: .*ClusterOptions"):
        BoxOffice(tmp_path / "data", cluster="nats://127.0.0.1:1", jwt_key=KEY)  # type: ignore[arg-type]  # pyright: ignore
    with pytest.raises(ValidationError):
        init_cluster(tmp_path / "data", options, b"short")
    assert not (tmp_path / "data").exists()


def options_of(url: str, host: int) -> ClusterOptions:
    return ClusterOptions([url], host_name=f"host-{host}", replicas=1, test_servers=True)


def cluster_of(office: BoxOffice) -> Cluster:
    assert office.cluster is not None
    return office.cluster


def voters(office: BoxOffice) -> int:
    return sum(host.voter for host in cluster_of(office).status().hosts)


@contextmanager
def pair(folder: Path) -> Iterator[tuple[BoxOffice, BoxOffice, str]]:
    """Two box offices of one cluster, both of which vote, and the name of its stream."""
    with nats_server(folder / "nats") as url, ExitStack() as stack:
        stream = init_cluster(folder / "0", options_of(url, 0), KEY)
        # There is a cluster already.
        with pytest.raises(UnavailableError):
            init_cluster(folder / "9", options_of(url, 9), KEY)
        opened = (BoxOffice(folder / str(at), cluster=options_of(url, at), jwt_key=KEY) for at in range(2))
        one, other = (stack.enter_context(office) for office in opened)
        within(lambda: voters(one) == 2 and voters(other) == 2)
        yield one, other, stream


@pytest.mark.nats
def test_what_is_done_at_one_host_is_seen_at_the_other(tmp_path: Path) -> None:
    with pair(tmp_path) as (one, other, stream):
        shop = Shop(one)
        ticket = shop.lists()
        here, there = cluster_of(one), cluster_of(other)
        assert there.level_with(here.message(), LONG)
        assert other.tickets.get(ticket.id).title == ticket.title
        order = other.orders.create(shop.bob.id, [ticket.id])
        # Whoever got an answer from a host sees there what it led to.
        assert other.orders.get(shop.bob.id, order.id).id == order.id
        cat = one.auth.sign_up("cat@example.com", "correct horse").user
        with pytest.raises(ConflictError):
            one.orders.create(cat.id, [ticket.id])
        assert not here.level_with(2**53, timedelta(milliseconds=1))

        within(lambda: {here.status().state, there.status().state} == {"writer", "follower"})
        within(lambda: here.status().unready is None and there.status().unready is None)
        status = here.status()
        assert (status.stream, there.status().stream) == (stream, stream)
        assert {host.name for host in status.hosts} == {"host-0", "host-1"}
        [own] = [host for host in status.hosts if host.id == status.host]
        assert own.voter and own.message == status.message and own.clock_ahead_ms == 0
        assert "host-1" in repr(status)


@pytest.mark.nats
def test_an_operator_removes_a_host_and_nobody_else_does(tmp_path: Path) -> None:
    with pair(tmp_path) as (one, other, _):
        ann, here, system = Shop(one).ann.id, cluster_of(one), one.as_system().cluster
        assert system is not None
        gone = cluster_of(other).status().host
        with pytest.raises(ForbiddenError):
            here.remove(ann, gone)
        with pytest.raises(ForbiddenError):
            here.take_over_alone(ann)
        with pytest.raises(UnauthenticatedError):
            here.take_over_alone(None)  # type: ignore[arg-type]  # pyright: ignore
        with pytest.raises(NotFoundError):
            system.remove(ann)
        host = system.remove(gone)
        assert (host.id, host.name, host.left) == (gone, "host-1", True)
        within(lambda: voters(one) == 1)


@pytest.mark.nats
def test_with_asyncio(tmp_path: Path) -> None:
    async def main(url: str) -> None:
        async with AsyncBoxOffice.open(tmp_path / "0", cluster=options_of(url, 0), jwt_key=KEY) as office:
            cluster, system = office.cluster, office.as_system().cluster
            assert cluster is not None and system is not None
            ann = (await office.auth.sign_up("ann@example.com", "correct horse")).user.id
            assert await cluster.level_with(cluster.message(), LONG)
            assert cluster.status().state == "writer"
            with pytest.raises(ForbiddenError):
                await cluster.remove(ann, cluster.status().host)
            # The last host that votes has to stay.
            with pytest.raises(ConflictError) as last:
                await system.remove(cluster.status().host)
            assert last.value.code == "cluster.last_voter"

    with nats_server(tmp_path / "nats") as url:
        init_cluster(tmp_path / "0", options_of(url, 0), KEY)
        asyncio.run(main(url))
