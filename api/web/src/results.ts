// The comparison: one lane for each exact set of providers, and inside it the options as cards.
import type { Comparison, Fare, Leg, Option, ProviderAnswer, RideLeg } from "./api";
import { byId, el, paint } from "./dom";
import { distance, duration, known, money, t, words } from "./i18n";
import { clock, daysLater, minuteAfter } from "./time";

const FOLD = 2;

export interface Names { name(provider: string): string; color(provider: string): string }

interface Lane { providers: string[]; options: Option[] }

// Lanes in the order of their best option, so no provider is put first for its name.
export function lanesOf(options: Option[]): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const option of [...options].sort((a, b) => a.rank - b.rank)) {
    const providers = [...option.providers].sort();
    const key = JSON.stringify(providers);
    const lane = lanes.get(key) ?? { providers, options: [] };
    lane.options.push(option);
    lanes.set(key, lane);
  }
  return [...lanes.values()];
}

export class Results {
  private comparison: Comparison | null = null;
  private chosen: string | null = null; // drawn on the map
  private opened: string | null = null; // its legs are written out
  private day = "";
  private readonly box = byId("results");
  private readonly status = byId("status");
  private readonly lanes = byId("lanes");
  private cards = new Map<string, { card: HTMLElement; button: HTMLElement; legs: HTMLElement }>();

  constructor(private readonly names: Names, private readonly onChoose: (option: Option | null) => void) {}

  hide(): void {
    this.comparison = null;
    this.box.hidden = true;
    document.body.classList.remove("has-results");
    this.onChoose(null);
  }

  loading(): void {
    this.comparison = null;
    this.open(t("loading"), true);
    const bars = (): HTMLElement[] => [1, 2, 3].map(() => el("div", { class: "bone" }));
    this.lanes.replaceChildren(el("div", { class: "lanes", "aria-hidden": "true" }, ...[1, 2, 3].map(() => el("div", { class: "lane" }, ...bars()))));
  }

  failed(text: string, retry: () => void): void {
    this.comparison = null;
    this.open("", false);
    const again = el("button", { type: "button", class: "secondary" }, t("retry"));
    again.addEventListener("click", retry);
    this.lanes.replaceChildren(el("div", { class: "message error", role: "alert" }, el("h2", {}, t("failed")), el("p", {}, text), again));
    this.onChoose(null);
  }

  // `day` is the date asked for, so that times of another day can say so.
  show(comparison: Comparison, day: string): void {
    this.comparison = comparison;
    this.day = day;
    this.chosen = lanesOf(comparison.options)[0]?.options[0]?.id ?? null;
    this.opened = null;
    this.render();
    this.onChoose(this.option(this.chosen));
  }

  // The same options with names in another language; what is chosen stays chosen.
  retell(comparison: Comparison): void {
    if (this.comparison === null) return;
    this.comparison = comparison;
    this.render();
  }

  // Writes everything again, in the present language; what is chosen stays chosen.
  render(): void {
    if (this.comparison === null) return;
    const { options, providers } = this.comparison;
    const lanes = lanesOf(options);
    this.cards = new Map();
    this.open(summary(options, lanes.length), false);
    const grid = el("div", { class: "lanes" }, ...lanes.map((lane) => this.lane(lane)));
    this.lanes.replaceChildren(options.length === 0 ? nothing() : grid, ...this.others(providers));
    this.mark();
  }

  private open(text: string, busy: boolean): void {
    this.box.hidden = false;
    this.box.setAttribute("aria-busy", String(busy));
    document.body.classList.add("has-results");
    this.status.textContent = text;
  }

  private option(id: string | null): Option | null {
    return this.comparison?.options.find((option) => option.id === id) ?? null;
  }

  private lane({ providers, options }: Lane): HTMLElement {
    const title = providers.length === 0 ? t("walking") : providers.length === 1
      ? t("only", { name: this.names.name(providers[0] ?? "") }) : t("together", { n: providers.length });
    const chips = el("div", { class: "chips" }, ...providers.map((provider) => this.chip(provider)));
    const head = el("header", {}, el("h2", {}, title), providers.length > 1 ? chips : null);
    const lane = el("section", { class: "lane", "aria-label": `${title}: ${providers.map((id) => this.names.name(id)).join(", ")}`, "data-providers": providers.join(",") }, head);
    if (providers.length === 1) paint(lane, this.names.color(providers[0] ?? "")).classList.add("single");
    lane.append(...options.slice(0, FOLD).map((option) => this.card(option)));
    const rest = options.slice(FOLD);
    if (rest.length > 0) lane.append(this.more(lane, rest));
    return lane;
  }

  private more(lane: HTMLElement, rest: Option[]): HTMLElement {
    const button = el("button", { type: "button", class: "more" }, t("more", { n: rest.length }));
    button.addEventListener("click", () => {
      button.remove();
      const cards = rest.map((option) => this.card(option));
      lane.append(...cards);
      cards[0]?.querySelector("button")?.focus();
      this.mark();
    });
    return button;
  }

