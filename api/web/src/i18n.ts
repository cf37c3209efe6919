// Every word of the page in both languages, and how numbers are written.
import type { Money, Words } from "./api";

export type Language = "en" | "id";

const EN = {
  skip: "Skip to results",
  tagline: "Compare transport providers, trip by trip",
  language: "Language",
  map: "Map",
  data_by: "Data:",
  map_hint: "Click the map to choose where you start, then where you go",
  map_hint_to: "Now click where you go",
  map_failed: "The map could not be shown here. You can still type places.",
  network_failed: "The lines could not be loaded. Comparing still works.",
  zoom_in: "Zoom in",
  zoom_out: "Zoom out",
  plan: "Plan a trip",
  from: "From",
  to: "To",
  place_hint: "Stop, station or lat,lon",
  clear: "Clear",
  swap: "Swap start and destination",
  when: "When",
  depart_at: "Depart at",
  arrive_by: "Arrive by",
  date_time: "Date and time",
  cheaper: "Cheaper, slower trips",
  cheaper_no: "No",
  cheaper_15: "Up to 15 min longer",
  cheaper_30: "Up to 30 min longer",
  cheaper_60: "Up to an hour longer",
  compare: "Compare",
  examples: "Try a trip",
  providers_here: "Providers here",
  provider_size: "{routes} routes · {stops} stops",
  provider_size_one: "1 route · {stops} stops",
  results: "Results",
  place_missing: "Choose a start and a destination first: type a name and pick it from the list, or click the map.",
  place_unknown: "“{text}” is not a place in the list. Pick one of the suggestions or click the map.",
  time_missing: "Choose a date and a time.",
  no_places: "No stop of that name",
  places_found: "{n} suggestions",
  station: "station",
  loading: "Weighing the options…",
  found: "{n} options in {lanes} combinations of providers. Fastest: {best}.",
  found_one: "1 option. It takes {best}.",
  nothing: "No trip found",
  nothing_more: "Nothing connects these two places at that time. Try another time, or places nearer to a line.",
  failed: "That did not work",
  no_server: "The server does not answer. Check the connection and try again.",
  retry: "Try again",
  only: "{name} only",
  together: "{n} providers together",
  walking: "Walking all the way",
  more: "Show {n} more",
  not_compared: "Not in this comparison",
  status_cannot: "cannot make this trip",
  status_no_data: "no data for this day",
  status_stale: "data out of date",
  direct: "direct",
  transfer: "1 transfer",
  transfers: "{n} transfers",
  walk: "{m} walk",
  no_walk: "no walking",
  against_first: "Against #1:",
  wait: "{t} waiting",
  no_wait: "no waiting",
  likely: "likely there {from}–{to}",
  likely_from: "likely there {from} or much later",
  likely_never: "likely not there within a day",
  fare_unknown: "fare unknown",
  tickets: "Tickets",
  next_day: "+{n} day",
  leg_walk: "Walk {m}, {t}",
  leg_wait: "wait {t}",
  leg_every: "about every {t}",
  leg_or: "or {lines}, whichever comes first",
  leg_towards: "towards {name}",
  leg_stay: "stay on board",
  leg_stops: "{n} stops on the way",
  leg_stop: "1 stop on the way",
  start: "Start",
  destination: "Destination",
  badge_fastest: "fastest",
  badge_cheapest: "cheapest",
  badge_fewest_transfers: "fewest transfers",
  badge_least_walking: "least walking",
  badge_single_provider: "one provider",
  badge_earliest_arrival: "arrives first",
  badge_latest_departure: "leaves last",
  badge_least_waiting: "least waiting",
  reason_unknown_origin: "the start is not known",
  reason_unknown_destination: "the destination is not known",
  reason_before_service: "its timetable starts later",
  reason_after_service: "its timetable has ended",
  reason_no_stop_in_reach: "none of its stops is within walking distance",
  reason_no_connection: "its lines do not connect these places at that time",
  reason_same_place: "start and destination are the same place",
  reason_walk_only: "walking is as quick",
} as const;

export type Key = keyof typeof EN;

