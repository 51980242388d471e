"""Identity on a real Neo4j: rules, the queue, people's judgements, and that everything can be undone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from graph.errors import NotFound, ValueRefused
from graph.model.identity import Identity
from graph.model.values import address_id
from graph.store.connection import Connection
from graph.store.digest import graph_digest
from graph.store.session import Store
from graph.store.statement import Statement
from ingest.resolve import review
from ingest.resolve.reading import codes_of, read_labs, read_merchants
from ingest.resolve.review import Speaker
from suyuan.commands.resolve import command
from suyuan.options import EXIT_USAGE
from tests.integration.queries.world import HERE, NATION, THERE, World

TODAY = date(2026, 1, 15)
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)

CODE = "91350100M000100Y43"
OTHER_CODE = "91310117MA1J3AJ43G"
REGISTRATION_NO = "110108000000016"
HOME = "浙江省杭州市西湖区文三路100号3幢1402室"
SAME_HOME = "杭州市西湖区文三路100号3号楼1402"
PHONE = "+8613800138000"
PRIVATE = "+8613900139000;ext=1234"


_HUB = Statement(
    "test_hub",
    "CREATE (:HubRegistration {id: $key, identifier_type: $kind, identifier_key: $key, "
    "first_seen: '2025-09-01'})",
)


def shop(world: World, key: str, name: str, **said: str) -> str:
    return world.thing("Merchant", (key,), name=name, **said)


def at_home(world: World, merchant: str, text: str = HOME) -> None:
    place = world.thing("Address", (address_id.clean(text),), text=text, is_linkable=True)
    world.link("REGISTERED_AT", merchant, place)


def on_phone(world: World, merchant: str, number: str = PHONE, *, linkable: bool = True) -> None:
    phone = world.thing("Phone", (number,), is_linkable=linkable)
    world.link("USES_PHONE", merchant, phone, role="contact")


@pytest.fixture
def world(clean_store: Store) -> World:
    review.prepare(clean_store)
    return World(clean_store)


def company_and_copy(world: World) -> tuple[str, str]:
    """One company in the register, and the same one as a platform reports it."""
    company = shop(world, CODE, "杭州宏达电子科技有限公司", uscc=CODE)
    copy = shop(world, "taobao/1", "宏達電子科技有限責任公司")
    at_home(world, company)
    at_home(world, copy, SAME_HOME)
    for each in (company, copy):
        on_phone(world, each)
    world.settle()
    return company, copy


def run(store: Store, at: datetime = NOON, type_name: str = "Merchant") -> tuple[int, int]:
    found, before = review.run_rules(store, type_name, TODAY)
    changed = review.write_rules(store, found, before, at)
    return len(changed.write), len(changed.withdraw)


def state(store: Store) -> tuple[str, Identity]:
    return graph_digest(store), review.read_identity(store)


def test_a_company_is_found_again_and_a_second_run_changes_nothing(world: World) -> None:
    company, copy = company_and_copy(world)
    facts = graph_digest(world.store)
    assert run(world.store) == (1, 0)
    assert review.read_identity(world.store).groups == (tuple(sorted((company, copy))),)
    assert run(world.store, NOON + timedelta(days=7)) == (0, 0)
    assert graph_digest(world.store) == facts, "judging overwrites no fact"


def test_strong_keys_join_codes_their_inner_code_and_old_numbers(world: World) -> None:
    company = shop(world, CODE, "甲", uscc=CODE, registration_no=REGISTRATION_NO)
    platform = shop(world, "jd/7", "乙", uscc=CODE)
    inner = shop(world, CODE[8:17], "丙")
    old = shop(world, REGISTRATION_NO, "丁")
    world.settle()
    run(world.store)
    assert review.read_identity(world.store).groups == (
        tuple(sorted((company, platform, inner, old))),
    )


def test_a_persons_judgement_outranks_the_rule_and_withdrawing_restores(world: World) -> None:
    pair = company_and_copy(world)
    run(world.store)
    before = state(world.store)
    made = review.judge(world.store, pair, "different", by=Speaker("王"), why="电话核实", now=NOON)
    assert review.read_identity(world.store).groups == ()
    assert run(world.store) == (0, 0), "never proposed again"
    review.withdraw(
        world.store, made.id, by=Speaker("李"), why="误判", now=NOON + timedelta(hours=1)
    )
    assert state(world.store) == before
    history = {kept.judgement.id: kept.judgement for kept in review.kept(world.store)}
    kept = history[made.id]
    assert (kept.verdict, kept.why, kept.withdrawn_by, kept.withdrawn_why) == (
        "different",
        "电话核实",
        "李",
        "误判",
    )


def test_a_rules_judgement_that_a_person_withdrew_stays_away(world: World) -> None:
    company_and_copy(world)
    run(world.store)
    (kept,) = review.kept(world.store)
    review.withdraw(world.store, kept.judgement.id, by=Speaker("王"), why="不是", now=NOON)
    assert review.read_identity(world.store).groups == ()
    assert run(world.store, NOON + timedelta(days=1)) == (0, 0)


def test_a_judgement_that_no_longer_holds_is_withdrawn_and_stays_readable(world: World) -> None:
    company, copy = company_and_copy(world)
    run(world.store)
    later = "2026-01-16T08:00:00+08:00"
    world.thing("Merchant", ("taobao/1",), at=later, name="长江塑料制品厂")
    world.settle()
    _, withdrawn = run(world.store, NOON + timedelta(days=1))
    assert withdrawn == 1
    assert review.read_identity(world.store).groups == ()
    first = review.kept(world.store)[0].judgement
    assert (first.a, first.b) == tuple(sorted((company, copy)))
    assert first.withdrawn_by == "rule:rerun"


def test_two_that_are_different_and_both_match_a_third_are_a_conflict(world: World) -> None:
    one = shop(world, CODE, "甲", uscc=CODE)
    other = shop(world, OTHER_CODE, "乙", uscc=OTHER_CODE)
    third = shop(world, "jd/9", "丙")
    world.settle()
    for company in (one, other):
        review.judge(
            world.store, (third, company), "same", by=Speaker("王"), why="同一店主", now=NOON
        )
    (conflict,) = review.conflicts(world.store)
    assert (conflict.kind, {conflict.a, conflict.b}) == ("codes", {one, other})
    assert review.read_identity(world.store).groups == (), "nobody decides it but a person"
    made = review.judge(
        world.store, (one, other), "same", by=Speaker("王"), why="更换代码", now=NOON
    )
    assert review.conflicts(world.store) == ()
    assert len(review.read_identity(world.store).groups[0]) == 3
    review.withdraw(world.store, made.id, by=Speaker("王"), why="撤回", now=NOON)
    assert len(review.conflicts(world.store)) == 1


def test_the_queue_is_ordered_by_what_an_answer_is_worth(world: World) -> None:
    # Same name and nothing else: worth a question, never a merge.
    company = shop(world, CODE, "杭州宏达电子科技有限公司", uscc=CODE)
    alone = shop(world, "taobao/1", "杭州宏达电子科技有限公司")
    at_home(world, company)
    world.settle()
    run(world.store)
    (waiting,) = review.queue(world.store)
    assert waiting.judgement.pair == tuple(sorted((company, alone)))
    assert {part["comparison"] for part in review.parts_of(waiting.judgement)} >= {"core", "trade"}
    review.judge(
        world.store, (company, alone), "unsure", by=Speaker("王"), why="查无凭据", now=NOON
    )
    assert review.queue(world.store) == [], "an answer is an answer, this one too"


@pytest.mark.parametrize("number", [PRIVATE, "+864008008000"])
def test_lent_and_service_numbers_are_not_even_read(world: World, number: str) -> None:
    merchant = shop(world, "taobao/1", "宏达")
    on_phone(world, merchant, number, linkable=False)
    world.settle()
    (read,) = read_merchants(world.store, TODAY)
    assert read.phones == frozenset()


def test_a_registered_hub_identifies_nobody(world: World) -> None:
    merchant = shop(world, "taobao/1", "宏达")
    on_phone(world, merchant)
    at_home(world, merchant)
    world.settle()
    for kind, key in (("Phone", PHONE), ("Address", HOME)):
        world.store.write(_HUB, kind=kind, key=key)
    (read,) = read_merchants(world.store, TODAY)
    assert (read.phones, read.addresses) == (frozenset(), ())


def test_labs_are_joined_by_their_certificate_number(world: World) -> None:
    one = world.thing("TestLab", ("L1",), name="甲检测", cma_no="211100340001")
    other = world.thing("TestLab", ("L2",), name="乙检测", cma_no="211100340001")
    world.settle()
    assert len(read_labs(world.store, TODAY)) == 2
    run(world.store, type_name="TestLab")
    assert review.read_identity(world.store).groups == ((one, other),)
    assert run(world.store, type_name="Merchant") == (0, 0), "types do not undo each other"


def test_the_command_speaks_json_in_all_its_forms(
    world: World, server: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, copy = company_and_copy(world)
    user, password = server.auth or ("", "")
    monkeypatch.setenv("NEO4J_USERNAME", user)
    monkeypatch.setenv("NEO4J_PASSWORD", password)

    def ask(*arguments: str) -> Any:
        given = [*arguments, "--store", server.uri, "--json"]
        answer = CliRunner().invoke(command, given, catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)

    shown = ask()["types"]["Merchant"]
    assert ([(each["a"], each["b"]) for each in shown["same"]], shown["written"]) == (
        [(company, copy)],
        0,
    )
    assert ask("--write", "--type", "Merchant")["types"]["Merchant"]["written"] == 1
    assert ask("review") == {"waiting": 0, "pairs": []}
    said = ("--by", "王", "--why", "电话核实")
    made = ask("judge", company, copy, "different", *said)["judgement"]
    assert ask("conflicts") == {"conflicts": []}
    assert ask("withdraw", made["id"], *said) == {"withdrawn": made["id"]}
    assert [each["verdict"] for each in ask("history", copy)["judgements"]] == ["same", "different"]


def test_the_command_tells_people_why_in_their_language(
    world: World, server: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = shop(world, CODE, "杭州宏达电子科技有限公司", uscc=CODE)
    alone = shop(world, "taobao/1", "杭州宏达电子科技有限公司")
    at_home(world, company)
    world.settle()
    run(world.store)
    user, password = server.auth or ("", "")
    monkeypatch.setenv("NEO4J_USERNAME", user)
    monkeypatch.setenv("NEO4J_PASSWORD", password)
    for language, expected in (("zh", "字号：相同"), ("en", "core of the name: same")):
        asked = ["review", "--store", server.uri, "--lang", language]
        answer = CliRunner().invoke(command, asked, catch_exceptions=False)
        assert expected in answer.stdout
        assert alone in answer.stdout


def test_a_judgement_without_a_reason_is_wrong_usage_in_words(
    world: World, server: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = shop(world, "a/1", "甲"), shop(world, "a/2", "乙")
    world.settle()
    user, password = server.auth or ("", "")
    monkeypatch.setenv("NEO4J_USERNAME", user)
    monkeypatch.setenv("NEO4J_PASSWORD", password)
    said = ["judge", one, other, "same", "--by", "王", "--why", " ", "--store", server.uri]
    answer = CliRunner().invoke(command, [*said, "--lang", "zh"])
    assert answer.exit_code == EXIT_USAGE
    assert "须写明理由" in answer.output


def test_what_a_judgement_must_say(world: World) -> None:
    one, other = shop(world, "a/1", "甲"), shop(world, "a/2", "乙")
    lab = world.thing("TestLab", ("L1",), name="丙")
    world.settle()
    store = world.store
    for pair, by, why, reason in (
        ((one, one), "王", "x", "judgement.one_subject"),
        ((one, lab), "王", "x", "judgement.types"),
        ((one, other), " ", "x", "judgement.by"),
        ((one, other), "rule:x", "x", "judgement.by"),
        ((one, other), "王", " ", "judgement.why"),
    ):
        with pytest.raises(ValueRefused) as refused:
            review.judge(store, pair, "same", by=Speaker(by), why=why, now=NOON)
        assert refused.value.reason == reason
    with pytest.raises(NotFound):
        review.judge(store, (one, "Merchant:none"), "same", by=Speaker("王"), why="x", now=NOON)
    with pytest.raises(NotFound):
        review.withdraw(store, "none", by=Speaker("王"), why="x", now=NOON)
    assert review.kept(store) == []


def test_old_codes_count_only_with_right_check_digits() -> None:
    assert codes_of("", CODE[8:17]) == {("organisation", CODE[8:17])}
    assert codes_of(REGISTRATION_NO, "taobao/1") == {("registration_no", REGISTRATION_NO)}
    assert codes_of("110108000000017", "M000100Y5") == frozenset()


def test_a_judgement_is_seen_where_both_of_its_subjects_are(world: World) -> None:
    """It carries the judge's region, which decides nothing about who may read it."""
    here, there = frozenset({HERE, NATION}), frozenset({THERE, NATION})
    mine = world.thing("Merchant", ("m",), name="甲", region=HERE)
    theirs = world.thing("Merchant", ("t",), name="乙", region=THERE)
    national = world.thing("Merchant", ("n",), name="丙", region=NATION)
    world.settle()
    store, judge = world.store, Speaker("王", HERE, here)
    made = review.judge(store, (mine, national), "same", by=judge, why="同号", now=NOON)
    assert (made.region, review.kept(store)[0].judgement.region) == (HERE, HERE)
    with pytest.raises(NotFound):
        review.judge(store, (mine, theirs), "same", by=judge, why="x", now=NOON)
    across = review.judge(store, (mine, theirs), "same", by=Speaker("总局"), why="x", now=NOON)
    assert [each.judgement.id for each in review.history(store, regions=here)] == [made.id]
    assert review.history(store, regions=there) == []
    assert len(review.history(store, mine, regions=here | there)) == 2
    for hidden, speaker in ((made, Speaker("李", THERE, there)), (across, judge)):
        with pytest.raises(NotFound):
            review.withdraw(store, hidden.id, by=speaker, why="x", now=NOON)
    review.judge(store, (national, theirs), "different", by=Speaker("总局"), why="x", now=NOON)
    assert len(review.conflicts(store)) == 1
    assert review.conflicts(store, here) == (), "a part of what joins them is hidden"
    assert review.conflicts(store, here | there) == review.conflicts(store)


