/**
 * With `tls.stapling` a client that asks for it is shown what the responder of the authority says of the certificate:
 * a good word that holds, each certificate its own, on every worker; never a bad, an old or a foreign one, and no
 * handshake waits for a responder.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { issueInto } from '../../proxy/cli/pki/directory.ts';
import { runChild } from '../support/child.ts';
import type { Section } from '../support/gate-config.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { type Lab, lab, responder, standIn } from '../support/ocsp-lab.ts';
import { type Credentials, testPki, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { saidBy, shownWithStaple } from '../support/stapled.ts';
import { waitFor } from '../support/wait.ts';

const pki = await testPki();
/** No broker: nobody sends a packet. */
const BROKER = 1;

/** A server certificate of the lab, with the one of its issuer behind it. */
async function serverOf(own: Lab, name: string, ocspUrl?: string): Promise<Credentials> {
  const request = {
    subject: `CN=${name}`,
    dns: [name],
    eku: 'server',
    ...(ocspUrl && { ocspUrl: [ocspUrl] }),
  } as const;
  await issueInto(own.dir, name, request, true);
  const read = (file: string) => readFileSync(join(own.dir, file), 'utf8');
  return { cert: read(`${name}.pem`), key: read(`${name}.key`), ca: read('ca.pem') };
}

/** A gate of two workers that shows these certificates, the first to all. */
async function gateWith(servers: readonly Credentials[], tls: Section): Promise<ObservedGate> {
  const gate = await startObservedGate({ broker: BROKER, more: { workers: 2, reloadInterval: '0s' } });
  await show(gate, servers, tls);
  return gate;
}

async function show(gate: ObservedGate, servers: readonly Credentials[], tls: Section): Promise<void> {
  const [first, ...others] = servers.map(({ cert, key, ca }, i) => {
    gate.dir.write(`s${i}.pem`, cert + ca);
    gate.dir.write(`s${i}.key`, key);
    return { certificate: `s${i}.pem`, key: `s${i}.key` };
  });
  const admission = { exempt: ['127.0.0.0/8'] };
  const listener = { admission, tls: { clients: ['devices'], ...first, certificates: others, ...tls } };
  gate.configure({ broker: BROKER, listener, more: { workers: 2, reloadInterval: '0s' } });
  assert.deepEqual((await gate.gate.reload()).errors, []);
}

const client = (server: Credentials): Promise<Credentials> =>
  pki.device('pump-1').then((device) => ({ ...device, ca: server.ca }));

const stapled = (gate: ObservedGate): Promise<true> =>
  waitFor('a staple for every certificate', () => gate.metric('headgate_staples_missing') === 0 || undefined).then(
    () => true,
  );

/** Asks until all workers were told, then some more: each must show it. */
async function said(gate: ObservedGate, server: Credentials, how: object = {}): Promise<Set<string>> {
  const device = await client(server);
  const words = new Set<string>();
  for (let i = 0; i < 6; i++) {
    words.add(saidBy((await shownWithStaple(gate, device, how)).staple, server.cert, server.ca));
  }
  return words;
}

test('each certificate with its own answer, of the responder that it names, in TLS 1.2 and 1.3', async () => {
  await using own = await lab();
  const ocsp = await responder(own);
  try {
    const servers = [await serverOf(own, 'localhost', ocsp.url), await serverOf(own, 'b.example', ocsp.url)];
    const [a, b] = servers as [Credentials, Credentials];
    await using gate = await gateWith(servers, { stapling: 'aia' });
    await stapled(gate);
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      assert.deepEqual(await said(gate, a, { maxVersion }), new Set(['good']));
      assert.deepEqual(await said(gate, b, { servername: 'b.example', maxVersion }), new Set(['good']));
    }
    const until = gate.metric('headgate_staple_fresh_until_timestamp_seconds', { listener: 'mqtt' });
    assert.ok(until * 1000 > Date.now() && until * 1000 <= Date.now() + 3_600_000);
  } finally {
    await ocsp.close();
  }
});

test('OpenSSL takes the answer of a delegate, and verifies it', { skip: without('openssl') }, async () => {
  await using own = await lab();
  const ocsp = await responder(own, { delegated: true });
  try {
    const server = await serverOf(own, 'localhost');
    await using gate = await gateWith([server], { stapling: ocsp.url });
    await stapled(gate);
    const device = await client(server);
    const { cert, key, ca } = writeCredentials(gate.dir, 'client', device);
    const to = ['-connect', `127.0.0.1:${gate.port()}`, '-servername', 'localhost'];
    const files = ['-cert', cert, '-key', key, '-CAfile', ca];
    const { stdout } = await runChild('openssl', ['s_client', '-status', '-verify_return_error', ...to, ...files]);
    assert.match(stdout, /OCSP Response Status: successful/);
    assert.match(stdout, /Cert Status: good/);
    const { staple } = await shownWithStaple(gate, device);
    const response = gate.dir.file('staple.der');
    writeFileSync(response, staple ?? '');
    const about = ['-issuer', ca, '-cert', gate.dir.write('server.cert', server.cert)];
    const checked = await runChild('openssl', ['ocsp', '-respin', response, ...about, '-CAfile', ca, '-no_nonce']);
    assert.match(`${checked.stdout}${checked.stderr}`, /: good[\s\S]*Response verify OK/);
  } finally {
    await ocsp.close();
  }
});

