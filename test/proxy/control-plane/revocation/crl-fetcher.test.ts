import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { CrlFetcher } from '../../../../proxy/control-plane/revocation/crl-fetcher.ts';
import { DrivenTiming } from '../../../support/driven-timing.ts';
import { waitFor } from '../../../support/wait.ts';

/** A server whose answer a test may change, and a fetcher that watches it every minute. */
async function rig(maxTotal?: number) {
  const asked: IncomingMessage[] = [];
  const state = {
    answer: (_request: IncomingMessage, response: ServerResponse): void => {
      response.end('one');
    },
    dueAt: (_bytes: Uint8Array): number | null => null,
  };
  const server = createServer((request, response) => {
    asked.push(request);
    state.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/list.crl`;
  const timing = new DrivenTiming();
  const failures: string[] = [];
  let changes = 0;
  const fetcher = new CrlFetcher({
    timing,
    ...(maxTotal !== undefined && { maxTotal }),
    wallClock: () => timing.now(),
    dueAt: (bytes) => state.dueAt(bytes),
    onChange: () => changes++,
    onFailure: (_url, words, again) => failures.push(`${again}: ${words}`),
  });
  fetcher.want(new Map([[url, 60_000]]));
  return {
    ...{ asked, state, url, timing, failures, fetcher, port },
    held: () => Buffer.from(fetcher.contents.get(url) ?? []).toString(),
    changes: () => changes,
    /** Lets `ms` pass and waits for the request that it brings. */
    async next(ms: number): Promise<void> {
      const before = asked.length;
      await waitFor('the timer', () => timing.set.length > 0);
      timing.advance(ms);
      await waitFor('a request', () => asked.length > before);
      await waitFor('its end', () => timing.set.length > 0);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      fetcher.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('what a URL holds is kept and asked for again, conditionally; only a change is told', async () => {
  await using r = await rig();
  r.state.answer = (request, response) => {
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
    else response.setHeader('etag', '"1"').end('one');
  };
  await waitFor('the first content', () => r.held() === 'one');
  assert.equal(r.changes(), 1);
  await r.next(60_000);
  assert.equal(r.asked.at(-1)?.headers['if-none-match'], '"1"');
  assert.deepEqual([r.held(), r.changes()], ['one', 1]);
  r.state.answer = (_request, response) =>
    void response.setHeader('last-modified', 'Tue, 24 Nov 2026 00:00:00 GMT').end('two');
  await r.next(60_000);
  assert.deepEqual([r.held(), r.changes()], ['two', 2]);
  await r.next(60_000);
  assert.equal(r.asked.at(-1)?.headers['if-modified-since'], 'Tue, 24 Nov 2026 00:00:00 GMT');
  assert.deepEqual([r.held(), r.changes(), r.failures], ['two', 2, []]);
});

const FAULTS: readonly (readonly [what: string, answer: (response: ServerResponse) => void, words: RegExp])[] = [
  ['a status', (response) => response.writeHead(500).end(), /^1000: HTTP status 500$/],
  ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /^1000: .*redirect/],
  [
    'a body that breaks off',
    (response) => response.writeHead(200, { 'content-length': 9 }).end('x', () => response.destroy()),
    /^1000: /,
  ],
  [
    'an answer "unchanged" to the first question',
    (response) => response.writeHead(304).end(),
    /^1000: HTTP status 304$/,
  ],
];

for (const [what, answer, words] of FAULTS) {
  test(`${what} is a failure in words, and tried again sooner`, async () => {
    await using r = await rig();
    r.state.answer = (_request, response) => answer(response);
    await waitFor('the failure', () => r.failures.length > 0);
    assert.match(r.failures[0] ?? '', words);
    assert.equal(r.held(), '');
    await r.next(1000);
    assert.match(r.failures[1] ?? '', /^2000: /);
    r.state.answer = (_request, response) => void response.end('back');
    await r.next(2000);
    await waitFor('the content', () => r.held() === 'back');
  });
}

test('what there was is kept over a failure, and given up when it is not wanted any more', async () => {
  await using r = await rig();
  await waitFor('the first content', () => r.held() === 'one');
  r.state.answer = (_request, response) => void response.destroy();
  await r.next(60_000);
  await waitFor('the failure', () => r.failures.length > 0);
  assert.equal(r.held(), 'one');
  r.fetcher.want(new Map());
  assert.deepEqual([r.held(), r.timing.set.length], ['', 0]);
});

test('one URL more is asked for at once; the end of its first attempt is told, to all who want it', async () => {
  await using r = await rig();
  await waitFor('the first content', () => r.held() === 'one');
  r.state.answer = (request, response) =>
    request.url === '/bad' ? void response.writeHead(404).end() : void response.end('two');
  const [good, bad] = [`${r.url}/good`, r.url.replace('list.crl', 'bad')];
  assert.deepEqual(await Promise.all([good, bad, good, r.url].map((url) => r.fetcher.add(url, 60_000))), [
    true,
    false,
    true,
    true,
  ]);
  assert.deepEqual(r.asked.map(({ url }) => url).sort(), ['/bad', '/list.crl', '/list.crl/good']);
  assert.equal(Buffer.from(r.fetcher.contents.get(good) ?? []).toString(), 'two');
});

test('who waits for a URL that is given up waits no longer', async () => {
  await using r = await rig();
  r.state.answer = () => {};
  const waiting = r.fetcher.add(`${r.url}/slow`, 60_000);
  r.fetcher.want(new Map());
  assert.equal(await waiting, false);
});

test('all lists together have a bound: what is beyond it fails, what was there stays, what goes makes room', async () => {
  await using r = await rig(10);
  r.state.answer = (_request, response) => void response.end('seven..');
  await waitFor('the first content', () => r.held() !== '');
  const more = `${r.url}/more`;
  assert.equal(await r.fetcher.add(more, 60_000), false);
  assert.match(r.failures.join(), /the lists of all URLs have more than 10 bytes together/);
  assert.equal(r.fetcher.contents.size, 1);
  r.fetcher.want(new Map());
  assert.equal(await r.fetcher.add(more, 60_000), true);
});

test('whose first attempt brought nothing is there all the same once a later one did', async () => {
  await using r = await rig();
  r.state.answer = (_request, response) => void response.writeHead(500).end();
  assert.equal(await r.fetcher.add(r.url, 60_000), false);
  assert.equal(await r.fetcher.add(r.url, 60_000), false, 'nobody waits for a second attempt');
  r.state.answer = (_request, response) => void response.end('late');
  await r.next(1000);
  await waitFor('the content', () => r.held() === 'late');
  assert.equal(await r.fetcher.add(r.url, 60_000), true);
});

test('a list that runs out before it would be fetched again is asked for at half of its time, at most every 30 s', async () => {
  await using r = await rig();
  await waitFor('the first content', () => r.timing.set.length > 0);
  const dues: string[] = [];
  r.state.dueAt = (bytes) => {
    dues.push(Buffer.from(bytes).toString());
    return 160_000;
  };
  r.state.answer = (_request, response) => void response.end('two');
  await r.next(60_000);
  for (const pause of [50_000, 30_000, 30_000]) {
    assert.deepEqual(r.timing.set, [pause]);
    await r.next(pause);
  }
  assert.equal(r.timing.now(), 170_000);
  assert.deepEqual(r.timing.set, [30_000], 'it is overdue');
  assert.deepEqual(dues, ['two'], 'read once');
  r.state.dueAt = () => 9_000_000;
  r.state.answer = (_request, response) => void response.end('three');
  await r.next(30_000);
  assert.deepEqual(r.timing.set, [60_000]);
});
