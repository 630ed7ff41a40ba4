import { type DerReader, type DerValue, TAG, X509Error } from './der.ts';

/**
 * Reads a Time of RFC 5280 4.1.2.5: `YYMMDDHHMMSSZ` (1950 to 2049) or `YYYYMMDDHHMMSSZ`, in UTC,
 * without fractions. Milliseconds since the epoch. A GeneralizedTime before 2050 breaks the RFC
 * but means only one thing, and some authorities write it: it is read.
 */
export function readTime(reader: DerReader, what: string): number {
  const general = reader.peek() === TAG.generalizedTime;
  const value = reader.read(general ? TAG.generalizedTime : TAG.utcTime, what);
  const digits = general ? 14 : 12;
  const { bytes } = reader;
  if (value.end - value.content !== digits + 1 || bytes[value.end - 1] !== 0x5a) {
    throw new X509Error(`${what} is not of the form ${general ? 'YYYY' : 'YY'}MMDDHHMMSSZ`, value.content);
  }
  const yearDigits = digits - 10;
  const written = number(bytes, value, 0, yearDigits, what);
  const year = general ? written : written + (written < 50 ? 2000 : 1900);
  const field = (index: number) => number(bytes, value, yearDigits + 2 * index, 2, what);
  const [month, day, hour, minute, second] = [field(0), field(1), field(2), field(3), field(4)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  // Date carries what is out of range over into the next field, which shows: February 30 changes the month, minute 60 the hour.
  const exact = date.getUTCMonth() === month - 1 && date.getUTCHours() === hour && date.getUTCSeconds() === second;
  if (!exact) throw new X509Error(`${what} is not a point in time`, value.content);
  return date.getTime();
}

function number(bytes: Uint8Array, value: DerValue, offset: number, digits: number, what: string): number {
  let result = 0;
  for (let i = value.content + offset; i < value.content + offset + digits; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 9) throw new X509Error(`${what} holds something that is no digit`, i);
    result = result * 10 + digit;
  }
  return result;
}
