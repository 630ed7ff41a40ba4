import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readClientHello } from '../../../../policies/tls/client-hello.ts';
import { tlsOffer } from '../../../../policies/tls/offer.ts';
import { clientHelloStep } from '../../../../proxy/data-plane/accept/client-hello.ts';
import type { ClientHelloCapture } from '../../../../proxy/data-plane/accept/client-hello-capture.ts';
import { Refused } from '../../../../proxy/data-plane/connection/refused.ts';
import { clientHello } from '../../../support/client-hello.ts';

/** The same handshake message in records of `size` bytes. */
function refragment(bytes: Buffer, size: number): Buffer {
  const message = bytes.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    const head = Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]);
    records.push(head, part);
  }
  return Buffer.concat(records);
}

const withName = await clientHello({ servername: 'Gate.Example.COM' });
const withoutName = await clientHello({});
const old = await clientHello({ maxVersion: 'TLSv1.2', servername: 'gate.example.com' });

/** What the look found, once there is enough to see; it never uses up a byte. */
function seen(bytes: Buffer): ClientHelloCapture {
  const answer = clientHelloStep(bytes);
  assert.ok('value' in answer);
  assert.equal(answer.used, 0);
  return answer.value;
}

test('a real ClientHello names the server, in lower case', () => {
  assert.deepEqual(
    [withName, withoutName, old].map((bytes) => seen(bytes).sni),
    ['gate.example.com', undefined, 'gate.example.com'],
  );
});

test('what is kept of a hello is all that the reader found, and is told in words when it is asked for', () => {
  for (const bytes of [withName, withoutName, old]) {
    const facts = readClientHello(bytes.subarray(5));
    assert.deepEqual(seen(bytes).facts(), facts);
    assert.deepEqual(seen(bytes).offer(), tlsOffer(facts));
  }
  assert.ok(seen(withName).offer().groups.includes('P-256'));
});

test('a hello that an extension makes wrong is refused with the reader’s words', () => {
  const bytes = Buffer.from(withName);
  bytes[bytes.indexOf('Gate.Example')] = 0x20;
  assert.throws(
    () => clientHelloStep(bytes),
    (error) => error instanceof Refused && error.why === 'client-hello' && /server_name holds/.test(error.message),
  );
});

test('bytes behind the hello are none of its business', () => {
  assert.equal(seen(Buffer.concat([withName, Buffer.from('160303', 'hex')])).sni, 'gate.example.com');
});

for (const size of [1, 2, 3, 7, 100, 1000]) {
  test(`a ClientHello in records of ${size} bytes is put together again`, () => {
    assert.deepEqual(seen(refragment(withName, size)).facts(), readClientHello(withName.subarray(5)));
  });
}

test('a cut ClientHello asks for more, at every byte', () => {
  for (let n = 1; n < withName.length; n++) {
    const answer = clientHelloStep(withName.subarray(0, n));
    assert.ok('need' in answer && answer.need > n, `after ${n} bytes`);
  }
});

const refusals: readonly [string, Buffer, string][] = [
  ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'plain-http'],
  ['plain MQTT 3.1.1', Buffer.from('101000044d5154540402003c000461626364', 'hex'), 'plain-mqtt'],
  ['plain MQTT 5', Buffer.from('101100044d5154540502003c00000461626364', 'hex'), 'plain-mqtt'],
  ['plain Kafka ApiVersions', Buffer.from('0000001800120003000000010006636c69656e7400', 'hex'), 'plain-kafka'],
  ['a PROXY header, version 1', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 4711 8883\r\n'), 'proxy-header'],
  ['a PROXY header, version 2', Buffer.from('0d0a0d0a000d0a515549540a21110000', 'hex'), 'proxy-header'],
  ['anything else', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), 'plain-text'],
  ['an alert record', Buffer.from('1603010002', 'hex').fill(21, 0, 1), 'plain-text'],
  ['another handshake message', Buffer.from('160301000402000000', 'hex'), 'client-hello'],
  ['an empty record', Buffer.from('1603010000', 'hex'), 'client-hello'],
  ['a record over the limit', Buffer.from('16030141ff', 'hex'), 'client-hello'],
  ['a message that announces too much', Buffer.from('160301000401ffffff', 'hex'), 'client-hello'],
  ['a second record of another kind', Buffer.concat([Buffer.from('160301000201001503010001', 'hex')]), 'client-hello'],
];

for (const [name, bytes, cause] of refusals) {
  test(`${name}: refused as ${cause}`, () => {
    assert.throws(
      () => clientHelloStep(bytes),
      (error) => error instanceof Refused && error.why === cause,
    );
  });
}

test('a changed byte never passes as something it is not: refused, or a hello with a plain name', () => {
  fc.assert(
    fc.property(fc.nat(withName.length - 1), fc.nat(255), (at, value) => {
      const bytes = Buffer.from(withName);
      bytes[at] = value;
      try {
        const answer = clientHelloStep(bytes);
        if ('value' in answer && answer.value.sni !== undefined) assert.match(answer.value.sni, /^[a-z0-9._-]{1,255}$/);
      } catch (error) {
        assert.ok(error instanceof Refused);
      }
    }),
    { numRuns: 2000 },
  );
});
