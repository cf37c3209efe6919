// Clock times of the region, whatever zone the reader's own machine is in. "Local" is "YYYY-MM-DDTHH:MM".

function localParts(instant: number, zone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(instant).map((part) => [part.type, part.value]));
}

export function toLocal(instant: number, zone: string): string {
  const p = localParts(instant, zone);
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

function offsetMinutes(instant: number, zone: string): number {
  return Math.round((Date.parse(`${toLocal(instant, zone)}Z`) - instant) / 60_000);
}

// A local time that falls into the hour skipped in spring is read with the offset before the change.
export function toIso(local: string, zone: string): string {
  const asUtc = Date.parse(`${local}Z`);
  const guess = asUtc - offsetMinutes(asUtc, zone) * 60_000;
  const minutes = offsetMinutes(guess, zone);
  const sign = minutes < 0 ? "-" : "+";
  const two = (n: number): string => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return `${local}:00${sign}${two(minutes / 60)}:${two(minutes % 60)}`;
}

// Reads a time of the page's address: with an offset it is an instant, without one it is local already.
export function readLocal(text: string, zone: string): string | null {
  if (/(Z|[+-]\d\d:?\d\d)$/.test(text)) {
    const instant = Date.parse(text);
    return Number.isNaN(instant) ? null : toLocal(instant, zone);
  }
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? text.slice(0, 16) : null;
}

export function nowLocal(zone: string): string {
  const step = 5 * 60_000;
  return toLocal(Math.ceil(Date.now() / step) * step, zone);
}

// Answers carry the offset of the place they speak of, so their own digits are what a clock there shows.
export const clock = (iso: string): string => iso.slice(11, 16);

export function daysLater(iso: string, reference: string): number {
  return Math.round((Date.parse(iso.slice(0, 10)) - Date.parse(reference.slice(0, 10))) / 86_400_000);
}

// The next whole minute, by the answer's own digits.
export const minuteAfter = (iso: string): string =>
  new Date(Math.ceil(Date.parse(`${iso.slice(0, 19)}Z`) / 60_000) * 60_000).toISOString();