def test_a_score_that_may_rest_on_hidden_records_is_not_shown(world: World) -> None:
    company, copy = company_and_copy(world)
    world.thing("Merchant", (CODE,), region=THERE, name="杭州宏达电子科技有限公司")
    world.settle()
    run(world.store)
    (whole,) = review.kept(world.store)
    assert whole.judgement.score is not None
    (part,) = review.kept(world.store, {HERE, NATION})
    assert (part.judgement.score, review.parts_of(part.judgement)) == (None, [])
    assert {part.name_a, part.name_b} == {company, copy}
    assert part.links < whole.links


def test_addresses_are_proposed_by_scores_and_shown_without_the_room(world: World) -> None:
    texts = [
        "浙江省杭州市西湖区北山街道文三路100号3幢1402室",
        "杭州市文三路100号3幢1402",
        "浙江省杭州市西湖区文三路100号3幢1403室",
        "浙江省杭州市西湖区",
        *(
            f"浙江省杭州市拱墅区体育场路{number}号{number}幢{number}01室"
            for number in range(11, 60)
        ),
    ]
    ids = [
        world.thing("Address", (address_id.clean(text),), text=text, is_linkable="号" in text)
        for text in texts
    ]
    world.settle()
    assert run(world.store, type_name="Address") == (1, 0)
    (made,) = review.kept(world.store)
    assert {made.judgement.a, made.judgement.b} == set(ids[:2])
    assert made.judgement.verdict == "same"
    assert "1402" not in made.name_a + made.name_b + made.judgement.parts
    assert "文三路" in made.name_a
    both = (ids[0], ids[2])
    review.judge(world.store, both, "different", by=Speaker("王"), why="两户", now=NOON)
    assert len(review.history(world.store, ids[0])) == 2
