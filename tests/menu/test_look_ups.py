"""How `look_up` is read: what is asked, what is sent, what comes back, and what is wrong with it."""

import pytest
from engine.aurora import Phone
from menu.hotlines import CONFIG, compiled, good, only

from ivr.engine.tree import FromTable, Given, Listing, LookUp, Slot
from ivr.menu.problems import apply_fix

CRM = CONFIG + "hosts: [crm.example.org, 'other.example.org:8443', localhost]\n"
ASK = """\
main:
  ask: Your account?
  as: account
  digits: 4
  then: pin

pin:
  ask: Your PIN?
  as: pin
  digits: 4
  secret: yes
  then: find

"""
FIND = """\
find:
  look_up: https://crm.example.org/accounts/{account}
  with:
    line: "{call.line}"
    x_pin: "{pin}"
    authorization: Bearer {credential.crm}
  gives:
    name: text
    balance: amount or nothing
    places: list of {id digits, address text up to 40}
  most: 2
  timeout: 2 s
  words: One moment.
  nothing: over
  then: hello

hello:
  hang_up: Hello {name}, {balance or "nothing"}. {places.1.address or "Nowhere"}.
"""


def step_of(find=FIND, **files):
    return good(ASK + find, config=CRM, **files).tree.steps["main.find"]


def test_a_look_up_has_everything_that_is_written():
    step = step_of()
    assert step.url == ("https://crm.example.org/accounts/", Slot("account"))
    assert step.sent["authorization"] == ("Bearer ", Slot("credential.crm"))
    assert step.lists == {"places": Listing({"id": Given("digits"), "address": Given("text", size=40)}, most=2)}
    assert step.gives["balance"] == Given("amount", needed=False)
    assert step.gives["places.2.address"] == Given("text", needed=False, size=40)
    assert "places.3.address" not in step.gives
    assert (step.timeout, step.exits) == (2.0, {"nothing": "over.over", "failed": "over.over"})


def test_what_comes_back_has_its_type_in_conditions_and_texts():
    types = good(ASK + FIND, config=CRM).tree.types
    assert {name: types[name] for name in ("name", "balance", "places.count", "places.1.id")} == {
        "name": "text",
        "balance": "amount",
        "places.count": "number",
        "places.1.id": "digits",
    }
    decide = (
        FIND.replace("then: hello", "then: sort")
        + "sort:\n  decide:\n    - {if: balance > 5, then: hello}\n  else: over\n"
    )
    good(ASK + decide, config=CRM)
    only("bad-condition", ASK + decide.replace("balance > 5", 'balance == "5"'), config=CRM)


@pytest.mark.parametrize("name", ["balance", "places.2.address"])
def test_what_a_look_up_may_leave_unset_is_said(name):
    careless = FIND.replace("Hello {name}", f"Hello {{{name}}}")
    problem = only("unset-value", ASK + careless, config=CRM)
    assert f"'{name}' may not be set here" in problem.text


def test_the_first_item_of_a_list_is_there_since_an_empty_one_leaves_by_nothing():
    good(ASK + FIND.replace("Hello {name}", "Hello {places.1.address}"), config=CRM)


def test_what_a_look_up_gives_is_not_set_behind_its_unhappy_exits():
    assert only("unset-value", ASK + FIND.replace("nothing: over", "nothing: hello"), config=CRM).text


WRONG = [
    ("https://crm.example.org/accounts/{account}", "https://evil.example.org/", "unlisted-host"),
    ("https://crm.example.org/accounts/{account}", "https://other.example.org/", "unlisted-host"),
    ("https://crm.example.org/accounts/{account}", "https://crm.example.org:8443/", "unlisted-host"),
    ("https://crm.example.org/accounts/{account}", "http://crm.example.org/", "plain-http"),
    ("https://crm.example.org/accounts/{account}", "ftp://crm.example.org/", "bad-url"),
    ("https://crm.example.org/accounts/{account}", "https://{account}.example.org/", "bad-url"),
    ("https://crm.example.org/accounts/{account}", "https://crm.example.org@evil.example.org/", "bad-url"),
    ("https://crm.example.org/accounts/{account}", "https://me:pw@crm.example.org/", "bad-url"),
    ("https://crm.example.org/accounts/{account}", "https://crm.example.org/a b", "bad-url"),
    ("https://crm.example.org/accounts/{account}", "tables/none.csv", "unknown-table"),
    ("https://crm.example.org/accounts/{account}", "tables/../x.csv", "bad-url"),
    ("https://crm.example.org/accounts/{account}", "https://crm.example.org/{pin}", "secret-used"),
    ("https://crm.example.org/accounts/{account}", "https://crm.example.org/{credential.crm}", "unknown-name"),
    ("Hello {name}", "Hello {credential.crm}", "unknown-name"),
    ("Hello {name}", "Hello {pin}", "secret-used"),
    ("name: text", "name: word", "bad-type"),
    ("name: text", "name: text up to 900", "bad-type"),
    ("name: text", "name: number up to 9", "bad-type"),
    ("list of {id digits, address text up to 40}", "list of {id digits, id}", "bad-type"),
    ("list of {id digits, address text up to 40}", "list of id", "bad-type"),
    ("list of {id digits, address text up to 40}", "list of {id word}", "bad-type"),
    ("name: text", "credential: text", "bad-name"),
    ("timeout: 2 s", "timeout: 10 s", "bad-time"),
    ("x_pin:", "x pin:", "bad-name"),
    ("{call.line}", "{call.lines}", "unknown-name"),
]