  private chip(provider: string): HTMLElement {
    return paint(el("span", { class: "chip" }, el("span", { class: "dot", "aria-hidden": "true" }), this.names.name(provider)), this.names.color(provider));
  }

  private card(option: Option): HTMLElement {
    const legs = el("ol", { class: "legs", id: `legs-${option.rank}` }, ...option.journey.legs.map((leg) => this.leg(leg)));
    const unknown = whyUnknown(option);
    const fare = option.fare !== null ? el("span", { class: "fare" }, money(option.fare))
      : unknown === "" ? null : el("span", { class: "fare unknown", title: unknown }, t("fare_unknown"));
    const button = el("button", { type: "button", class: "summary", "aria-expanded": "false", "aria-controls": legs.id, "data-option": option.id },
      el("span", { class: "line" },
        el("span", { class: "times" }, this.clock(option.departure), el("span", { class: "dash", "aria-hidden": "true" }, "–"), this.clock(option.arrival)),
        el("span", { class: "took" }, duration(option.duration_s)),
        el("span", { class: "rank" }, `#${option.rank}`),
        el("span", { class: "caret", "aria-hidden": "true" })),
      this.strip(option.journey.legs),
      el("span", { class: "facts" }, fare, ...facts(option, this.day).map((fact) => el("span", {}, fact))),
      option.badges.length === 0 ? null : el("span", { class: "badges" }, ...option.badges.map((badge) => el("span", { class: "badge" }, known("badge", badge)))));
    button.addEventListener("click", () => this.choose(option));
    if (option.fare !== null) legs.append(...this.tickets(option.fare));
    else if (unknown !== "") legs.append(el("li", { class: "fare-reason" }, `${t("fare_unknown")}: ${unknown}`));
    const card = el("article", { class: "card" }, button, ...this.explained(option), legs);
    this.cards.set(option.id, { card, button, legs });
    return card;
  }

  // What the option is against the first one, and why it is not among the first.
  private explained(option: Option): HTMLElement[] {
    const { options, trade_offs, dropped } = this.comparison ?? { options: [], trade_offs: [], dropped: [] };
    const first = options[0]?.id;
    const against = trade_offs.filter((pair) => pair.options[0] === first && pair.options[1] === option.id).map((pair) => pair.text);
    const why = dropped.filter((row) => row.option === option.id).map((row) => row.text);
    return [
      ...against.map((text) => el("p", { class: "against" }, `${t("against_first")} ${words(text)}`)),
      ...why.map((text) => el("p", { class: "against why" }, words(text))),
    ];
  }

  private choose(option: Option): void {
    this.chosen = option.id;
    this.opened = this.opened === option.id ? null : option.id;
    this.mark();
    this.onChoose(option);
  }

  private mark(): void {
    for (const [id, { card, button, legs }] of this.cards) {
      card.classList.toggle("chosen", id === this.chosen);
      button.setAttribute("aria-expanded", String(id === this.opened));
      legs.hidden = id !== this.opened;
    }
  }

  private clock(iso: string): HTMLElement {
    const later = daysLater(iso, this.day);
    const mark = later === 0 ? null : el("sup", {}, t("next_day", { n: later }).replace("+-", "−"));
    return el("span", { class: "clock" }, clock(iso), mark);
  }

  // The journey as one bar: how long is walked, waited and ridden, and with whom.
  private strip(legs: Leg[]): HTMLElement {
    const strip = el("span", { class: "strip", "aria-hidden": "true" });
    const part = (kind: string, seconds: number): HTMLElement => {
      const node = el("span", { class: kind });
      node.style.flexGrow = String(Math.max(seconds, 1));
      strip.append(node);
      return node;
    };
    for (const leg of legs) {
      if (leg.kind === "ride" && leg.wait_s > 0) part("wait", leg.wait_s);
      const node = part(leg.kind, (Date.parse(leg.arrival) - Date.parse(leg.departure)) / 1000);
      if (leg.kind === "ride") paint(node, this.names.color(leg.provider));
    }
    return strip;
  }

  private leg(leg: Leg): HTMLElement {
    if (leg.kind === "walk") {
      const seconds = (Date.parse(leg.arrival) - Date.parse(leg.departure)) / 1000;
      return el("li", { class: "leg walk" }, el("span", { class: "when" }, clock(leg.departure)),
        el("div", {}, el("p", { class: "what" }, t("leg_walk", { m: distance(leg.distance_m), t: duration(seconds) }))));
    }
    const route = [leg.route_short_name, leg.route_long_name].filter((name) => name !== "");
    const notes = rideNotes(leg);
    return paint(el("li", { class: "leg ride" },
      el("span", { class: "when" }, clock(leg.departure)),
      el("div", {},
        el("p", { class: "stop" }, leg.from_name),
        el("p", { class: "what" }, el("strong", {}, this.names.name(leg.provider)), ` ${[...new Set(route)].join(" · ")}`),
        notes.length === 0 ? null : el("p", { class: "note" }, notes.join(" · ")),
        stopsOnTheWay(leg),
        el("p", { class: "stop" }, el("span", { class: "when" }, clock(leg.arrival)), leg.to_name))), this.names.color(leg.provider));
  }

