import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';
import test from 'node:test';
import { clientSecret, expandLabel, innerPlaintext, RECORD_OVERHEAD, RecordSealer } from './load/tls-records.ts';

// RFC 8448, section 3: client_application_traffic_secret_0 and the keys derived from it.
const SECRET = Buffer.from('9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5', 'hex');

test('keys are those of RFC 8448', () => {
  assert.equal(expandLabel(SECRET, 'key', 16).toString('hex'), '17422dda596ed5d9acd890e3c63f5051');
  assert.equal(expandLabel(SECRET, 'iv', 12).toString('hex'), '5b78923dee08579033e523d9');
});

test('the first application record of RFC 8448 is sealed byte for byte', () => {
  const plaintext = Buffer.from(Array.from({ length: 50 }, (_, i) => i));
  const record = new RecordSealer(SECRET).seal(plaintext);
  assert.equal(record.length, 50 + RECORD_OVERHEAD);
  assert.equal(
    record.toString('hex'),
    '1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4',
  );
});

test('each record has its own sequence number', () => {
  const sealer = new RecordSealer(SECRET);
  sealer.seal(Buffer.from('first'));
  const record = sealer.seal(Buffer.from('second'));
  const nonce = expandLabel(SECRET, 'iv', 12);
  nonce.writeUInt8(nonce.readUInt8(11) ^ 1, 11);
  const decipher = createDecipheriv('aes-128-gcm', expandLabel(SECRET, 'key', 16), nonce);
  decipher.setAAD(record.subarray(0, 5));
  decipher.setAuthTag(record.subarray(-16));
  const inner = Buffer.concat([decipher.update(record.subarray(5, -16)), decipher.final()]);
  assert.deepEqual(inner, innerPlaintext(Buffer.from('second')));
});

test('only the application secret of the client is taken from a key log', () => {
  const line = (label: string): Buffer => Buffer.from(`${label} ${'00'.repeat(32)} ${SECRET.toString('hex')}\n`);
  assert.deepEqual(clientSecret(line('CLIENT_TRAFFIC_SECRET_0')), SECRET);
  assert.equal(clientSecret(line('SERVER_TRAFFIC_SECRET_0')), undefined);
  assert.equal(clientSecret(line('CLIENT_HANDSHAKE_TRAFFIC_SECRET')), undefined);
});
