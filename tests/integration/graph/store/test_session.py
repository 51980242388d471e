"""Statements against a real server: what comes back, and what every failure turns into."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

from graph.errors import LimitExceeded, StatementFailed, StoreUnavailable
from graph.store.connection import Connection, StoreOptions
from graph.store.session import Run, Step, Store
from graph.store.statement import Statement

MERGE = Statement(
    "merge_things",
    "UNWIND $rows AS row MERGE (t:Thing {id: row.id}) SET t.value = row.value",
)
CHECKPOINT = Statement("checkpoint", "MERGE (c:Checkpoint {id: 'load'}) SET c.rows = $done")
THINGS = Statement("things", "MATCH (t:Thing) RETURN t.id AS id, t.value AS value ORDER BY id")
THING_COLUMNS = Statement(
    "thing_columns",
    "MATCH (t:Thing) WITH t ORDER BY t.id RETURN collect(t.id) AS id, collect(t.value) AS value",
)
CHECKPOINTS = Statement("checkpoints", "MATCH (c:Checkpoint) RETURN c.rows AS rows")
# Far more work than any machine does in the seconds that a test allows.
ENDLESS = Statement(
    "endless", "UNWIND range(1, 10000000000) AS i WITH i WHERE i % 7 = 8 RETURN count(i) AS n"
)
UNIQUE = Statement(
    "unique_thing", "CREATE CONSTRAINT thing_id IF NOT EXISTS FOR (t:Thing) REQUIRE t.id IS UNIQUE"
)
CREATE = Statement("create_thing", "CREATE (t:Thing {id: $id})")
TOUCH = Statement("touch", "MATCH (t:Thing {id: $id}) SET t.touched = coalesce(t.touched, 0) + 1")


def rows(count: int) -> list[dict[str, Any]]:
    return [{"id": number, "value": f"v{number}"} for number in range(count)]


def test_the_server_is_known(store: Store) -> None:
    assert store.server_version.startswith("5.26")


def test_values_come_back_as_plain_python(store: Store) -> None:
    moment = dt.datetime(2025, 1, 31, 12, 30, 5, 123456, dt.timezone(dt.timedelta(hours=8)))
    given: dict[str, Any] = {
        "moment": moment,
        "day": dt.date(2025, 1, 31),
        "list": [1, None, "溯源"],
    }
    echo = Statement("echo", "RETURN $moment AS moment, $day AS day, $list AS list")
    assert store.read(echo, **given) == [given]


def test_batches_are_written_once_each_and_reported(clean_store: Store) -> None:
    seen: list[int] = []
    for _ in range(2):
        done = clean_store.write_batches(MERGE, iter(rows(25)), batch_rows=10, progress=seen.append)
        assert done == 25
    assert seen == [10, 20, 25] * 2
    assert clean_store.read(THINGS) == rows(25)
    assert clean_store.columns(THING_COLUMNS) == {
        "id": list(range(25)),
        "value": [f"v{number}" for number in range(25)],
    }


def test_a_checkpoint_belongs_to_its_batch(clean_store: Store) -> None:
    broken = [*rows(15), {"id": None, "value": "merging on null is refused"}]
    with pytest.raises(StatementFailed):
        clean_store.write_batches(
            MERGE, broken, batch_rows=10, checkpoint=lambda done: Step(CHECKPOINT, {"done": done})
        )
    assert clean_store.read(CHECKPOINTS) == [{"rows": 10}]
    assert len(clean_store.read(THINGS)) == 10


def test_steps_of_one_transaction_happen_together_or_not_at_all(clean_store: Store) -> None:
    fails = Statement("fails", "RETURN 1 / $zero AS never")
    with pytest.raises(StatementFailed):
        clean_store.write_together([Step(CREATE, {"id": 1}), Step(fails, {"zero": 0})])
    assert clean_store.read(THINGS) == []
    assert clean_store.write_together([]) == []


def test_work_that_fails_leaves_nothing_and_sees_what_it_wrote(clean_store: Store) -> None:
    def work(run: Run) -> list[int]:
        run(CREATE, id=1)
        seen = [row["id"] for row in run(THINGS)]
        if not is_good:
            raise ValueError(seen)
        return seen

    is_good = False
    with pytest.raises(ValueError, match=r"\[1\]"):
        clean_store.write_as_one("work", work)
    assert clean_store.read(THINGS) == []
    is_good = True
    assert clean_store.write_as_one("work", work) == [1]
    assert [row["id"] for row in clean_store.read(THINGS)] == [1]


def test_a_statement_out_of_time_is_ended(store: Store) -> None:
    with pytest.raises(LimitExceeded) as caught:
        store.read(ENDLESS, timeout_s=0.5)
    assert caught.value.params == {"limit": "time", "statement": "endless"}
    running = Statement(
        "running",
        "SHOW TRANSACTIONS YIELD metaData, status WHERE metaData.statement = 'endless' "
        "AND status = 'Running' RETURN count(*) AS n",
    )
    assert store.read(running) == [{"n": 0}]


@pytest.mark.parametrize("timeout_s", [0.0, -1.0, float("nan")])
def test_no_limit_cannot_be_asked_for_by_accident(store: Store, timeout_s: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        store.read(THINGS, timeout_s=timeout_s)


def test_a_reading_call_cannot_write(clean_store: Store) -> None:
    with pytest.raises(StatementFailed):
        clean_store.read(CREATE, id=1)
    assert clean_store.read(THINGS) == []


def test_refusals_name_the_statement_and_keep_values_to_themselves(clean_store: Store) -> None:
    clean_store.run_schema(UNIQUE)
    clean_store.write(CREATE, id="13800000000")
    with pytest.raises(StatementFailed) as caught:
        clean_store.write(CREATE, id="13800000000")
    assert "create_thing" in str(caught.value)
    assert "13800000000" not in str(caught.value)
    with pytest.raises(StatementFailed, match="Invalid input 'RETRUN'"):
        clean_store.read(Statement("misspelt", "RETRUN 1"))
    with pytest.raises(StatementFailed, match="cannot be sent"):
        clean_store.read(Statement("echo", "RETURN $value AS value"), value=object())


def test_a_deadlock_is_tried_again_and_loses_nothing(clean_store: Store) -> None:
    clean_store.run_schema(UNIQUE)
    clean_store.write_batches(MERGE, rows(2))
    # The pause makes each hold its first node while it asks for the other's.
    pause = Statement("pause", "UNWIND range(1, 2000000) AS i WITH i WHERE i < 0 RETURN i")
    failures: list[BaseException] = []

    def touch_both(first: int, second: int) -> None:
        steps = [Step(TOUCH, {"id": first}), Step(pause), Step(TOUCH, {"id": second})]
        try:
            for _ in range(3):
                clean_store.write_together(steps)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=touch_both, args=pair) for pair in ((0, 1), (1, 0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    touched = Statement("touched", "MATCH (t:Thing) RETURN t.touched AS touched")
    assert clean_store.read(touched) == [{"touched": 6}] * 2


def test_waiting_for_a_lock_ends_with_the_time_given(clean_store: Store) -> None:
    clean_store.write(CREATE, id=1)
    failures: list[BaseException] = []

    def wait_for_it() -> None:
        try:
            clean_store.write(TOUCH, id=1, timeout_s=0.5)
        except BaseException as error:
            failures.append(error)

    waiter = threading.Thread(target=wait_for_it)
    with clean_store._driver.session() as session, session.begin_transaction() as holder:
        holder.run("MATCH (t:Thing {id: 1}) SET t.held = true").consume()
        waiter.start()
        waiter.join()
        holder.rollback()
    assert [type(failure) for failure in failures] == [LimitExceeded], failures[0].__cause__


def test_a_wrong_password_is_said_to_be_one(server: Connection) -> None:
    wrong = Connection(server.uri, ("neo4j", "not the password"), server.database)
    with pytest.raises(StoreUnavailable, match="password") as caught:
        Store.open(wrong)
    assert caught.value.params["reason"] == "auth"


def test_a_server_that_does_not_answer_is_waited_for_and_then_given_up() -> None:
    nobody = Connection("bolt://127.0.0.1:9", ("neo4j", "x"))
    with pytest.raises(StoreUnavailable, match="cannot be reached") as caught:
        Store.open(nobody, StoreOptions(wait_s=1))
    assert caught.value.params["reason"] == "unreachable"


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(StoreUnavailable, match="must begin with"):
        Store.open("http://127.0.0.1:7474")


def test_credentials_of_an_address_come_from_the_environment(
    server: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert server.auth is not None
    monkeypatch.setenv("NEO4J_USERNAME", server.auth[0])
    monkeypatch.setenv("NEO4J_PASSWORD", server.auth[1])
    with Store.open(server.uri) as opened:
        assert opened.read(Statement("one", "RETURN 1 AS one")) == [{"one": 1}]
        assert server.auth[1] not in repr(opened.connection)
