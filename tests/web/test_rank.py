import io
import re
from pathlib import Path

import openpyxl
import pytest

from tests.advice.season import ship
from visamatch.advice.joint_list import rules
from visamatch.directory.programs import directory
from visamatch.web import store
from visamatch.workspace import document
from visamatch.workspace.sponsor_list import Choice, Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def invented_season(monkeypatch):
    ship(monkeypatch)


@pytest.fixture
def ranked(client, program_with):
    client.post("/profile/sample/in-us-step3-passed/")
    ids = [program_with(code).program_id for code in ("filed", "conflict", "unknown")]
    for program in ids:
        client.post("/list/add/", {"program": program})
    return ids


def order_on(page):
    table = page[page.index('<table class="programs plan ranks">') : page.index("</table>")]
    return re.findall(r'<tr id="p-([^"]+)"', table)


def kept(saved):
    entries = [entry for entry in saved().entries if entry.rank]
    return [entry.program_id for entry in sorted(entries, key=lambda entry: entry.rank)]


def test_nothing_to_rank_says_what_to_do(read):
    page = read("/rank/")
    assert "nothing to rank" in page
    assert "Paste them" in page


def test_chances_by_rank_and_that_no_swap_helps(read, ranked):
    page = read("/rank/")
    assert "All 3 swaps of two programs were tried, and none helps" in page
    assert "No match at any of them" in page
    assert "None of your programs is marked" in page


def test_a_move_makes_the_order_ones_own_and_can_be_undone(client, read, ranked, saved):
    proposed = order_on(read("/rank/"))
    answer = client.post("/rank/", {"up": proposed[2]})
    assert answer["Location"] == f"/rank/#p-{proposed[2]}"
    moved = [proposed[0], proposed[2], proposed[1]]
    assert kept(saved) == moved
    assert order_on(read("/rank/")) == moved
    client.post("/rank/", {"down": proposed[0]})
    assert kept(saved) == [moved[1], moved[0], moved[2]]
    page = read("/rank/")
    assert "in your own order" in page
    number = re.search(r'name="number" value="(\d+)"', page)[1]
    client.post("/file/restore/", {"number": number})
    assert kept(saved) == moved


def test_the_order_survives_saving_and_loading(client, ranked, saved):
    client.post("/rank/", {"down": ranked[0]})
    before = saved()
    body = client.get("/file/visamatch.json").content.decode()
    assert document.load(body) == before
    assert kept(lambda: document.load(body)) == kept(saved)


def test_the_order_survives_the_sheet_and_may_be_changed_there(client, ranked, saved):
    client.post("/rank/", {"down": ranked[0]})
    before = kept(saved)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/list/visamatch-list.xlsx").content))
    sheet = book["List"]
    header = {cell.value: cell.column for cell in sheet[1]}
    ranks = {sheet.cell(r, 1).value: sheet.cell(r, header["My rank"]) for r in (2, 3, 4)}
    assert sorted(before, key=lambda name: ranks[name].value) == before
    ranks[before[0]].value, ranks[before[2]].value = 3, 1
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    out.name = "list.xlsx"
    page = client.post("/list/sheet/", {"file": out}).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    client.post("/list/sheet/apply/", {"token": token})
    assert kept(saved) == before[::-1]


def test_typed_places_move_programs_far(client, read, ranked, saved):
    first, second, third = order_on(read("/rank/"))
    client.post("/rank/", {f"place:{third}": "1"})
    assert kept(saved) == [third, first, second]
    client.post("/rank/", {f"place:{third}": "3", f"place:{first}": "2", f"place:{second}": "3"})
    assert kept(saved) == [first, second, third]
    answer = client.post("/rank/", {f"place:{first}": "top"})
    assert answer.status_code == 400
    assert kept(saved) == [first, second, third]


def test_a_program_taken_off_stands_aside_with_what_it_would_add(client, read, ranked, saved):
    for name in ranked:
        client.post("/list/", {f"status:{name}": "interviewed"})
    last = order_on(read("/rank/"))[-1]
    client.post("/rank/", {"off": last})
    page = read("/rank/")
    assert last not in order_on(page)
    assert "points if ranked last" in page
    client.post("/rank/", {"add": last})
    assert kept(saved)[-1] == last


def test_pasted_lines_become_interviews_in_their_order(client, read, ranked, saved):
    lines = "\n".join(f"{at}. {name}" for at, name in enumerate(ranked[::-1], 1))
    form = {"pasted": lines, "ordered": "1", "next": "/rank/"}
    page = client.post("/list/sheet/", form).content.decode()
    assert "0 programs added, 6 cells changed" in page
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    answer = client.post("/list/sheet/apply/", {"token": token, "next": "/rank/"})
    assert answer["Location"] == "/rank/"
    assert kept(saved) == ranked[::-1]
    assert {entry.status for entry in saved().entries} == {"interviewed"}
    assert "None of your programs is marked" not in read("/rank/")


def test_nothing_pasted_is_one_sentence(client):
    answer = client.post("/list/sheet/", {"pasted": " \n"})
    assert answer.status_code == 400
    assert "nothing was pasted" in answer.content.decode()