const ID: Record<Key, string> = {
  skip: "Langsung ke hasil",
  tagline: "Bandingkan penyedia transportasi, per perjalanan",
  language: "Bahasa",
  map: "Peta",
  data_by: "Data:",
  map_hint: "Klik peta untuk memilih titik awal, lalu tujuan",
  map_hint_to: "Sekarang klik tujuan Anda",
  map_failed: "Peta tidak dapat ditampilkan di sini. Anda tetap dapat mengetik tempat.",
  network_failed: "Jalur tidak dapat dimuat. Perbandingan tetap berfungsi.",
  zoom_in: "Perbesar",
  zoom_out: "Perkecil",
  plan: "Rencanakan perjalanan",
  from: "Dari",
  to: "Ke",
  place_hint: "Halte, stasiun, atau lat,lon",
  clear: "Hapus",
  swap: "Tukar awal dan tujuan",
  when: "Waktu",
  depart_at: "Berangkat",
  arrive_by: "Tiba sebelum",
  date_time: "Tanggal dan jam",
  cheaper: "Lebih murah, lebih lama",
  cheaper_no: "Tidak",
  cheaper_15: "Hingga 15 mnt lebih lama",
  cheaper_30: "Hingga 30 mnt lebih lama",
  cheaper_60: "Hingga satu jam lebih lama",
  compare: "Bandingkan",
  examples: "Coba perjalanan",
  providers_here: "Penyedia di sini",
  provider_size: "{routes} rute · {stops} halte",
  provider_size_one: "1 rute · {stops} halte",
  results: "Hasil",
  place_missing: "Pilih dulu titik awal dan tujuan: ketik nama lalu pilih dari daftar, atau klik peta.",
  place_unknown: "“{text}” tidak ada dalam daftar. Pilih salah satu saran atau klik peta.",
  time_missing: "Pilih tanggal dan jam.",
  no_places: "Tidak ada halte dengan nama itu",
  places_found: "{n} saran",
  station: "stasiun",
  loading: "Menimbang pilihan…",
  found: "{n} pilihan dalam {lanes} kombinasi penyedia. Tercepat: {best}.",
  found_one: "1 pilihan. Lamanya {best}.",
  nothing: "Perjalanan tidak ditemukan",
  nothing_more: "Tidak ada yang menghubungkan kedua tempat pada waktu itu. Coba waktu lain, atau tempat yang lebih dekat ke jalur.",
  failed: "Terjadi kendala",
  no_server: "Server tidak menjawab. Periksa koneksi lalu coba lagi.",
  retry: "Coba lagi",
  only: "Hanya {name}",
  together: "{n} penyedia bersama",
  walking: "Jalan kaki sepenuhnya",
  more: "Tampilkan {n} lagi",
  not_compared: "Tidak ada dalam perbandingan ini",
  status_cannot: "tidak melayani perjalanan ini",
  status_no_data: "tidak ada data untuk hari ini",
  status_stale: "data kedaluwarsa",
  direct: "langsung",
  transfer: "1 kali pindah",
  transfers: "{n} kali pindah",
  walk: "jalan {m}",
  no_walk: "tanpa jalan kaki",
  against_first: "Dibanding #1:",
  wait: "menunggu {t}",
  no_wait: "tanpa menunggu",
  likely: "kemungkinan tiba {from}–{to}",
  likely_from: "kemungkinan tiba {from} atau jauh lebih lambat",
  likely_never: "kemungkinan tidak tiba dalam sehari",
  fare_unknown: "tarif tidak diketahui",
  tickets: "Tiket",
  next_day: "+{n} hari",
  leg_walk: "Jalan kaki {m}, {t}",
  leg_wait: "tunggu {t}",
  leg_every: "kira-kira tiap {t}",
  leg_or: "atau {lines}, mana yang datang lebih dulu",
  leg_towards: "arah {name}",
  leg_stay: "tetap di kendaraan",
  leg_stops: "{n} perhentian di antaranya",
  leg_stop: "1 perhentian di antaranya",
  start: "Awal",
  destination: "Tujuan",
  badge_fastest: "tercepat",
  badge_cheapest: "termurah",
  badge_fewest_transfers: "paling sedikit pindah",
  badge_least_walking: "paling sedikit jalan",
  badge_single_provider: "satu penyedia",
  badge_earliest_arrival: "tiba paling awal",
  badge_latest_departure: "berangkat paling akhir",
  badge_least_waiting: "paling sedikit menunggu",
  reason_unknown_origin: "titik awal tidak dikenal",
  reason_unknown_destination: "tujuan tidak dikenal",
  reason_before_service: "jadwalnya mulai kemudian",
  reason_after_service: "jadwalnya sudah berakhir",
  reason_no_stop_in_reach: "tidak ada haltenya dalam jarak jalan kaki",
  reason_no_connection: "jalurnya tidak menghubungkan kedua tempat pada waktu itu",
  reason_same_place: "awal dan tujuan adalah tempat yang sama",
  reason_walk_only: "jalan kaki sama cepatnya",
};

let language: Language = "en";

export const currentLanguage = (): Language => language;

export function setLanguage(next: Language): void {
  language = next;
  document.documentElement.lang = next;
}

export function preferredLanguage(wanted: string | null): Language {
  if (wanted === "en" || wanted === "id") return wanted;
  return /^(id|in)\b/i.test(navigator.language) ? "id" : "en";
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  const sentence = language === "id" ? ID[key] : EN[key];
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

// For codes that the server may add before this page knows them: words where known, else the code itself.
export function known(prefix: "badge" | "reason" | "status", code: string): string {
  const key = `${prefix}_${code}`;
  return key in EN ? t(key as Key) : code.replaceAll("_", " ");
}

export function words(value: Words | null | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : (value[language] ?? value.en ?? value.id ?? "");
}

export function translatePage(): void {
  for (const node of document.querySelectorAll<HTMLElement>("[data-t]")) node.textContent = t(node.dataset.t as Key);
  for (const node of document.querySelectorAll<HTMLElement>("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel as Key));
  }
  for (const node of document.querySelectorAll<HTMLInputElement>("[data-t-placeholder]")) {
    node.placeholder = t(node.dataset.tPlaceholder as Key);
  }
}

export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const [hour, minute] = language === "id" ? ["j", "mnt"] : ["h", "min"];
  if (seconds > 0 && minutes === 0) return `< 1 ${minute}`;
  if (minutes < 60) return `${minutes} ${minute}`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} ${hour}` : `${Math.floor(minutes / 60)} ${hour} ${rest} ${minute}`;
}

const number = (value: number, digits: number): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

export const count = (value: number): string => number(value, 0);

export function distance(metres: number): string {
  return metres < 995 ? `${number(Math.round(metres / 10) * 10, 0)} m` : `${number(metres / 1000, 1)} km`;
}

// As the server has written it; else as the browser writes it.
export function money(fare: Money): string {
  if (fare.text !== undefined) return words(fare.text);
  const amount = Number(fare.amount);
  try {
    const digits = Number.isInteger(amount) ? 0 : 2;
    return new Intl.NumberFormat(language, {
      style: "currency", currency: fare.currency, currencyDisplay: "narrowSymbol",
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    }).format(amount);
  } catch {
    return `${fare.amount} ${fare.currency}`;
  }
}
