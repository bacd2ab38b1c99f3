"""The pages in a real browser: accessible, within the screen, to themselves, and without script."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.advice.season import ship

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync")
QUIET = ("disable-background-networking", "disable-component-update")
ARGS = [f"--{name}" for name in (*SWITCHES, *QUIET)]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is missing, and CI must have it")
        pytest.skip(f"no {CHROMIUM}")
    # Playwright runs an event loop in this thread; the test database is used beside it, not in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser: Browser, live_server):
    """Open a page: ``visit("/list/", PHONE, color_scheme="dark")``. Foreign requests and errors fail."""
    contexts, foreign, errors = [], [], []

    def open_(path: str, viewport=WIDE, **options) -> Page:
        contexts.append(browser.new_context(viewport=viewport, base_url=live_server.url, **options))
        page = contexts[-1].new_page()
        page.on("request", lambda request: foreign.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: line.type == "error" and errors.append(line.text))
        page.set_default_timeout(8000)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not [url for url in foreign if not url.startswith(live_server.url)]
    assert not [text for text in errors if "status of 4" not in text]


@pytest.fixture
def filled(client, program_with, monkeypatch):
    """A workspace with a profile and two listed programs, and the addresses worth looking at."""
    ship(monkeypatch)
    listed = [program_with(code).program_id for code in ("conflict", "unknown")]
    client.post("/profile/sample/in-us-step3-passed/")
    for program in listed:
        client.post("/list/add/", {"program": program})
    words = "We sponsor J-1 visas. H-1B visas are considered if Step 3 is passed by February 15."
    client.post(f"/programs/{listed[1]}/read/", {"text": words, "kind": "page"})
    with (EXAMPLES / "citizen.toml").open("rb") as partner:
        client.post("/plan/together/", {"file": partner})
    return [
        "/",
        "/profile/",
        "/programs/?state=VT&city=Nowhere#filters",
        "/programs/?text=no+such+hospital",
        f"/programs/{listed[0]}/",
        f"/programs/{listed[1]}/",
        "/list/",
        "/plan/?budget=300&more=1",
        "/plan/?set=1&budget=300&interviews=5&least:core=2&most:regional=6",
        "/plan/?set=1&least:core=2&least:Boston=1",
        "/plan/together/?more=1",
        "/rank/",
        "/rank/certify/",
        "/rank/couple/",
        "/method/portfolio/",
        "/paths/?payment=on",
        "/calendar/",
        "/after/?state=MA&fellowship=3",
        f"/letters/{listed[0]}/",
        f"/letters/{listed[1]}/?kind=love",
        "/file/",
        "/about/",
        "/match/?step=4",
        "/method/",
        "/method/market/",
        "/filings/?state=MA",
        "/nowhere/",
    ]


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_page_is_accessible_and_fits_the_screen(visit, filled, viewport):
    page = visit("/about/", viewport, color_scheme="light")
    for path in filled:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        assert_accessible(page)
        page.emulate_media(color_scheme="dark")
        assert_accessible(page, runOnly=["color-contrast"])
        page.emulate_media(color_scheme="light")


def assert_accessible(page: Page, **options) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"], **options})
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_sheet_comes_in_with_its_questions(visit, filled, saved, tmp_path, viewport):
    sheet = tmp_path / "mine.csv"
    sheet.write_text("Program,State,My rating,Car\nMGH IM,MA,4,yes\nLahey hospital IM,MA,9,no\n")
    page = visit("/list/", viewport)
    page.set_input_files("#sheet", sheet)
    page.get_by_role("button", name="Show what it would change").click()
    expect(page.locator("h1")).to_contain_text("mine.csv")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.get_by_label("Lahey").check()
    page.get_by_role("button", name="Change my list").click()
    expect(page.locator("#notice")).to_contain_text("1 question left open")
    assert len(saved().entries) == 4
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#notice")).to_contain_text("Undone")
    assert len(saved().entries) == 2


def test_blank_pages_are_accessible_too(visit):
    page = visit("/")
    for path in ("/", "/list/", "/file/"):
        page.goto(path)
        assert_accessible(page)


def tab_to(page: Page, selector: str, limit: int = 80) -> None:
    """Press Tab until the element has the focus, as someone without a mouse would."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("choice => document.activeElement.matches(choice)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the keyboard")


