// The map: every provider's lines and stops on a plain ground, the two ends, and the journey that is picked.
import { type GeoJSONSource, LngLatBounds, Map as MapLibre, type MapMouseEvent, Marker, NavigationControl, ScaleControl, type StyleSpecification, type SymbolLayerSpecification, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Leg, LonLat, Network, NetworkProperties, Option } from "./api";
import { safeColor, wantsLessMotion } from "./dom";
import { t } from "./i18n";
import { type End, pointEnd } from "./places";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const CITY_SPAN_M = 24_000;
const EQUATOR_M = 40_075_017;
const TILE_PX = 512;
const CLICK_REACH_PX = 8;
const FONT = ["system-ui, sans-serif"];

type Side = "from" | "to";

export class TripMap {
  readonly map: MapLibre;
  private readonly ready: Promise<void>;
  private readonly markers: Partial<Record<Side, Marker>> = {};
  private stops = new Map<string, { name: string; point: LonLat }>();

  // Throws where the browser has no WebGL.
  constructor(container: HTMLElement, private readonly onPick: (end: End, side?: Side) => void) {
    setWorkerUrl(new URL(workerUrl, document.baseURI).href);
    this.map = new MapLibre({
      container, style: style(), center: [0, 0], zoom: 1, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, maxPitch: 0, fadeDuration: 0, renderWorldCopies: false,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl({ maxWidth: 90 }), "bottom-left");
    this.map.on("click", (event) => this.clicked(event));
    for (const layer of ["stops", "stop-names"]) {
      this.map.on("mouseenter", layer, () => this.map.getCanvas().classList.add("on-stop"));
      this.map.on("mouseleave", layer, () => this.map.getCanvas().classList.remove("on-stop"));
    }
    this.ready = new Promise((resolve) => void this.map.once("load", () => resolve()));
    this.translate();
  }

  translate(): void {
    this.map.getCanvas().setAttribute("aria-label", t("map"));
    const container = this.map.getContainer();
    for (const [part, key] of [["zoom-in", "zoom_in"], ["zoom-out", "zoom_out"]] as const) {
      const button = container.querySelector(`.maplibregl-ctrl-${part}`);
      button?.setAttribute("aria-label", t(key));
      button?.setAttribute("title", t(key));
    }
    this.markers.from?.getElement().setAttribute("aria-label", t("start"));
    this.markers.to?.getElement().setAttribute("aria-label", t("destination"));
  }

  lookAt(center: LonLat | null, boxes: [number, number, number, number][]): void {
    if (center !== null) return void this.map.jumpTo({ center, zoom: this.cityZoom(center[1]) });
    const bounds = new LngLatBounds();
    for (const [west, south, east, north] of boxes) bounds.extend([west, south]).extend([east, north]);
    if (!bounds.isEmpty()) this.map.fitBounds(bounds, { padding: 24, animate: false });
  }

  // The zoom at which the shorter side of the map shows CITY_SPAN_M.
  private cityZoom(lat: number): number {
    const { clientHeight, clientWidth } = this.map.getContainer();
    const metresPerPixel = CITY_SPAN_M / Math.max(Math.min(clientHeight, clientWidth), 1);
    return Math.log2((EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / TILE_PX / metresPerPixel);
  }

  async showNetwork(network: Network, colorOf: (provider: string) => string): Promise<void> {
    const features = network.features.map((feature) => ({
      ...feature, properties: { ...feature.properties, color: colorOf(feature.properties.provider) },
    }));
    for (const { geometry, properties } of network.features) {
      if (properties.kind === "stop" && geometry.type === "Point") {
        this.stops.set(properties.id, { name: properties.name, point: geometry.coordinates as LonLat });
      }
    }
    await this.ready;
    this.source("network").setData({ type: "FeatureCollection", features });
  }

  // The name and place of a stop of the network, for an id that came without them.
  stop(id: string): End | null {
    const stop = this.stops.get(id);
    return stop === undefined ? null : { id, label: stop.name, point: stop.point };
  }

  showEnd(side: Side, end: End | null): void {
    this.markers[side]?.remove();
    delete this.markers[side];
    if (end === null || end.point === null) return;
    const element = document.createElement("div");
    element.className = `end-marker ${side}`;
    element.setAttribute("role", "img");
    const marker = new Marker({ element, draggable: true }).setLngLat(end.point).addTo(this.map);
    marker.on("dragend", () => {
      const { lat, lng } = marker.getLngLat();
      this.onPick(pointEnd(lat, lng), side);
    });
    this.markers[side] = marker;
    this.translate();
  }

  async showJourney(option: Option | null, colorOf: (provider: string) => string): Promise<void> {
    await this.ready;
    const legs = option?.journey.legs ?? [];
    this.source("journey").setData({ type: "FeatureCollection", features: legs.flatMap((leg) => legFeatures(leg, colorOf)) });
    for (const [layer, property, value] of [["lines", "line-opacity", 0.22], ["stops", "circle-opacity", 0.35]] as const) {
      this.map.setPaintProperty(layer, property, option === null ? FULL[property] : value);
    }
    if (legs.length > 0) this.fit(legs.flatMap(path));
  }

  showEnds(): void {
    const points = Object.values(this.markers).map((marker) => marker.getLngLat().toArray());
    if (points.length > 0) this.fit(points);
  }

  private fit(points: LonLat[]): void {
    const bounds = new LngLatBounds();
    for (const point of points) bounds.extend(point);
    const { clientHeight, clientWidth } = this.map.getContainer();
    const padding = Math.min(64, clientHeight / 5, clientWidth / 5);
    this.map.fitBounds(bounds, { padding, maxZoom: 15, duration: wantsLessMotion() ? 0 : 500 });
  }

  private clicked({ point, lngLat }: MapMouseEvent): void {
    const reach = CLICK_REACH_PX;
    const near = this.map.queryRenderedFeatures(
      [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]], { layers: ["stops"] });
    const nearest = near
      .map((feature) => this.stop((feature.properties as NetworkProperties & { kind: "stop" }).id))
      .filter((end) => end !== null)
      .map((end) => ({ end, away: this.map.project(end.point as LonLat).dist(point) }))
      .sort((a, b) => a.away - b.away)[0];
    this.onPick(nearest?.end ?? pointEnd(lngLat.lat, lngLat.lng));
  }

  private source(id: string): GeoJSONSource {
    return this.map.getSource(id) as GeoJSONSource;
  }
}

const path = (leg: Leg): LonLat[] =>
  leg.geometry.length > 1 ? leg.geometry : [[leg.from_lon, leg.from_lat], [leg.to_lon, leg.to_lat]];

function legFeatures(leg: Leg, colorOf: (provider: string) => string): GeoJSON.Feature[] {
  const color = leg.kind === "ride" ? colorOf(leg.provider) : safeColor(null);
  const line: GeoJSON.Feature = {
    type: "Feature", properties: { kind: leg.kind, color }, geometry: { type: "LineString", coordinates: path(leg) },
  };
  if (leg.kind === "walk") return [line];
  const stop = (name: string, lon: number, lat: number): GeoJSON.Feature => ({
    type: "Feature", properties: { kind: "stop", color, name }, geometry: { type: "Point", coordinates: [lon, lat] },
  });
  return [line, stop(leg.from_name, leg.from_lon, leg.from_lat), stop(leg.to_name, leg.to_lon, leg.to_lat)];
}

const FULL = { "line-opacity": 0.7, "circle-opacity": 1 } as const;

// No `glyphs`: labels are then drawn from the reader's own fonts and nothing is fetched for them.
function style(): StyleSpecification {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const [ground, ink, quiet] = dark ? ["#161c24", "#e8edf3", "#9aa7b8"] : ["#eef1f4", "#18212f", "#4a5666"];
  const isKind = (kind: string): ["==", ["get", string], string] => ["==", ["get", "kind"], kind];
  const text: SymbolLayerSpecification["layout"] = { "text-font": FONT, "text-field": ["get", "name"], "text-offset": [0, 0.7], "text-anchor": "top", "text-max-width": 9 };
  const halo = { "text-halo-color": ground, "text-halo-width": 1.6 } as const;
  const round = { "line-cap": "round", "line-join": "round" } as const;
  return {
    version: 8,
    sources: { network: { type: "geojson", data: EMPTY }, journey: { type: "geojson", data: EMPTY } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": ground } },
      {
        id: "lines", type: "line", source: "network", filter: isKind("route"), layout: round,
        paint: { "line-color": ["get", "color"], "line-opacity": FULL["line-opacity"], "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.4, 13, 3, 16, 5] },
      },
      {
        id: "stops", type: "circle", source: "network", filter: isKind("stop"),
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 1, 11, 2, 13, 3.4, 16, 6],
          "circle-color": ground, "circle-stroke-color": ["get", "color"], "circle-opacity": FULL["circle-opacity"],
          "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 9, 0.8, 13, 1.6, 16, 2.5],
        },
      },
      { id: "casing", type: "line", source: "journey", filter: isKind("ride"), layout: round, paint: { "line-color": ground, "line-width": 10 } },
      { id: "walks", type: "line", source: "journey", filter: isKind("walk"), layout: round, paint: { "line-color": quiet, "line-width": 3.5, "line-dasharray": [0.2, 1.8] } },
      { id: "rides", type: "line", source: "journey", filter: isKind("ride"), layout: round, paint: { "line-color": ["get", "color"], "line-width": 5.5 } },
      {
        id: "calls", type: "circle", source: "journey", filter: isKind("stop"),
        paint: { "circle-radius": 5, "circle-color": ground, "circle-stroke-color": ["get", "color"], "circle-stroke-width": 2.5 },
      },
      {
        id: "stop-names", type: "symbol", source: "network", minzoom: 12.5, filter: isKind("stop"),
        layout: { ...text, "text-size": 11 }, paint: { ...halo, "text-color": quiet },
      },
      {
        id: "call-names", type: "symbol", source: "journey", filter: isKind("stop"),
        layout: { ...text, "text-size": 13 }, paint: { ...halo, "text-color": ink },
      },
    ],
  };
}
