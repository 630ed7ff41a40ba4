import assert from 'node:assert/strict';
import test from 'node:test';
import type { GateConfig } from '../../../../proxy/control-plane/config/model.ts';
import { expiredReplacements } from '../../../../proxy/control-plane/generations/expired-replacement.ts';
import { testPki } from '../../../support/pki.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const DAY = 86_400_000;

type Name = 'valid' | 'valid2' | 'expired' | 'expired2';

const CASES: readonly (readonly [
  name: string,
  before: Readonly<Record<string, readonly Name[]>>,
  next: Readonly<Record<string, readonly Name[]>>,
  refused: number,
])[] = [
  ['a valid one by an expired one', { plant: ['valid'] }, { plant: ['expired'] }, 1],
  ['a valid one by a valid one', { plant: ['valid'] }, { plant: ['valid2'] }, 0],
  ['an expired one by a valid one', { plant: ['expired'] }, { plant: ['valid'] }, 0],
  ['an expired one by an expired one', { plant: ['expired'] }, { plant: ['expired2'] }, 0],
  ['an expired one that stays', { plant: ['expired'] }, { plant: ['expired'] }, 0],
  ['a listener that is new', { plant: ['valid'] }, { plant: ['valid'], orders: ['expired'] }, 0],
  ['a listener that another one stands before now', { plant: ['valid'] }, { orders: ['valid'], plant: ['expired'] }, 1],
  ['a second certificate', { plant: ['valid', 'valid2'] }, { plant: ['valid', 'expired'] }, 1],
  ['a second certificate where there was none', { plant: ['valid'] }, { plant: ['valid', 'expired'] }, 0],
  ['certificates in another order', { plant: ['valid', 'expired'] }, { plant: ['expired', 'valid'] }, 0],
  ['two listeners', { a: ['valid'], b: ['valid'] }, { a: ['expired'], b: ['expired2'] }, 2],
];

for (const [name, before, next, refused] of CASES) {
  test(`what may not be replaced: ${name}: ${refused} refused`, async () => {
    const words = expiredReplacements(await content(next), await content(before), NOW);
    assert.equal(words.length, refused, words.join());
  });
}

test('the end of the certificate itself is not past', async () => {
  const [next, before] = [await content({ plant: ['expired'] }), await content({ plant: ['valid'] })];
  assert.equal(expiredReplacements(next, before, NOW - DAY).length, 0);
  const [words] = expiredReplacements(next, before, NOW - DAY + 1);
  assert.match(
    words ?? '',
    /^listener plant: the certificate [0-9A-F]+ expired on 2029-12-31T00:00:00.000Z; the one in force is valid until 2030-01-02T00:00:00.000Z$/,
  );
});

async function content(listeners: Readonly<Record<string, readonly Name[]>>): Promise<GateConfig> {
  const made = await certificates();
  const plans = Object.entries(listeners).map(([name, [first = 'valid', ...others]]) => {
    const certificates = others.map((other) => ({ certificate: made.get(other) }));
    return { plan: { name, tls: { certificate: made.get(first), certificates } } };
  });
  return { listeners: plans } as unknown as GateConfig;
}

let made: Promise<ReadonlyMap<string, string>> | undefined;

function certificates(): Promise<ReadonlyMap<string, string>> {
  made ??= (async () => {
    const pki = await testPki();
    const ends = { valid: DAY, valid2: DAY, expired: -DAY, expired2: -DAY } satisfies Record<Name, number>;
    const entries = Object.entries(ends).map(async ([name, end]) => {
      const lifetime = { notBefore: new Date(NOW - 9 * DAY), notAfter: new Date(NOW + end) };
      const { cert } = await pki.issue({ subject: `CN=${name}`, dns: [name], eku: 'server', ...lifetime });
      return [name, cert] as const;
    });
    return new Map(await Promise.all(entries));
  })();
  return made;
}