def test_from_blank_to_list_with_the_keyboard_alone(visit, saved):
    page = visit("/")
    tab_to(page, "#first-specialty")
    page.keyboard.type("Psychiatry")
    tab_to(page, "input[type=radio]")
    page.keyboard.press("Space")
    tab_to(page, "button.button")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/programs/?specialty=psychiatry&mode=hide_no")
    tab_to(page, "td.act button", limit=150)
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("is on your list")
    expect(page.locator("td.act .on-list:focus")).to_have_count(1)  # focus stays where it was
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("My list")
    assert len(saved().entries) == 1


def test_filters_change_the_table_and_the_address_in_place(visit):
    page = visit("/programs/?mode=hide_no")
    before = page.locator("#found").inner_text()
    page.check("input[name=mode][value=only_yes]")
    expect(page.locator("#found")).not_to_have_text(before)
    expect(page).to_have_url("/programs/?mode=only_yes&sort=chance")
    expect(page.locator("#announce")).to_contain_text("program")
    expect(page.locator("input[value=only_yes]:focus")).to_have_count(1)
    page.click("a[rel=next]")
    expect(page.locator("#found:focus")).to_have_count(1)  # the reader is where the change is
    page.go_back()
    expect(page).to_have_url("/programs/?mode=only_yes&sort=chance")
    expect(page.locator("h1")).to_have_text("Programs")


def test_undo_is_one_press_away(visit, saved):
    page = visit("/programs/?state=VT")
    page.locator("td.act button").first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#notice")).to_contain_text("Undone")
    expect(page).to_have_url("/programs/?state=VT")
    assert saved().entries == ()


def test_everything_works_without_script(visit, saved):
    page = visit("/programs/?mode=hide_no", PHONE, java_script_enabled=False)
    page.get_by_role("link", name="Filters").click()
    page.check("input[value=only_yes]")
    page.get_by_role("button", name="Show programs").click()
    expect(page.locator(".results-head")).to_contain_text("unknown hidden")
    page.locator("td.act button").first.click()
    expect(page.locator("#notice")).to_contain_text("is on your list")
    page.get_by_role("link", name="List").first.click()
    page.get_by_label("Interest").select_option("5")
    page.get_by_label("Notes").fill("Wrote to the coordinator")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_label("Notes")).to_have_value("Wrote to the coordinator")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("Your list is empty")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Interest")).to_have_value("5")
    assert saved().entries[0].notes == "Wrote to the coordinator"


def test_a_sheet_of_filters_opens_and_closes_on_a_phone(visit):
    page = visit("/programs/?state=MA", PHONE)
    expect(page.locator("#filters")).to_be_hidden()
    page.get_by_role("link", name="Filters").click()
    expect(page.locator("#filters")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    expect(page.locator("#filters")).to_be_hidden()


def test_print_leaves_out_what_cannot_be_pressed(visit, filled):
    page = visit(filled[4])
    page.emulate_media(media="print")
    for selector in (".masthead nav", ".button", ".notice"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.locator(".verdict")).to_be_visible()


def test_a_slider_changes_the_plan_in_place(visit, filled):
    page = visit("/plan/?budget=300")
    page.wait_for_selector("#changes .wishes")  # what loads later has come
    before = page.inner_text("#verdict .standfirst")
    page.locator("#budget-slide").fill("150")  # the change that a drag ends with
    expect(page.locator("#budget")).to_have_value("150")
    expect(page.locator("#verdict .standfirst")).not_to_have_text(before)
    page.wait_for_url("**budget=150**")
    page.wait_for_selector("#changes .wishes")
    page.fill("#interviews", "1")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict .standfirst")).to_contain_text("of the 1 you can attend")
    page.wait_for_selector("#changes .wishes")
    page.fill("#budget", "5")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict .problems")).to_contain_text("at least 11")
    expect(page.locator("#budget")).to_have_value("5")


def ranked_rows(page: Page) -> list[str]:
    return [row.get_attribute("id") or "" for row in page.locator("table.ranks tbody tr[id]").all()]


@pytest.mark.parametrize("script", [True, False])
def test_the_rank_list_moves_with_the_keyboard_and_the_move_can_be_undone(
    visit, filled, saved, script
):
    page = visit("/rank/", java_script_enabled=script)
    first, second = ranked_rows(page)
    page.locator("button[name=down]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("Moved down")
    assert ranked_rows(page) == [second, first]
    if script:
        expect(page.locator(f"#down-{first[2:]}:focus")).to_have_count(
            1
        )  # focus goes with the program
    assert [e.rank for e in saved().entries if e.program_id == first[2:]] == [2]
    page.get_by_role("button", name="Undo").click()
    assert ranked_rows(page) == [first, second]