def test_a_choice_is_kept_shown_and_taken_back(client, read, ranked, saved):
    pair = re.search(r'name="pair" value="([^"]+)"', read("/rank/"))[1]
    first, second = pair.split(",")
    client.post("/rank/", {"pair": pair, "better": second})
    assert saved().choices == (Choice(better=second, worse=first),)
    page = read("/rank/")
    assert "After 1 answer" in page
    client.post("/rank/", {"pair": pair, "even": "1"})
    assert saved().choices == (Choice(better=first, worse=second, even=True),)
    client.post("/rank/", {"pair": pair, "forget": "1"})
    assert saved().choices == ()
    assert client.post("/rank/", {"pair": "a,b", "better": "a"}).status_code == 400
    assert client.post("/rank/", {"pair": pair, "better": "c"}).status_code == 400


def test_a_circle_is_named_kindly(client, read, ranked):
    for a, b in zip(ranked, ranked[1:] + ranked[:1], strict=True):
        client.post("/rank/", {"pair": f"{a},{b}", "better": a})
    page = read("/rank/")
    assert "That is a circle" in page
    assert page.lower().count("you chose ") == 3


def test_the_own_order_wins_over_the_choices_and_says_where_they_differ(
    client, read, ranked, saved
):
    order = order_on(read("/rank/"))
    client.post("/rank/", {"pair": f"{order[0]},{order[2]}", "better": order[2]})
    client.post("/rank/", {f"place:{order[0]}": "1", f"place:{order[2]}": "3"})
    page = read("/rank/")
    assert order_on(page)[0] == kept(saved)[0]
    if kept(saved).index(order[0]) < kept(saved).index(order[2]):
        assert "you chose the other way round" in page
    client.post("/rank/", {"take": "1", "visa": "100"})
    assert kept(saved) == order_on(read("/rank/"))


def test_ratings_are_kept_and_move_the_proposal(client, read, ranked, saved):
    last = order_on(read("/rank/"))[-1]
    form = {f"quality_rating:{name}": "1" for name in ranked} | {"rate": "1"}
    fields = ("quality_rating", "fit_rating", "place_rating")
    client.post("/rank/", form | {f"{field}:{last}": "5" for field in fields})
    entry = next(entry for entry in saved().entries if entry.program_id == last)
    assert (entry.quality_rating, entry.fit_rating, entry.place_rating) == (5, 5, 5)
    assert order_on(read("/rank/"))[0] == last
    assert client.post("/rank/", {"rate": "1", f"interest:{last}": "9"}).status_code == 400


def test_an_odd_weight_of_the_visa_is_what_the_choices_say(read, ranked):
    assert read("/rank/", visa="much").count("<li>") == read("/rank/").count("<li>")
    assert 'value="100"' in read("/rank/", visa="900")


def test_two_paths_show_years_odds_and_the_break_even(client, read, program_with):
    client.post("/profile/sample/abroad-no-step3/")
    j1, h1b = (program_with(code).program_id for code in ("j1_only", "filed"))
    for name, interest in ((j1, "5"), (h1b, "4")):
        client.post("/list/add/", {"program": name})
        client.post("/list/", {f"interest:{name}": interest})
    page = read("/rank/")
    assert "because an H-1B at" in page
    assert "With both promises in writing" in page
    assert "training, then three years of service" in page
    assert re.search(r"binds you [12] years longer", page)
    assert "Ready on the first day, once matched" in page
    long = read("/rank/", fellowship="3")
    assert long.index("Years of training meant") > 0
    assert read("/rank/", 400, j1="nonsense")
    assert "two that differ" in read("/rank/", 400, j1=j1, h1b=j1)


def test_the_checklist_is_not_ready_until_each_line_is_verified_or_accepted(
    client, read, ranked, saved
):
    page = read("/rank/certify/")
    assert "Not ready" in page
    tasks = re.findall(r'name="task" value="([^"]+)"', page)
    assert f"policy-{ranked[0]}" in tasks
    first, *others = [task for task in tasks if task.startswith("policy-")]
    assert client.post("/rank/certify/", {"task": first, "written": "1"}).status_code == 400
    client.post("/rank/certify/", {"task": first, "written": "1", "by": "GME office"})
    page = read("/rank/certify/")
    assert "GME office" in page
    for task in [each for each in tasks if each != first]:
        client.post("/rank/certify/", {"task": task, "accept": "1"})
    page = read("/rank/certify/")
    assert "Ready, and you accept" in page
    assert "Not ready" not in page
    loaded = document.load(document.dump(saved()))
    mark = next(mark for mark in loaded.marks if mark.task == others[0])
    assert (mark.state, bool(mark.on)) == ("skipped", True)
    client.post("/rank/certify/", {"task": others[0], "open": "1"})
    assert "Not ready: 1 of" in read("/rank/certify/")


