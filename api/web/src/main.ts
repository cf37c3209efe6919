// Ties the page together: the form, the map, the results and the address, which holds the whole state.
import "maplibre-gl/dist/maplibre-gl.css"; // before our own, which overrides parts of it
import "./style.css";
import { ApiError, type Catalogue, type Comparison, type Option, type ProviderInfo, type Trip, compareTrip, getCatalogue, getFeeds, getNetwork } from "./api";
import { byId, el, paint, safeColor } from "./dom";
import { type Language, count, currentLanguage, preferredLanguage, setLanguage, t, translatePage, words } from "./i18n";
import { TripMap } from "./map";
import { type End, PlaceField, readPoint } from "./places";
import { type Names, Results } from "./results";
import { nowLocal, readLocal, toIso } from "./time";

type Side = "from" | "to";

declare global {
  // For the browser test: what is drawn can only be asked of the map itself.
  interface Window { timbang?: { map: TripMap["map"] | null } }
}

let catalogue: Catalogue | null = null;
let zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
let map: TripMap | null = null;
let request: AbortController | null = null;
let shown: Trip | null = null; // whose answer is on the page
const answered = new Map<string, { name: string; color: string }>();

const info = (provider: string): ProviderInfo | undefined => catalogue?.providers.find(({ id }) => id === provider);
const names: Names = {
  name: (provider) => info(provider)?.name ?? answered.get(provider)?.name ?? provider,
  color: (provider) => safeColor(info(provider)?.color ?? answered.get(provider)?.color),
};

setLanguage(preferredLanguage(new URLSearchParams(location.search).get("lang")));
const fields: Record<Side, PlaceField> = {
  from: new PlaceField("from", names.color, (end) => chosen("from", end)),
  to: new PlaceField("to", names.color, (end) => chosen("to", end)),
};
const form = byId<HTMLFormElement>("form");
const time = byId<HTMLInputElement>("time");
const cheaper = byId<HTMLSelectElement>("cheaper");
const results = new Results(names, (option: Option | null) => void map?.showJourney(option, names.color));

const arriveBy = (): boolean => new FormData(form).get("mode") === "arrive";

function setMode(arrive: boolean): void {
  for (const radio of form.querySelectorAll<HTMLInputElement>("[name=mode]")) radio.checked = (radio.value === "arrive") === arrive;
}

function place(side: Side, end: End | null): void {
  fields[side].set(end);
  map?.showEnd(side, end);
  hint();
}

function hint(): void {
  const [from, to] = [fields.from.value, fields.to.value];
  byId("map-hint").textContent = map === null ? t("map_failed") : from === null ? t("map_hint") : t("map_hint_to");
  byId("map-hint").hidden = map !== null && from !== null && to !== null;
}

// An end was picked in its field.
function chosen(side: Side, end: End | null): void {
  place(side, end);
  if (end === null) results.hide();
  else void search(false);
}

// An end was picked on the map: the one dragged, else the first that is missing, else a new start.
function picked(end: End, side?: Side): void {
  const missing: Side = fields.from.value === null ? "from" : fields.to.value === null ? "to" : "from";
  const startAgain = side === undefined && fields.from.value !== null && fields.to.value !== null;
  if (startAgain) {
    place("to", null);
    results.hide();
  }
  place(side ?? missing, end);
  void search(false);
}

function complain(text: string, wrong: Side | null): void {
  const box = byId("form-error");
  box.textContent = text;
  box.hidden = text === "";
  for (const side of ["from", "to"] as const) fields[side].mark(side === wrong);
  if (wrong !== null) fields[wrong].focus();
}

// The two ends, or null after telling what is missing. Silent while the reader is still choosing.
async function ends(loud: boolean): Promise<[End, End] | null> {
  const found: End[] = [];
  for (const side of ["from", "to"] as const) {
    const field = fields[side];
    const end = loud ? await field.resolve().catch(() => null) : field.value;
    if (end === null) {
      if (loud) complain(field.text === "" ? t("place_missing") : t("place_unknown", { text: field.text }), side);
      return null;
    }
    place(side, end);
    found.push(end);
  }
  return found as [End, End];
}

async function search(loud: boolean, history: "push" | "keep" = "push"): Promise<void> {
  complain("", null);
  const pair = await ends(loud);
  if (pair === null) return;
  if (time.value === "") return complain(t("time_missing"), null);
  const [from, to] = pair;
  const trip = { from: from.id, to: to.id, time: toIso(time.value, zone), arriveBy: arriveBy(), cheapestWithin: cheaper.value };
  const wanted: Record<string, string> = cheaper.value === "" ? {} : { cheapest_within_s: cheaper.value };
  if (history === "push") {
    writeAddress({ from: trip.from, to: trip.to, [trip.arriveBy ? "arrive_by" : "at"]: trip.time, ...wanted });
  }
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  shown = null;
  results.loading();
  try {
    const comparison = await compareTrip(trip, signal);
    if (signal.aborted) return;
    for (const provider of comparison.providers) answered.set(provider.id, provider);
    nameEnds(comparison);
    results.show(comparison, trip.time.slice(0, 10));
    shown = trip;
    if (comparison.options.length === 0) map?.showEnds();
    bringIntoView();
  } catch (error) {
    if (signal.aborted) return;
    results.failed(explain(error), () => void search(loud, "keep"));
    bringIntoView();
  }
}

const explain = (error: unknown): string => (error instanceof ApiError ? error.text : null) ?? t("no_server");

