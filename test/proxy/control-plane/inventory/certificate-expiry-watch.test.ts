import assert from 'node:assert/strict';
import test from 'node:test';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import type { CertificateEntry, Inventory } from '../../../../proxy/control-plane/api/inventory.ts';
import {
  type ExpiryWatchDeps,
  watchExpiry,
} from '../../../../proxy/control-plane/inventory/certificate-expiry-watch.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Told {
  /** Hours since the start. */
  readonly at: number;
  readonly level: string;
  readonly words: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Looks from hour 0 on; a certificate ends so many milliseconds after that. */
function watching(start: Inventory) {
  const clock = new VirtualTimeScheduler();
  const changes$ = new Subject<void>();
  const told: Told[] = [];
  const say = (level: string) => (facts: Told['facts'], words: string) =>
    void told.push({ at: clock.frame / HOUR, level, words, facts });
  const state = { inventory: start };
  const logger = { warn: say('warn'), error: say('error') } as unknown as ExpiryWatchDeps['logger'];
  const subscription = watchExpiry({ inventory: () => state.inventory, changes$, logger }, clock);
  const until = (time: number): void => {
    clock.maxFrames = time;
    clock.flush();
  };
  return { told, until, state, changes$, subscription };
}

const certificate = (sha256: string, end: number): CertificateEntry => ({
  subject: `CN=${sha256}`,
  issuer: 'CN=ca',
  serial: '0A',
  sha256,
  spkiSha256: '',
  names: [],
  key: { type: 'ec' },
  signatureAlgorithm: '',
  notBefore: '',
  notAfter: new Date(end).toISOString(),
  daysLeft: 0,
});

function inventory(...certificates: readonly CertificateEntry[]): Inventory {
  const revocation = { mode: 'off', maxStaleness: 0, onStale: 'deny', lists: [] } as const;
  const store = { name: 'devices', anchors: 'roots', pins: [], listeners: [], certificates, revocation } as const;
  return { time: '', hash: '', listeners: [], stores: [store], upstreams: [] };
}

const short = ({ at, level, words }: Told): string => `${at} ${level} ${words}`;
const LESS = 'warn a certificate in use expires in less than';

test('a certificate is told of once when it passes each threshold', () => {
  const { told, until } = watching(inventory(certificate('a', 31 * DAY)));
  until(40 * DAY);
  assert.deepEqual(told.map(short), [
    `${24 + 1} ${LESS} 30 days`,
    `${24 * 24 + 1} ${LESS} 7 days`,
    `${30 * 24 + 1} ${LESS} a day`,
    `${31 * 24 + 1} error a certificate in use has expired`,
  ]);
});

const AT_START: readonly (readonly [left: number, words: readonly string[]])[] = [
  [31 * DAY, []],
  [30 * DAY - 1, [`0 ${LESS} 30 days`]],
  [5 * DAY, [`0 ${LESS} 7 days`]],
  [HOUR, [`0 ${LESS} a day`]],
];

for (const [left, words] of AT_START) {
  test(`${left / DAY} days before the end only the nearest threshold is told, at once`, () => {
    const { told, until } = watching(inventory(certificate('a', left)));
    until(HOUR / 2);
    assert.deepEqual(told.map(short), words);
  });
}

test('it is said which certificate it is and where it is used, once for all places', () => {
  const one = certificate('a', DAY);
  const base = inventory(one);
  const upstreams = [{ listener: 'plant', addresses: [], tls: { pins: [], ca: [one] } }];
  const { told, until } = watching({ ...base, upstreams });
  until(0);
  assert.equal(told.length, 1);
  assert.deepEqual(told[0]?.facts, {
    subject: 'CN=a',
    serial: '0A',
    sha256: 'a',
    notAfter: '1970-01-02T00:00:00.000Z',
    usedBy: ['store devices (client-ca)', 'upstream plant (broker-ca)'],
  });
});

test('what comes into force is looked at at once, and each certificate counts for itself', () => {
  const { told, until, state, changes$ } = watching(inventory(certificate('a', 5 * DAY)));
  until(0);
  state.inventory = inventory(certificate('a', 5 * DAY), certificate('b', 5 * DAY));
  changes$.next();
  assert.deepEqual(
    told.map(({ facts }) => facts['sha256']),
    ['a', 'b'],
  );
  state.inventory = inventory(certificate('c', 90 * DAY));
  changes$.next();
  assert.equal(told.length, 2);
});

test('nothing is looked at after the end', () => {
  const { told, until, subscription } = watching(inventory(certificate('a', 31 * DAY)));
  until(0);
  subscription.unsubscribe();
  until(40 * DAY);
  assert.deepEqual(told, []);
});
