"""The page in headless Chromium, against the stand-in service of tests/support/page_server.py."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, Route, expect, sync_playwright

from tests.support.page_server import DIST, HOSTILE, LINES, create_page_app, running

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE = DIST.parent / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
TRIP = "?from=mrt_LBB&to=krl_JAKK&at=2026-03-02T08:00:00%2B07:00"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
    pytest.mark.skipif(not (DIST / "index.html").exists(), reason="the page is not built: api/web/dist is missing"),
]

IDLE = """async () => {
    const wait = () => new Promise((resolve) => setTimeout(resolve, 30));
    while (!window.timbang) await wait();
    const map = window.timbang.map;
    while (!map.loaded() || map.isMoving() || !map.areTilesLoaded()) await wait();
}"""
JOURNEY = "async () => (await window.timbang.map.getSource('journey').getData()).features"
SPY = """
    window.__violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
        window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass
class Watched:
    """A page, and whatever went wrong in it: console errors, exceptions, requests to other origins."""

    page: Page
    origin: str
    problems: list[str] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def start(self) -> None:
        self.page.add_init_script(SPY)
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request))

    def heard(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.problems.append(said.text)

    def open(self, address: str = "") -> Page:
        self.page.goto(f"{self.origin}/{address}")
        self.page.evaluate(IDLE)
        return self.page

    def compared(self) -> list[dict[str, list[str]]]:
        """The queries of every comparison asked for so far."""
        return [parse_qs(urlsplit(r.url).query) for r in self.asked if "/api/v1/compare" in r.url]

    def check(self) -> None:
        assert self.problems == []
        assert self.page.evaluate("window.__violations") == []
        elsewhere = [r.url for r in self.asked if not r.url.startswith((f"{self.origin}/", "data:"))]
        assert elsewhere == [], "the page asked another origin"


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with running(create_page_app()) as address:
        yield address


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as launched:
        yield launched


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Callable[..., Watched]]:
    """Opens a fresh page; keyword arguments are those of a browser context. All is checked at the end."""
    opened: list[Watched] = []

    def open_page(**options: Any) -> Watched:
        settings: dict[str, Any] = {"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-GB"}
        watched = Watched(browser.new_context(**{**settings, **options}).new_page(), origin)
        watched.page.set_default_timeout(15_000)
        watched.start()
        opened.append(watched)
        return watched

    yield open_page
    for watched in opened:
        watched.check()
        watched.page.context.close()


def click_map(page: Page, lon: float, lat: float) -> None:
    script = """([lon, lat]) => {
        const {x, y} = window.timbang.map.project([lon, lat]);
        const box = window.timbang.map.getCanvas().getBoundingClientRect();
        return [x + box.left, y + box.top];
    }"""
    x, y = page.evaluate(script, [lon, lat])
    page.mouse.click(x, y)