test('nothing is stapled to a certificate that is revoked, and the alarm is loud', async () => {
  await using own = await lab();
  const ocsp = await responder(own);
  try {
    const server = await serverOf(own, 'localhost');
    await own.revoke('localhost');
    await using gate = await gateWith([server], { stapling: ocsp.url });
    const alarm = await waitFor(
      'the alarm',
      () =>
        gate.logged(
          'a server certificate is revoked, as its OCSP responder says: replace it; nothing is stapled for it',
        )[0],
    );
    assert.deepEqual([alarm.level, alarm['listeners'], alarm['subject']], ['error', ['mqtt'], 'CN=localhost']);
    assert.deepEqual(await said(gate, server), new Set(['nothing']));
    assert.equal(gate.metric('headgate_staples_missing'), 1);
    assert.equal(gate.metric('headgate_staple_fresh_until_timestamp_seconds'), 0);
  } finally {
    await ocsp.close();
  }
});

const FALSE: readonly (readonly [what: string, answer: RequestListener, words: RegExp])[] = [
  ['hangs', () => {}, /timeout/i],
  ['says nothing to the end', (_request, response) => void response.writeHead(200).write('0'), /timeout|abort/i],
  ['answers garbage', (_request, response) => void response.end('<html>'), /at byte/],
  ['answers an error', (_request, response) => void response.writeHead(503).end(), /HTTP status 503/],
  [
    'answers more than is read',
    (_request, response) => void response.end(Buffer.alloc(1 << 20)),
    /more than 65536 bytes/,
  ],
];

for (const [what, answer, words] of FALSE) {
  test(`a responder that ${what} costs the staple and nothing else`, async () => {
    await using own = await lab();
    await using ocsp = await standIn(answer);
    const server = await serverOf(own, 'localhost');
    await using gate = await gateWith([server], { stapling: ocsp.url });
    // While it is asked, and after it failed.
    assert.deepEqual(await said(gate, server), new Set(['nothing']));
    const message = 'an OCSP responder gave no answer about a server certificate that can be stapled';
    const [failure] = await waitFor('the failure', () =>
      gate.logged(message).length > 0 ? gate.logged(message) : undefined,
    );
    assert.match(String(failure?.['reason']), words);
    assert.deepEqual(await said(gate, server), new Set(['nothing']));
  });
}

test('the word of another authority is not passed on', async () => {
  await using own = await lab();
  await using other = await lab();
  const ocsp = await responder(other);
  try {
    const server = await serverOf(own, 'localhost');
    await using gate = await gateWith([server], { stapling: ocsp.url });
    const message = 'an OCSP responder gave no answer about a server certificate that can be stapled';
    await waitFor('the failure', () => gate.logged(message).length > 0);
    assert.deepEqual(await said(gate, server), new Set(['nothing']));
  } finally {
    await ocsp.close();
  }
});

test('an answer is renewed in time, shown to its end while the responder is gone, and then no more', async () => {
  await using own = await lab();
  const ocsp = await responder(own, { validFor: 6000 });
  const server = await serverOf(own, 'localhost');
  const device = await client(server);
  await using gate = await gateWith([server], { stapling: ocsp.url });
  await stapled(gate);
  const until = () => gate.metric('headgate_staple_fresh_until_timestamp_seconds');
  const first = until();
  await waitFor('the next answer', () => until() > first, 20_000);
  await ocsp.close();
  const last = until();
  const words = new Set<string>();
  while (Date.now() < last * 1000 + 500) {
    words.add(saidBy((await shownWithStaple(gate, device)).staple, server.cert, server.ca));
  }
  assert.deepEqual(words, new Set(['good', 'nothing']), 'never one that is out of date');
  const message = 'the last OCSP answer about a server certificate expired; nothing is stapled';
  await waitFor('the alarm', () => gate.logged(message).length === 1);
});

test('a worker that is replaced staples as the others do', async () => {
  await using own = await lab();
  const ocsp = await responder(own);
  try {
    const server = await serverOf(own, 'localhost');
    await using gate = await gateWith([server], { stapling: ocsp.url });
    await stapled(gate);
    for (const worker of [0, 1]) {
      gate.gate.planes.send(worker, { type: 'test-hook', hook: 'exit' });
      await waitFor('the replacement', () => gate.metric('headgate_worker_replacements_total') === worker + 1);
      await waitFor('both workers', () => gate.gate.planes.alive === 2);
    }
    assert.deepEqual(await said(gate, server), new Set(['good']));
  } finally {
    await ocsp.close();
  }
});

test('a reload begins it and ends it; a new certificate has a new answer; who cannot be asked about is told', async () => {
  await using own = await lab();
  const ocsp = await responder(own);
  try {
    const [server, next] = [await serverOf(own, 'localhost'), await serverOf(own, 'next.example')];
    await using gate = await gateWith([server], {});
    assert.deepEqual(await said(gate, server), new Set(['nothing']));
    await show(gate, [server], { stapling: ocsp.url });
    await stapled(gate);
    assert.deepEqual(await said(gate, server), new Set(['good']));
    await show(gate, [next], { stapling: ocsp.url });
    await stapled(gate);
    assert.deepEqual(await said(gate, next), new Set(['good']));
    await show(gate, [next], { stapling: 'aia' });
    await waitFor('the alarm', () => gate.logged('nothing can be stapled for a server certificate').length === 1);
    assert.deepEqual(await said(gate, next), new Set(['nothing']));
    await show(gate, [next], {});
    assert.equal(gate.metric('headgate_staples_missing'), 0);
    assert.deepEqual(await said(gate, next), new Set(['nothing']));
  } finally {
    await ocsp.close();
  }
});