@pytest.mark.parametrize(("right", "wrong", "code"), WRONG)
def test_each_slip_has_its_problem(right, wrong, code):
    assert right in FIND
    text = ASK + FIND.replace(right, wrong)
    problem = only(code, text, config=CRM)
    assert problem.path == "menus/main.yaml"
    if problem.fix:
        assert code not in {one.code for one in compiled(apply_fix(text, problem.fix), config=CRM).problems}


def test_a_host_may_be_listed_with_its_port_and_this_machine_is_asked_without_tls():
    for address in ("https://other.example.org:8443/a?b={account}", "http://localhost/", "https://CRM.example.org"):
        assert isinstance(step_of(FIND.replace("https://crm.example.org/accounts/{account}", address)), LookUp)


def test_a_host_of_config_is_a_host_alone():
    only("bad-url", ASK + FIND, config=CRM.replace("localhost", "https://localhost/"))


def test_an_exit_that_leads_nowhere_is_said():
    found = compiled(ASK + FIND, config=CRM.replace("failed: over\n", "")).problems
    assert [one.text for one in found if "main.find" in one.text] == ["'main.find' has no way out for 'failed'"]


TABLE = """\
code,kind,until,address,size
2100,power,noon,Main Street,5
2200,power,two,Harbour,
2200,water,three,Harbour,7
"""
FROM_TABLE = """\
find:
  look_up: tables/outages.csv
  with: {code: "{account}", kind: power}
  gives: {until: text, size: number or nothing}
  nothing: over
  then: hello

hello:
  hang_up: Until {until}. {size or "?"}
"""


def outages(table=TABLE, find=FROM_TABLE):
    return {"main": ASK + find, "menus/tables/outages.csv": table}


def test_a_table_is_read_when_the_menu_is_compiled():
    files = outages()
    content = good(files.pop("main"), **files)
    step = content.tree.steps["main.find"]
    assert isinstance(step, FromTable)
    assert step.exits == {"nothing": "over.over"}
    phone = Phone(content.tree).press("2100", "1234")
    assert phone.heard == ["Until noon. 5"]
    assert Phone(content.tree).press("2200", "1234").heard == ["Until two. ?"]
    assert Phone(content.tree).press("9999", "1234").heard == ["Goodbye."]


def test_a_table_is_part_of_its_version():
    def hash_of(table):
        files = outages(table)
        return good(files.pop("main"), **files).hash

    assert hash_of(TABLE) == hash_of(TABLE)
    assert hash_of(TABLE) != hash_of(TABLE.replace("noon", "one"))


def test_rows_that_fit_together_can_be_a_list():
    find = FROM_TABLE.replace('{code: "{account}", kind: power}', '{code: "{account}"}').replace(
        "{until: text, size: number or nothing}",
        '{places: "list of {kind, address text up to 40, size number or nothing}"}',
    )
    find = find.replace('Until {until}. {size or "?"}', "Of {places.count} {places.1.kind or 'x'}".replace("'", '"'))
    files = outages(find=find)
    step = good(files.pop("main"), **files).tree.steps["main.find"]
    assert step.answers["2200"] == {
        "places.count": 2,
        "places.1.kind": "power",
        "places.1.address": "Harbour",
        "places.2.kind": "water",
        "places.2.address": "Harbour",
        "places.2.size": 7,
    }


def test_a_spreadsheets_semicolons_and_byte_order_mark_are_read():
    files = outages(("\ufeff" + TABLE.replace(",", ";")).encode())
    assert good(files.pop("main"), **files).tree.steps["main.find"].answers


BAD_TABLES = [
    ("2100,power,noon", "2100,power,power,noon", 2, "the row has 6 cells"),
    (",5\n", ",five\n", 2, "size is no number"),
    ("noon", "", 2, "until is missing"),
    ("2200,water", "2200,power", 4, "the row fits wherever that of line 3 does"),
    ("code,kind", "Code,kind", 1, "'Code' cannot be a column's name"),
    ("code,kind", "code,code", 1, "'code' cannot be a column's name"),
    (TABLE, "", 1, "the table is empty"),
    ("noon", '"noon', 1, "the table cannot be read"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "said"), BAD_TABLES)
def test_what_is_wrong_in_a_table_has_its_line(right, wrong, line, said):
    files = outages(TABLE.replace(right, wrong, 1))
    problem = only("bad-table", files.pop("main"), **files)
    assert (problem.path, problem.line) == ("menus/tables/outages.csv", line)
    assert said in problem.text


def test_a_table_that_is_not_text_is_no_table():
    files = outages(b"code,kind\n\xff\xfe")
    assert "UTF-8" in only("bad-table", files.pop("main"), **files).text


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("until: text", "when: text", "bad-table"),
        ("{code:", "{zip:", "bad-table"),
        ('  with: {code: "{account}", kind: power}\n', "", "missing-key"),
        ("  nothing: over\n", "  nothing: over\n  timeout: 2 s\n", "no-effect"),
    ],
)
def test_a_look_up_fits_its_table(right, wrong, code):
    files = outages(find=FROM_TABLE.replace(right, wrong))
    assert only(code, files.pop("main"), **files).path == "menus/main.yaml"