def test_a_checklist_line_refuses_a_day_to_come_and_an_unknown_line(client, ranked):
    form = {"task": f"policy-{ranked[0]}", "written": "1", "by": "GME", "on": "2099-01-01"}
    answer = client.post("/rank/certify/", form)
    assert answer.status_code == 400
    assert 'value="GME"' in answer.content.decode()
    assert client.post("/rank/certify/", {"task": "policy-x", "accept": "1"}).status_code == 400


def test_a_couple_gets_a_joint_list_its_chances_and_a_table(client, read, ranked, saved):
    assert "Bring your partner" in read("/rank/couple/")
    form = {"pasted": "\n".join(ranked[:2]), "score": "250", "visa": "no", "school": "foreign"}
    client.post("/rank/couple/", form)
    assert saved().partner.ranked == tuple(ranked[:2])
    page = read("/rank/couple/")
    assert "11 pairs" in page
    assert "Both, in one city" in page
    assert rules()["source"]["rules"]["url"] in page
    client.post("/rank/couple/", {"rules": "1", "together": "any", "apart": "1"})
    assert "6 pairs" in read("/rank/couple/")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/rank/couple/pairs.xlsx").content))
    assert book.active.max_row == 7
    client.post("/rank/couple/", {"rules": "1", "together": "city", "apart": "1", "alone": "1"})
    text = client.get("/rank/couple/pairs.csv").content.decode()
    assert text.count(rules()["no_match_code"]) == 5
    client.post("/rank/couple/", {"forget": "1"})
    assert saved().partner is None
    assert client.get("/rank/couple/pairs.csv").status_code == 404


def test_the_partners_file_brings_profile_and_list(client, ranked, saved):
    client.post("/rank/", {"down": ranked[0]})
    file = io.BytesIO(client.get("/file/visamatch.json").content)
    file.name = "theirs.json"
    client.post("/rank/couple/", {"file": file})
    assert list(saved().partner.ranked) == kept(saved)
    assert saved().partner.profile == saved().profile


def test_a_partner_known_from_the_plan_has_no_rank_list_yet(client, read, ranked):
    profile = io.BytesIO(Path("examples/citizen.toml").read_bytes())
    profile.name = "citizen.toml"
    client.post("/plan/together/", {"file": profile})
    page = read("/rank/couple/")
    assert "Your partner’s rank list is still missing" in page
    assert "Your own list is empty" not in page


def test_a_line_of_the_partner_that_is_no_program_is_named(client, ranked, saved):
    answer = client.post("/rank/couple/", {"pasted": "Hospital of Nowhere Psychiatry"})
    assert answer.status_code == 400
    assert "Hospital of Nowhere Psychiatry" in answer.content.decode()
    assert saved().partner is None


def test_before_the_season_the_lines_of_programs_wait(client, read, program_with, saved):
    client.post("/profile/sample/abroad-no-step3/")
    name = program_with("filed").program_id
    client.post("/list/add/", {"program": name})
    far = saved().profile.model_copy(update={"match_year": 2040})
    store.change("local", lambda old: old.model_copy(update={"profile": far}), "later")
    page = read("/rank/certify/")
    assert "Your season begins on" in page
    assert 'name="task"' not in page
    answer = client.post("/rank/certify/", {"task": f"policy-{name}", "accept": "1"})
    assert answer.status_code == 400
    assert "a day of this season" in answer.content.decode()
    assert not saved().marks


def test_an_interview_that_the_directory_does_not_know_is_told_and_keeps_its_rank(
    client, read, ranked, saved
):
    mine = Entry(program_id="own-x", name="Hospital of Nowhere", status="interviewed", rank=2)
    store.change(
        "local", lambda old: old.model_copy(update={"entries": (*old.entries, mine)}), "own"
    )
    client.post("/rank/", {"down": ranked[0]})
    assert "Hospital of Nowhere" in read("/rank/")
    assert saved().entries[-1].rank == 2


def test_without_a_profile_the_list_still_has_an_order(client, read, program_with):
    client.post("/list/add/", {"program": program_with("filed").program_id})
    assert "1 program" in read("/rank/")
    assert "Not ready" in read("/rank/certify/")


def test_the_status_is_kept_from_the_rank_page_and_who_withdrew_leaves_it(
    client, read, ranked, saved
):
    for name in ranked:
        client.post("/rank/", {"rate": "1", f"status:{name}": "interviewed"})
    assert {entry.status for entry in saved().entries} == {"interviewed"}
    client.post("/rank/", {"rate": "1", f"status:{ranked[0]}": "withdrawn"})
    assert ranked[0] not in order_on(read("/rank/"))
    assert client.post("/rank/", {"rate": "1", f"status:{ranked[1]}": "lost"}).status_code == 400


def test_a_program_in_no_simulated_season_is_unknown_and_not_hopeless(client, read, ranked):
    listed = next(p for p in directory().programs.values() if p.status == "listed")
    client.post("/list/add/", {"program": listed.program_id})
    client.post("/list/", {f"status:{listed.program_id}": "interviewed"})
    page = read("/rank/")
    assert "unknown</td>" in page
    assert "your true chance is then higher" in page
    assert "hardly anybody of your kind" not in page