  // What is bought, ticket by ticket; a walk needs none.
  private tickets(fare: Fare): HTMLElement[] {
    if (fare.tickets.length === 0) return [];
    const rows = fare.tickets.map((ticket) => el("li", { class: "ticket" },
      el("span", { class: "price" }, money(ticket)),
      el("span", {}, [words(ticket.name), ticket.medium ?? ""].filter((text) => text !== "").join(" · ")),
      el("span", { class: "sellers" }, ticket.providers.map((provider) => this.names.name(provider)).join(" + "))));
    return [el("li", { class: "tickets" }, el("h3", {}, t("tickets")), el("ul", {}, ...rows))];
  }

  private others(providers: ProviderAnswer[]): HTMLElement[] {
    const rows = providers.filter((provider) => provider.status !== "served").map((provider) => {
      const reason = typeof provider.reason === "string" ? known("reason", provider.reason) : words(provider.reason);
      const text = known("status", provider.status) + (reason === "" ? "" : `: ${reason}`);
      return el("li", { "data-provider": provider.id }, this.chip(provider.id), el("span", {}, text));
    });
    return rows.length === 0 ? [] : [el("section", { class: "others" }, el("h2", {}, t("not_compared")), el("ul", {}, ...rows))];
  }
}

function summary(options: Option[], lanes: number): string {
  if (options.length === 0) return t("nothing");
  const best = duration(Math.min(...options.map((option) => option.duration_s)));
  return options.length === 1 ? t("found_one", { best }) : t("found", { n: options.length, lanes, best });
}

const nothing = (): HTMLElement => el("div", { class: "message" }, el("h2", {}, t("nothing")), el("p", {}, t("nothing_more")));

// The sentence, or at least the code; "" where nothing is ridden, so that nothing is unknown.
function whyUnknown(option: Option): string {
  if (option.fare !== null) return "";
  return words(option.fare_unknown_text) || (option.fare_unknown_reason ?? "").replaceAll("_", " ");
}

function facts(option: Option, day: string): string[] {
  const changes = option.transfers === 0 ? t("direct") : option.transfers === 1 ? t("transfer") : t("transfers", { n: option.transfers });
  return [
    ...(option.providers.length === 0 ? [] : [changes]),
    option.walk_m > 0 ? t("walk", { m: distance(option.walk_m) }) : t("no_walk"),
    ...(option.providers.length === 0 ? [] : [option.wait_s > 0 ? t("wait", { t: duration(option.wait_s) }) : t("no_wait")]),
    ...(option.journey.legs.some((leg) => leg.kind === "ride" && leg.headway_s !== null) ? [likely(option, day)] : []),
  ];
}

// Eight of ten riders arrive in this time: nobody knows when the vehicles of a headway service come.
function likely(option: Option, day: string): string {
  if (option.arrival_p10 === null) return t("likely_never");
  const from = onDay(option.arrival_p10, day);
  return option.arrival_p90 === null ? t("likely_from", { from }) : t("likely", { from, to: onDay(minuteAfter(option.arrival_p90), day) });
}

function onDay(iso: string, day: string): string {
  const later = daysLater(iso, day);
  return later === 0 ? clock(iso) : `${clock(iso)} ${t("next_day", { n: later }).replace("+-", "−")}`;
}

function rideNotes(leg: RideLeg): string[] {
  return [
    leg.headsign === "" ? "" : t("leg_towards", { name: leg.headsign }),
    leg.stay_seated ? t("leg_stay") : "",
    leg.wait_s > 0 && !leg.stay_seated ? t("leg_wait", { t: duration(leg.wait_s) }) : "",
    leg.headway_s === null ? "" : t("leg_every", { t: duration(leg.headway_s) }),
    leg.interchangeable.length === 0 ? "" : t("leg_or", { lines: otherLines(leg).join(", ") }),
  ].filter((note) => note !== "");
}

// Other vehicles of the leg's own route go somewhere else, which tells them apart.
function otherLines(leg: RideLeg): string[] {
  return leg.interchangeable.map((line) => {
    const name = line.route_short_name || line.route_long_name || line.route_id;
    return line.route_short_name === leg.route_short_name && line.headsign !== "" ? `${name} → ${line.headsign}` : name;
  });
}

function stopsOnTheWay(leg: RideLeg): HTMLElement | null {
  const stops = leg.intermediate_stops;
  if (stops.length === 0) return null;
  const title = stops.length === 1 ? t("leg_stop") : t("leg_stops", { n: stops.length });
  return el("details", {}, el("summary", {}, title),
    el("ul", {}, ...stops.map((stop) => el("li", {}, el("span", { class: "when" }, clock(stop.departure)), stop.name))));
}