// An end that came as a bare id gets the name and the place that the answer gives it.
function nameEnds(comparison: Comparison): void {
  const legs = comparison.options[0]?.journey.legs ?? [];
  const [first, last] = [legs[0], legs.at(-1)];
  if (first === undefined || last === undefined) return;
  const { from, to } = { from: fields.from.value, to: fields.to.value };
  if (from !== null && from.point === null) {
    place("from", { id: from.id, label: first.from_name || from.label, point: [first.from_lon, first.from_lat] });
  }
  if (to !== null && to.point === null) {
    place("to", { id: to.id, label: last.to_name || to.label, point: [last.to_lon, last.to_lat] });
  }
}

// The same from the network, which arrives later than the page's own address is read.
function nameStops(): void {
  for (const side of ["from", "to"] as const) {
    const end = fields[side].value;
    const stop = end === null || end.point !== null ? null : map?.stop(end.id);
    if (stop) place(side, stop);
  }
}

function bringIntoView(): void {
  const box = byId("results");
  if (box.getBoundingClientRect().top > innerHeight * 0.75) box.scrollIntoView({ block: "start" });
}

function writeAddress(state: Record<string, string>): void {
  const lang = new URLSearchParams(location.search).get("lang");
  const search = new URLSearchParams(lang === null ? state : { ...state, lang });
  if (`?${search}` !== location.search) window.history.pushState(null, "", `?${search}`);
}

function endOf(id: string): End {
  return readPoint(id) ?? map?.stop(id) ?? { id, label: id, point: null };
}

function readAddress(): void {
  const state = new URLSearchParams(location.search);
  const [from, to] = [state.get("from"), state.get("to")];
  place("from", from === null ? null : endOf(from));
  place("to", to === null ? null : endOf(to));
  const arrive = state.get("arrive_by");
  setMode(arrive !== null);
  time.value = readLocal(arrive ?? state.get("at") ?? "", zone) ?? nowLocal(zone);
  cheaper.value = state.get("cheapest_within_s") ?? "";
  if (cheaper.selectedIndex < 0) cheaper.value = "";
  if (from !== null && to !== null) void search(false, "keep");
  else results.hide();
}

function showExamples(): void {
  const examples = catalogue?.examples ?? [];
  byId("examples-box").hidden = examples.length === 0;
  byId("examples").replaceChildren(...examples.map((example) => {
    const button = el("button", { type: "button", class: "example" }, words(example.name));
    button.addEventListener("click", () => {
      place("from", endOf(example.from));
      place("to", endOf(example.to));
      void search(false);
    });
    return button;
  }));
}

function showProviders(): void {
  const providers = catalogue?.providers ?? [];
  byId("providers-box").hidden = providers.length === 0;
  byId("providers").replaceChildren(...providers.map((provider) => paint(el("li", {},
    el("span", { class: "dot", "aria-hidden": "true" }),
    el("span", { class: "name" }, provider.name),
    el("span", { class: "size" }, t(provider.n_routes === 1 ? "provider_size_one" : "provider_size",
      { routes: count(provider.n_routes), stops: count(provider.n_stops) }))), names.color(provider.id))));
}

function translateAll(): void {
  translatePage();
  document.title = catalogue === null ? "Timbang" : `Timbang · ${words(catalogue.region.name)}`;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === currentLanguage()));
  }
  showExamples();
  showProviders();
  results.render();
  map?.translate();
  hint();
}

function switchLanguage(next: Language): void {
  setLanguage(next);
  const state = new URLSearchParams(location.search);
  state.set("lang", next);
  window.history.replaceState(null, "", `?${state}`);
  complain("", null);
  translateAll();
  void retell();
}

// What is on the page again, with names in the language that was switched to. It stays as it is if that fails.
async function retell(): Promise<void> {
  const trip = shown;
  const comparison = trip === null ? null : await compareTrip(trip, new AbortController().signal).catch(() => null);
  if (comparison !== null && shown === trip) results.retell(comparison);
  catalogue = await getCatalogue().catch(() => catalogue);
  translateAll();
}

// Who is to be named wherever the data is used.
async function loadCredits(): Promise<void> {
  const feeds = await getFeeds().catch(() => []);
  const credits = new Set(feeds.map((feed) => feed.attribution || feed.publisher_name || feed.name));
  byId("credits").hidden = credits.size === 0;
  byId("credit-names").textContent = [...credits].join(" · ");
}

function listen(): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void search(true);
  });
  byId("swap").addEventListener("click", () => {
    const { from, to } = { from: fields.from.value, to: fields.to.value };
    place("from", to);
    place("to", from);
    void search(false);
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-lang]")) {
    button.addEventListener("click", () => switchLanguage(button.dataset.lang as Language));
  }
  window.addEventListener("popstate", readAddress);
}

function startMap(): void {
  try {
    map = new TripMap(byId("map"), picked);
  } catch {
    map = null; // no WebGL here: the hint says so, and everything else works without it
  }
  window.timbang = { map: map?.map ?? null };
}

async function loadNetwork(): Promise<void> {
  try {
    const network = await getNetwork();
    await map?.showNetwork(network, names.color);
    nameStops();
  } catch {
    byId("map-hint").textContent = t("network_failed");
    byId("map-hint").hidden = false;
  }
}

async function start(): Promise<void> {
  startMap();
  listen();
  translateAll();
  try {
    catalogue = await getCatalogue();
    zone = catalogue.region.timezone;
    map?.lookAt(catalogue.region.center, catalogue.providers.flatMap(({ bbox }) => (bbox === null ? [] : [bbox])));
  } catch (error) {
    results.failed(explain(error), () => location.reload());
    return;
  }
  translateAll();
  readAddress();
  await Promise.all([loadNetwork(), loadCredits()]);
}

void start();
