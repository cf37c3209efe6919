// A text field that suggests stops while one types: the combobox pattern of the ARIA practices.
import { type Place, findPlaces } from "./api";
import { byId, el, paint } from "./dom";
import { type Key, t } from "./i18n";

// What a trip can start or end at: `id` is a stop id or "lat,lon", as the server takes it.
export interface End { id: string; label: string; point: [number, number] | null }

const WAIT_MS = 150;

// "lat,lon", in degrees; null for any other text.
export function readPoint(text: string): End | null {
  const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  if (match === null) return null;
  const [lat, lon] = [Number(match[1]), Number(match[2])];
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return pointEnd(lat, lon);
}

export function pointEnd(lat: number, lon: number): End {
  const id = `${lat.toFixed(5)},${lon.toFixed(5)}`;
  return { id, label: id, point: [lon, lat] };
}

export class PlaceField {
  private end: End | null = null;
  private found: Place[] = [];
  private active = -1;
  private timer = 0;
  private request: AbortController | null = null;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLUListElement;
  private readonly note: HTMLElement;
  private readonly clearButton: HTMLButtonElement;

  constructor(
    name: "from" | "to",
    private readonly colorOf: (provider: string) => string,
    private readonly onChange: (end: End | null) => void,
  ) {
    this.input = el("input", {
      id: name, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${name}-list`,
      "data-t-placeholder": "place_hint",
    });
    this.list = el("ul", { id: `${name}-list`, role: "listbox", "data-t-label": name, class: "suggestions" });
    this.note = el("span", { class: "hidden", role: "status" });
    this.clearButton = el("button", { type: "button", class: "clear", "data-t-label": "clear" }, "×");
    const label = el("label", { for: name, "data-t": name satisfies Key });
    byId(`${name}-field`).append(el("span", { class: `pin ${name}`, "aria-hidden": "true" }), label, this.input, this.clearButton, this.list, this.note);
    this.list.hidden = true;
    this.clearButton.hidden = true;
    this.listen();
  }

  get value(): End | null { return this.end; }
  get text(): string { return this.input.value.trim(); }

  // Shows `end` without telling `onChange`: for the map, the address and the examples.
  set(end: End | null): void {
    this.end = end;
    this.input.value = end?.label ?? "";
    this.clearButton.hidden = this.input.value === "";
    this.mark(false);
    this.close();
  }

  mark(wrong: boolean): void {
    if (wrong) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  focus(): void { this.input.focus(); }

  // What was typed but not picked: coordinates, or the one stop that has exactly this name.
  async resolve(): Promise<End | null> {
    if (this.end !== null || this.text === "") return this.end;
    const point = readPoint(this.text);
    if (point !== null) { this.set(point); return point; }
    const wanted = this.text.toLocaleLowerCase();
    const same = (await findPlaces(this.text)).filter((place) => place.name.toLocaleLowerCase() === wanted);
    if (same[0] !== undefined && same.length === 1) this.set(asEnd(same[0]));
    return this.end;
  }

  private listen(): void {
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.clearButton.addEventListener("click", () => { this.choose(null); this.focus(); });
    // Keeps the focus in the field, so that the list is still there when the click arrives.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  private typed(): void {
    this.end = null;
    this.clearButton.hidden = this.input.value === "";
    this.mark(false);
    this.request?.abort();
    clearTimeout(this.timer);
    if (this.text === "" || readPoint(this.text) !== null) return this.close();
    this.timer = window.setTimeout(() => void this.suggest(), WAIT_MS);
  }

  private async suggest(): Promise<void> {
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      this.found = await findPlaces(this.text, signal);
    } catch {
      if (!signal.aborted) this.close();
      return;
    }
    if (!signal.aborted && document.activeElement === this.input) this.show();
  }

  private show(): void {
    this.active = -1;
    this.list.replaceChildren(...this.found.map((place, index) => this.row(place, index)));
    if (this.found.length === 0) this.list.append(el("li", { class: "none", role: "option", "aria-disabled": "true" }, t("no_places")));
    this.note.textContent = this.found.length === 0 ? t("no_places") : t("places_found", { n: this.found.length });
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  private row(place: Place, index: number): HTMLLIElement {
    const dots = place.providers.map((provider) => paint(el("span", { class: "dot" }), this.colorOf(provider)));
    const kind = place.kind === "station" ? el("span", { class: "kind" }, t("station")) : null;
    const row = el("li", { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" },
      el("span", { class: "name" }, place.name), kind, el("span", { class: "dots", "aria-hidden": "true" }, ...dots));
    row.addEventListener("click", () => this.choose(asEnd(place)));
    return row;
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape") return this.close();
    if (this.list.hidden || this.found.length === 0) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const place = this.found[Math.max(this.active, 0)];
      if (place !== undefined) this.choose(asEnd(place));
    }
  }

  private move(step: number): void {
    const size = this.found.length;
    this.active = this.active < 0 ? (step > 0 ? 0 : size - 1) : (this.active + step + size) % size;
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === this.active)));
    const row = this.list.children[this.active];
    if (row === undefined) return;
    this.input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  private choose(end: End | null): void {
    this.set(end);
    this.onChange(end);
  }

  private close(): void {
    this.request?.abort();
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

const asEnd = (place: Place): End => ({ id: place.id, label: place.name, point: [place.lon, place.lat] });
