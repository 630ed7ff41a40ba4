/** Most bytes of a client's string that an event keeps. */
export const MAX_TEXT = 256;

const CUT_MARK = '…';
const CUT_MARK_BYTES = 3;

// Steer terminals and editors, or are invisible there: C0, DEL, C1, zero-width and bidi marks, bidi
// embeddings, overrides and isolates, line and paragraph separators, the byte order mark.
// Surrogate pairs are one character under the `u` flag, so `\p{Cs}` finds only halves.
const UNSAFE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\p{Cs}]/u;
const PLAIN = /^[\x20-\x7e]*$/;

function escaped(character: string, code: number): string {
  if (!UNSAFE.test(character)) return character;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function utf8Length(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/**
 * Makes a string that a client chose fit for people's eyes: control characters, bidi controls
 * and halves of surrogate pairs become `\xNN` or `\uNNNN`, and what would take more than `limit`
 * bytes of UTF-8 is cut between characters and ends in `…`. The result never exceeds `limit`
 * bytes. Escaping what is escaped changes nothing (a backslash stays as it is: the form is for
 * reading, not for reading back).
 */
export function escapeText(text: string, limit: number = MAX_TEXT): string {
  if (text.length <= limit && PLAIN.test(text)) return text;
  let out = '';
  let bytes = 0;
  let room = ''; // `out` as far as it still leaves space for the mark
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const shown = escaped(character, code);
    bytes += shown === character ? utf8Length(code) : shown.length;
    if (bytes > limit) return room + CUT_MARK;
    out += shown;
    if (bytes <= limit - CUT_MARK_BYTES) room = out;
  }
  return out;
}