def keep_picture(page: Page, name: str) -> None:
    """Where TIMBANG_PAGE_PICTURES names a folder, a picture for people to look at."""
    folder = os.environ.get("TIMBANG_PAGE_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_the_page_loads_and_draws_every_providers_lines(visit: Callable[..., Watched]) -> None:
    page = visit().open()
    script = "() => window.timbang.map.queryRenderedFeatures({layers: ['lines', 'stops']}).map((f) => f.properties)"
    # Idle may come before the networks are fetched: they are drawn when they are there.
    page.wait_for_function(f"(count) => new Set(({script})().map((f) => f.provider)).size >= count", arg=len(LINES))
    page.wait_for_function("() => window.timbang.map.areTilesLoaded()")
    drawn = page.evaluate(script)
    assert {feature["provider"] for feature in drawn if feature["kind"] == "route"} == set(LINES)
    assert {feature["provider"] for feature in drawn if feature["kind"] == "stop"} == set(LINES)
    mrt = next(feature for feature in drawn if feature["provider"] == "mrt" and feature["kind"] == "route")
    assert mrt["color"] == "#CA1F47"
    expect(page.locator("#providers li")).to_have_count(len(LINES))
    expect(page.locator("#results")).to_be_hidden()
    keep_picture(page, "desktop-empty")


def test_two_places_typed_and_picked_with_the_keyboard_give_lanes(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    for side, text, name in (("from", "lebak", "Lebak Bulus"), ("to", "jakarta", "Jakarta Kota")):
        page.locator(f"#{side}").press_sequentially(text)
        # Each letter brings a list of its own: wait for that of the last one.
        expect(page.locator(f"#{side}-list [role=option]").first).to_contain_text(name)
        page.keyboard.press("ArrowDown")
        expect(page.locator(f"#{side}")).to_have_attribute("aria-activedescendant", f"{side}-list-0")
        page.keyboard.press("Enter")
    expect(page.locator("#from")).to_have_value("Lebak Bulus")
    expect(page.locator("#to")).to_have_value("Jakarta Kota")
    lanes = page.locator(".lane")
    expect(lanes).to_have_count(6)
    expected = ["krl,mrt", "mrt,transjakarta", "transjakarta", "mrt", "krl,mrt,transjakarta", ""]
    assert [lane.get_attribute("data-providers") for lane in lanes.all()] == expected
    assert lanes.nth(0).locator(".chip").all_inner_texts() == ["KRL Commuter Line", "MRT Jakarta"]
    expect(page.locator("#status")).to_have_text("9 options in 6 combinations of providers. Fastest: 1 h 15 min.")
    asked = watched.compared()
    assert [(query["from"], query["to"]) for query in asked] == [(["mrt_LBB"], ["krl_JAKK"])]
    keep_picture(page, "desktop-results")


def test_a_card_says_what_the_answer_says(visit: Callable[..., Watched]) -> None:
    page = visit().open(TRIP)
    first = page.locator("[data-option=o1]")
    expect(first.locator(".times")).to_have_text("08:03–09:18")
    expect(first.locator(".took")).to_have_text("1 h 15 min")
    facts = [
        fact.strip("· ").replace("\N{NO-BREAK SPACE}", " ") for fact in first.locator(".facts > span").all_inner_texts()
    ]
    assert facts == ["Rp 17,000", "1 transfer", "1 km walk", "8 min waiting"]
    assert first.locator(".badge").all_inner_texts() == ["fastest", "least waiting"]
    unknown = page.locator(".card", has=page.locator("[data-option=o5]"))
    expect(unknown.locator(".fare")).to_have_text("fare unknown")
    unknown.locator("button.summary").click()
    expect(unknown.locator(".fare-reason")).to_have_text("fare unknown: Nothing is known of the fares of TransJakarta.")
    expect(page.locator(".card", has=page.locator("[data-option=o9]")).locator(".fare")).to_have_count(0)  # a walk
    expect(unknown.locator(".leg.ride .note").nth(1)).to_contain_text("about every 5 min")


def test_a_card_says_what_it_is_against_the_first_and_why_it_is_none_of_the_first(
    visit: Callable[..., Watched],
) -> None:
    page = visit().open(TRIP)
    expect(page.locator("[data-option=o1] .rank")).to_have_text("#1")
    against = page.locator(".against")
    expect(
        against.filter(has_text="Against #1: Arrives 5 minutes later, Rp\N{NO-BREAK SPACE}6,500 cheaper.")
    ).to_have_count(1)
    expect(against.filter(has_text="Option #1 is at least as good.")).to_have_count(1)
    keep_picture(page, "explained")
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(against.filter(has_text="Dibanding #1: Tiba 5 menit lebih lambat.")).to_have_count(1)


def test_the_tickets_of_a_trip_are_told_with_its_legs(visit: Callable[..., Watched]) -> None:
    page = visit().open(TRIP)
    card = page.locator(".card", has=page.locator("[data-option=o1]"))
    expect(card.locator(".ticket")).to_be_hidden()
    card.locator("button.summary").click()
    expect(card.locator(".ticket .price")).to_have_text("Rp 17,000")
    expect(card.locator(".ticket .sellers")).to_have_text("KRL Commuter Line + MRT Jakarta")
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(card.locator(".ticket")).to_contain_text("Tiket tunggal")
    expect(card.locator(".ticket .price")).to_have_text("Rp 17.000")


def test_a_long_lane_shows_its_later_options_when_asked(visit: Callable[..., Watched]) -> None:
    page = visit().open(TRIP)
    lane = page.locator(".lane[data-providers='krl,mrt']")
    expect(lane.locator(".card")).to_have_count(2)
    lane.get_by_role("button", name="Show 2 more").click()
    expect(lane.locator(".card")).to_have_count(4)
    expect(lane.locator("[data-option=o3]")).to_be_focused()


def test_a_clicked_option_opens_and_is_drawn_on_the_map(visit: Callable[..., Watched]) -> None:
    page = visit().open(TRIP)
    card = page.locator("[data-option=o6]")
    card.click()
    expect(card).to_have_attribute("aria-expanded", "true")
    page.evaluate(IDLE)
    drawn = page.evaluate(JOURNEY)
    rides = [feature for feature in drawn if feature["properties"]["kind"] == "ride"]
    assert [ride["properties"]["color"] for ride in rides] == ["#E07B00"]
    assert rides[0]["geometry"]["coordinates"] == [[lon, lat] for _, lat, lon in LINES["transjakarta"].values()]
    assert sum(feature["properties"]["kind"] == "walk" for feature in drawn) == 2
    visible = page.evaluate("() => window.timbang.map.queryRenderedFeatures({layers: ['rides', 'walks']}).length")
    assert visible > 0
    legs = page.locator(".card.chosen .leg")
    expect(legs).to_have_count(3)
    expect(legs.nth(1)).to_contain_text("Terminal Blok M")
    expect(legs.nth(1)).to_contain_text("Kali Besar Barat")
    keep_picture(page, "desktop-opened")


def test_where_vehicles_come_at_unknown_times_the_likely_arrival_and_other_lines_are_told(
    visit: Callable[..., Watched],
) -> None:
    page = visit().open(TRIP)
    # Planned 09:30, give or take 100 s: in whole minutes 09:28 to 09:32.
    expect(page.locator("[data-option=o6] .facts")).to_contain_text("likely there 09:28–09:32")
    expect(page.locator("[data-option=o1] .facts")).not_to_contain_text("likely")
    page.locator("[data-option=o6]").click()
    note = page.locator(".card.chosen .leg .note")
    expect(note).to_contain_text("about every 5 min")
    expect(note).to_contain_text("or 1 → Monas, 1A, whichever comes first")
    keep_picture(page, "desktop-likely")


def test_a_vehicle_that_may_be_the_last_one_is_told(visit: Callable[..., Watched]) -> None:
    watched = visit()

    def answer(route: Route) -> None:
        found = route.fetch().json()
        found["options"][5]["arrival_p90"] = None
        found["options"][4] |= {"arrival_p10": None, "arrival_p90": None}
        found["options"][7]["arrival_p90"] = "2026-03-03T00:10:01+07:00"
        route.fulfill(json=found)

    watched.page.route("**/api/v1/compare*", answer)
    page = watched.open(TRIP)
    expect(page.locator("[data-option=o6] .facts")).to_contain_text("likely there 09:28 or much later")
    expect(page.locator("[data-option=o5] .facts")).to_contain_text("likely not there within a day")
    expect(page.locator("[data-option=o8] .facts")).to_contain_text("–00:11 +1 day")


def test_two_clicks_on_the_map_are_start_and_destination(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    click_map(page, 106.775, -6.289)
    expect(page.locator("#from")).to_have_value("Lebak Bulus")  # on the stop's dot
    expect(page.locator("#map-hint")).to_have_text("Now click where you go")
    click_map(page, 106.86, -6.18)
    expect(page.locator("#to")).to_have_value(re.compile(r"^-6\.1[78]\d{3},106\.8[56]\d{3}$"))
    expect(page.locator(".lane").first).to_be_visible()
    expect(page.locator(".end-marker")).to_have_count(2)
    assert watched.compared()[0]["from"] == ["mrt_LBB"]
    page.evaluate(IDLE)
    click_map(page, 106.75, -6.25)
    expect(page.locator("#to")).to_have_value("")
    expect(page.locator(".end-marker")).to_have_count(1)


def test_the_address_holds_the_state_and_back_restores_it(visit: Callable[..., Watched]) -> None:
    page = visit().open()
    page.locator(".example").nth(0).click()
    expect(page.locator(".lane").first).to_be_visible()
    first = parse_qs(urlsplit(page.url).query)
    assert (first["from"], first["to"]) == (["mrt_LBB"], ["krl_JAKK"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00\+07:00", first["at"][0])
    page.locator(".example").nth(1).click()
    expect(page.locator("#to")).to_have_value("Kali Besar Barat")
    page.go_back()
    expect(page.locator("#to")).to_have_value("Jakarta Kota")
    expect(page.locator(".lane").first).to_be_visible()


def test_cheaper_trips_are_asked_for_and_kept_in_the_address(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("?from=mrt_LBB&to=krl_JAKK&at=2026-03-02T07:30:00%2B07:00")
    expect(page.locator("#results article").first).to_be_visible()
    assert "cheapest_within_s" not in watched.compared()[-1]
    page.get_by_label("Cheaper, slower trips").select_option("1800")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**cheapest_within_s=1800**")
    assert watched.compared()[-1]["cheapest_within_s"] == ["1800"]
    page.reload()
    expect(page.get_by_label("Cheaper, slower trips")).to_have_value("1800")
    page.go_back()
    expect(page.get_by_label("Cheaper, slower trips")).to_have_value("")


def test_times_are_the_regions_wherever_the_reader_is(visit: Callable[..., Watched]) -> None:
    watched = visit(timezone_id="America/New_York")
    page = watched.open("?from=mrt_LBB&to=krl_JAKK&arrive_by=2026-03-02T01:30:00Z")
    expect(page.locator("#time")).to_have_value("2026-03-02T08:30")
    expect(page.locator("input[value=arrive]")).to_be_checked()
    expect(page.locator(".lane").first).to_be_visible()
    assert watched.compared() == [{"from": ["mrt_LBB"], "to": ["krl_JAKK"], "arrive_by": ["2026-03-02T08:30:00+07:00"]}]


def test_the_language_switch_changes_words_numbers_and_address(visit: Callable[..., Watched]) -> None:
    page = visit().open(TRIP)
    expect(page.locator(".lane").first).to_be_visible()
    expect(page.locator("#legs-1")).to_contain_text("North-South Line")
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.locator("#legs-1")).to_contain_text("Jalur Utara-Selatan")
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.locator("button.primary")).to_have_text("Bandingkan")
    expect(page.locator("[data-option=o1] .fare")).to_contain_text("Rp 17.000")
    expect(page.locator("#status")).to_contain_text("9 pilihan")
    assert parse_qs(urlsplit(page.url).query)["lang"] == ["id"]
    page.reload()
    expect(page.locator("button.primary")).to_have_text("Bandingkan")
    expect(page.locator(".lane").first).to_be_visible()


def test_who_made_the_data_is_named_once_and_as_text(visit: Callable[..., Watched]) -> None:
    page = visit().open()
    expect(page.locator("#credits")).to_have_text(f"Data: MRT Jakarta (Perseroda) · {HOSTILE}")


def test_providers_that_are_not_served_are_listed_with_the_reason(visit: Callable[..., Watched]) -> None:
    page = visit().open(TRIP)
    rows = page.locator(".others li")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("no data for this day: its timetable has weekdays only")
    expect(rows.nth(1)).to_contain_text("cannot make this trip: none of its stops is within walking distance")


def test_no_trip_is_said_in_words(visit: Callable[..., Watched]) -> None:
    page = visit().open("?from=lrt-jakarta_VEL&to=mrt_BHI&at=2026-03-02T08:00:00%2B07:00")
    expect(page.locator(".message h2")).to_have_text("No trip found")
    expect(page.locator(".others li")).to_have_count(len(LINES))
    assert page.evaluate(JOURNEY) == []


def test_an_error_answer_is_shown_in_its_own_words(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("?from=nope_X&to=krl_JAKK&at=2026-03-02T08:00:00%2B07:00")
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("no stop 'nope_X' in this snapshot")
    assert len(watched.problems) == 1
    assert "404" in watched.problems.pop()


def test_a_silent_server_can_be_asked_again(visit: Callable[..., Watched]) -> None:
    watched = visit()
    watched.page.route("**/api/v1/compare*", lambda route: route.abort())
    page = watched.open(TRIP)
    expect(page.locator(".message.error")).to_contain_text("The server does not answer")
    page.unroute("**/api/v1/compare*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".lane").first).to_be_visible()
    assert len(watched.problems) == 1
    assert "ERR_FAILED" in watched.problems.pop()


def test_what_is_missing_in_the_form_is_told(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.locator("button.primary").click()
    expect(page.locator("#form-error")).to_contain_text("Choose a start and a destination first")
    expect(page.locator("#from")).to_be_focused()
    expect(page.locator("#from")).to_have_attribute("aria-invalid", "true")
    page.locator("#from").fill("no such place")
    expect(page.locator("#from-list")).to_contain_text("No stop of that name")
    page.locator("button.primary").click()
    expect(page.locator("#form-error")).to_contain_text("“no such place” is not a place in the list")
    assert watched.compared() == []


def test_coordinates_can_be_typed(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open()
    page.locator("#from").fill("-6.289, 106.775")
    page.locator("#to").fill("jakarta kota")
    page.locator("button.primary").click()
    expect(page.locator(".lane").first).to_be_visible()
    query = watched.compared()[0]
    assert (query["from"], query["to"]) == (["-6.28900,106.77500"], ["krl_JAKK"])


def test_a_hostile_name_stays_text(visit: Callable[..., Watched]) -> None:
    page = visit().open(f"?from=krl_HOSTILE&to=krl_JAKK&at=2026-03-02T08:00:00%2B07:00&lang={HOSTILE}")
    expect(page.locator(".lane").first).to_be_visible()
    expect(page.locator("#from")).to_have_value(HOSTILE)
    page.locator("#to").fill("onerror")
    expect(page.locator("#to-list .name")).to_have_text(HOSTILE)
    page.evaluate("() => window.timbang.map.jumpTo({center: [106.79, -6.15], zoom: 15})")
    page.evaluate(IDLE)  # its label is drawn too
    assert page.locator("img").count() == 0
    assert page.evaluate("window.__xss") is None


def test_a_phone_shows_map_form_and_lanes_without_sideways_scroll(visit: Callable[..., Watched]) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True).open(TRIP)
    page.locator("[data-option=o1]").click()
    keep_picture(page, "phone-results")
    wide, seen = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert (wide, seen) == (390, 390)
    tops = [page.locator(part).evaluate("(node) => node.getBoundingClientRect().top") for part in ("#form", "#lanes")]
    assert tops == sorted(tops)
    page.locator("[data-option=o9]").scroll_into_view_if_needed()
    map_top = page.locator(".map-box").evaluate("(node) => node.getBoundingClientRect().top")
    assert map_top == 0, "the map stays in sight while lanes scroll"


def test_without_webgl_the_comparison_still_works(playwright: Playwright, origin: str) -> None:
    with playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-3d-apis"]) as plain:
        page = plain.new_context(locale="en-GB").new_page()
        page.goto(f"{origin}/{TRIP}")
        expect(page.locator("#map-hint")).to_contain_text("The map could not be shown here")
        expect(page.locator(".lane")).to_have_count(6)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: run npm ci in api/web")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_no_serious_barrier(visit: Callable[..., Watched], viewport: dict[str, int], scheme: str) -> None:
    page = visit(viewport=viewport, color_scheme=scheme).open()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert barriers(page) == []
    page.locator("#from").fill("blok")
    expect(page.locator("#from-list li").first).to_be_visible()
    assert barriers(page) == []
    page.locator("#from").fill("")
    page.locator(".example").first.click()
    page.locator("[data-option=o5]").click()
    page.evaluate(IDLE)
    assert barriers(page) == []


def barriers(page: Page) -> list[str]:
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
