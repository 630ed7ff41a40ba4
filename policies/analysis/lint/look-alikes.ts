/** Lint of texts that do not read as they are. */
import type { PolicySource } from '../../source.ts';
import { type Finding, finding } from './finding.ts';
import { latinLike } from './look-alike-letters.ts';
import { policyTexts } from './policy-texts.ts';

const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}\p{Cf}\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;
/** Letters, digits and what is written onto them. */
const WORDS = /[\p{L}\p{N}\p{M}]+/gu;

export function lintLookAlikes(policy: PolicySource): Finding[] {
  const texts = [...policyTexts(policy)].filter(({ text }) => text.isWellFormed());
  const plain = new Set(texts.map(({ text }) => text));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII is what is looked for
  const foreign = texts.filter(({ text }) => /[^\u0000-\u007f]/.test(text));
  return foreign.flatMap(({ path, text }) => {
    const message = strange(text) ?? twin(text, plain);
    return message === undefined ? [] : [finding('look-alike', path, message)];
  });
}

function strange(text: string): string | undefined {
  const invisible = INVISIBLE.exec(text);
  if (invisible !== null) return `holds the invisible character ${codePoint(invisible[0])}`;
  if (text.normalize('NFC') !== text)
    return 'holds accents that are not composed (not NFC): the composed text looks the same';
  for (const letter of text) {
    const compatible = letter.normalize('NFKC');
    if (letter > '\u007f' && /^[!-~]+$/.test(compatible))
      return `holds ${codePoint(letter)}, which looks like ${JSON.stringify(compatible)}`;
  }
  for (const [word] of text.matchAll(WORDS)) {
    if (!/[A-Za-z]/.test(word)) continue;
    const letter = [...word].find((one) => latinLike(one) !== undefined);
    if (letter !== undefined)
      return `holds ${codePoint(letter)} among Latin letters, which looks like "${latinLike(letter)}"`;
  }
  return undefined;
}

/** Another text of the policy that looks the same: where all letters look like Latin ones, no single one gives it away. */
function twin(text: string, others: ReadonlySet<string>): string | undefined {
  const seen = [...text].map((letter) => latinLike(letter) ?? letter).join('');
  return seen !== text && others.has(seen)
    ? `looks like the other text ${JSON.stringify(seen)} of the policy and is not the same`
    : undefined;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
