/** Letters of other scripts that look like ASCII letters in common fonts (after Unicode UTS #39, single-letter cases). */
const LATIN: readonly (readonly [looks: string, like: string])[] = [
  // Cyrillic
  ['абвеѕіјкмнорсԛтѵԝхуһԁɡ', 'a6besijkmhopcqtvwxyhdg'],
  ['АВЕЅІЈКМНОРСТУХԌԜ', 'ABESIJKMHOPCTYXGW'],
  // Greek
  ['αικνορτυχγ', 'aikvoptuxy'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  // Armenian
  ['աոսցօհքյ', 'wnugohpj'],
  ['ՍՕԼՏ', 'UOLS'],
  // Latin letters that are no ASCII
  ['ıȷɑ', 'ija'],
];

const LIKE = new Map(
  LATIN.flatMap(([looks, like]) => [...looks].map((letter, i) => [letter, [...like][i] ?? letter] as const)),
);

/** The ASCII letter that it looks like. */
export function latinLike(letter: string): string | undefined {
  return LIKE.get(letter);
}
