const DAY = 86_400_000;
/** Days before each month of a year that is no leap year. */
const BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Milliseconds since the epoch of the thirteen octets `YYMMDDHHMMSSZ` at `at`; -Infinity where they are
 * anything else. A list has one of these for each entry, so there is neither a Date nor an object.
 */
export function utcTime(bytes: Uint8Array, at: number): number {
  const yy = two(bytes, at);
  const month = two(bytes, at + 2);
  const day = two(bytes, at + 4);
  const hour = two(bytes, at + 6);
  const minute = two(bytes, at + 8);
  const second = two(bytes, at + 10);
  if (bytes[at + 12] !== 0x5a || yy < 0 || month < 1 || month > 12 || day < 1) return Number.NEGATIVE_INFINITY;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return Number.NEGATIVE_INFINITY;
  const year = yy < 50 ? 2000 + yy : 1900 + yy;
  // From 1950 to 2049 every fourth year is a leap year, 2000 too.
  const leap = year % 4 === 0;
  if (day > (IN_MONTH[month - 1] as number) + (leap && month === 2 ? 1 : 0)) return Number.NEGATIVE_INFINITY;
  const leapDays = Math.floor((year - 1) / 4) - 492 + (leap && month > 2 ? 1 : 0);
  const days = (year - 1970) * 365 + leapDays + (BEFORE[month - 1] as number) + day - 1;
  return days * DAY + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Two decimal digits; negative where they are none. */
function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 0x30;
  const ones = (bytes[at + 1] as number) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
