// The server's answers, as types, and the requests that the page makes.
import { currentLanguage } from "./i18n";

export type Words = string | { en?: string; id?: string };
export type LonLat = [number, number];

export interface Region { id: string; name: Words; timezone: string; center: LonLat | null }
export interface ProviderInfo {
  id: string; name: string; color: string; feeds: string[];
  n_routes: number; n_stops: number; bbox: [number, number, number, number] | null;
}
export interface Example { name: Words; from: string; to: string }
export interface Catalogue { region: Region; providers: ProviderInfo[]; examples: Example[] }

export interface Place { id: string; name: string; lat: number; lon: number; providers: string[]; kind: "station" | "stop" }

export type NetworkProperties =
  | { kind: "route"; provider: string; route: string; name: string; color: string }
  | { kind: "stop"; provider: string; id: string; name: string };
export type Network = GeoJSON.FeatureCollection<GeoJSON.Geometry, NetworkProperties>;

interface LegEnds {
  from_name: string; from_lat: number; from_lon: number;
  to_name: string; to_lat: number; to_lon: number;
  departure: string; arrival: string; geometry: LonLat[];
}
export interface RideLeg extends LegEnds {
  kind: "ride"; provider: string; from_stop: string; to_stop: string;
  route_short_name: string; route_long_name: string; headsign: string;
  wait_s: number; headway_s: number | null; stay_seated: boolean;
  interchangeable: { route_id: string; route_short_name: string; route_long_name: string; headsign: string }[];
  intermediate_stops: { stop: string; name: string; arrival: string; departure: string }[];
}
export interface WalkLeg extends LegEnds { kind: "walk"; from_place: string; to_place: string; distance_m: number }
export type Leg = RideLeg | WalkLeg;

export interface Money { amount: number | string; currency: string; text?: Words }
export interface Ticket extends Money { name: Words; legs: number[]; providers: string[]; medium: string | null }
export interface Fare extends Money { tickets: Ticket[] }
export interface Option {
  id: string; rank: number; providers: string[]; departure: string; arrival: string;
  duration_s: number; transfers: number; walk_s: number; walk_m: number; wait_s: number;
  arrival_p10: string | null; arrival_p90: string | null; // null: not within a day
  fare: Fare | null; fare_unknown_reason: string | null; fare_unknown_text?: Words | null; badges: string[];
  journey: { departure: string; arrival: string; legs: Leg[] };
}
export interface ProviderAnswer {
  id: string; name: string; color: string; status: "served" | "cannot" | "no_data" | "stale"; reason: Words | null;
}
export interface TradeOff { options: string[]; text: Words }
export interface Dropped { option: string; text: Words }
export interface Comparison { providers: ProviderAnswer[]; options: Option[]; trade_offs: TradeOff[]; dropped: Dropped[] }

// `cheapestWithin`: seconds, or "" where no cheaper trips are asked for.
export interface Trip { from: string; to: string; time: string; arriveBy: boolean; cheapestWithin: string }

// `message` is the server's own sentence, or null where there was no answer to read one from.
export class ApiError extends Error {
  constructor(readonly text: string | null) {
    super(text ?? "no answer");
  }
}

async function get<T>(path: string, query: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
  const search = new URLSearchParams(query).toString();
  const address = new URL(`api/v1/${path}${search ? `?${search}` : ""}`, document.baseURI);
  let response: Response;
  try {
    response = await fetch(address, { signal: signal ?? null, headers: { Accept: "application/json", "Accept-Language": currentLanguage() } });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(null);
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(errorText(body));
  if (body === null) throw new ApiError(null);
  return body as T;
}

function errorText(body: unknown): string | null {
  const text = (body as { error?: unknown } | null)?.error;
  return typeof text === "string" ? text : null;
}

export const getCatalogue = (): Promise<Catalogue> => get("providers");
export const getNetwork = (): Promise<Network> => get("network.geojson");

export interface Feed { id: string; name: string; attribution: string; publisher_name: string }
export const getFeeds = async (): Promise<Feed[]> => (await get<{ feeds: Feed[] }>("feeds")).feeds;

export async function findPlaces(text: string, signal?: AbortSignal): Promise<Place[]> {
  return (await get<{ places: Place[] }>("places", { q: text, limit: "8" }, signal)).places;
}

export function compareTrip(trip: Trip, signal: AbortSignal): Promise<Comparison> {
  const when = trip.arriveBy ? "arrive_by" : "at";
  const cheaper: Record<string, string> = trip.cheapestWithin === "" ? {} : { cheapest_within_s: trip.cheapestWithin };
  return get("compare", { from: trip.from, to: trip.to, [when]: trip.time, ...cheaper }, signal);
}
