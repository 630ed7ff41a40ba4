/**
 * Back-pressure is exact: who does not read stops who feeds him, through the gate, and the gate
 * keeps next to nothing in memory meanwhile. Nobody else feels it.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { generate, type Packet } from 'mqtt-packet';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { DIRECTIONS, endsOf } from '../support/direction.ts';
import { freePort } from '../support/free-port.ts';
import { startGateProcess, startTestGate } from '../support/gate.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { sinkOver, startSink } from '../support/mqtt-sink.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { rawDevice } from '../support/raw-device.ts';
import { without } from '../support/require-tool.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';
import { workersLooked } from '../support/workers-looked.ts';

const MIB = 1024 * 1024;
/** What the kernel's buffers of two connections may hold, and a little. */
const IN_FLIGHT = 2 * (kernelBuffer('tcp_rmem', 6 * MIB) + kernelBuffer('tcp_wmem', 4 * MIB)) + 4 * MIB;
const TOTAL = IN_FLIGHT + 64 * MIB;
/** Bytes of memory that the gate may gain while somebody does not read; far below what would pile up. */
const GROWTH = 40 * MIB;
/** Memory that it may have gained when all has gone through: V8 lets up to 64 MiB of buffers wait to be collected. */
const GARBAGE = 72 * MIB;
/** Batches of a first round (100 MB): what is measured afterwards is not the warming up. */
const WARM = 400;
const SLOW = 60_000;

/** About 256 KiB of PUBLISH packets, different ones. */
function batch(version: 4 | 5, topic: string): Buffer {
  const packets = Array.from({ length: 64 }, (_, n) => {
    const packet = { cmd: 'publish', topic, payload: Buffer.alloc(4000, `${n} `), qos: 0, dup: false, retain: false };
    return generate(packet as Packet, { protocolVersion: version });
  });
  return Buffer.concat(packets);
}

/** Writes `times` batches, one when the one before has left; counts what has left. */
class Feed {
  written = 0;
  readonly done: Promise<void>;

  constructor(write: (bytes: Buffer) => Promise<unknown>, bytes: Buffer, times: number) {
    this.done = this.#run(write, bytes, times);
  }

  async #run(write: (bytes: Buffer) => Promise<unknown>, bytes: Buffer, times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      await write(bytes);
      this.written += bytes.length;
    }
  }
}

/** Resolves when the figure has not changed for half a second. */
async function stands(what: string, figure: () => number): Promise<number> {
  let last = figure();
  let same = 0;
  return waitFor(what, () => {
    const now = figure();
    same = now === last ? same + 1 : 0;
    last = now;
    return same === 50 && now;
  });
}

/** Resident memory of a process in bytes; undefined where /proc is not. */
function memory(pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

/** Largest size of a socket's buffer in bytes, as the kernel is set; where it cannot be asked, Linux's default. */
function kernelBuffer(name: string, usual: number): number {
  try {
    return Number(readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8').trim().split(/\s+/)[2]);
  } catch {
    return usual;
  }
}

function assertGain(most: number, before: number | undefined, after: number | undefined): void {
  if (before === undefined || after === undefined) return;
  assert.ok(after - before < most, `the gate gained ${((after - before) / MIB).toFixed(1)} MiB`);
}

const CASES = [
  { version: 4, upstream: 'plain' },
  { version: 5, upstream: 'TLS' },
] as const;

for (const { version, upstream } of CASES) {
  for (const direction of DIRECTIONS) {
    const { from, to } = direction;
    test(`a ${to} that stops reading stops the ${from}, and all arrives when it reads again, MQTT ${version}, ${upstream} upstream`, async () => {
      await using dir = tempDir();
      const { sink, listener } = await sinkOver(upstream);
      await using _sink = sink;
      const port = await freePort();
      await using gate = await startGateProcess(dir, { broker: sink.port, port, listener });
      await using client = await rawDevice(port, 'pump-1', version);
      const { write, reader, onBytes } = endsOf(direction, client, await sink.connection('pump-1'));
      const arrived = createHash('sha256');
      let count = 0;
      onBytes((part) => {
        arrived.update(part);
        count += part.length;
      });
      const bytes = batch(version, from === 'client' ? 'plant/p1/pump-1/t' : 'plant/p1/pump-1/cmd/a');
      const times = Math.ceil(TOTAL / bytes.length);
      const whole = createHash('sha256');
      for (let n = 0; n < WARM + times; n++) whole.update(bytes);
      await new Feed(write, bytes, WARM).done;
      await waitFor('the first round', () => count === WARM * bytes.length, SLOW);

      reader.pause();
      const before = memory(gate.pid);
      const feed = new Feed(write, bytes, times);
      const written = await stands(`the ${from} to be stopped`, () => feed.written);
      assert.ok(written < IN_FLIGHT, `${written} bytes left the ${from}`);
      assertGain(GROWTH, before, memory(gate.pid));

      reader.resume();
      await feed.done;
      await waitFor(`all bytes at the ${to}`, () => count === (WARM + times) * bytes.length, SLOW);
      assert.equal(arrived.digest('hex'), whole.digest('hex'));
      assertGain(GARBAGE, before, memory(gate.pid));
      assert.equal(client.closed, false);
    });
  }

  test(`a stall of the broker is not held against the client, however long, MQTT ${version}, ${upstream} upstream`, async () => {
    const { sink, listener } = await sinkOver(upstream);
    await using _sink = sink;
    await using gate = await startTestGate({ broker: sink.port, listener });
    const clock = driveClock(gate.gate.shared);
    await using client = await rawDevice(gate.port(), 'pump-1', version, 10);
    const broker = await sink.connection('pump-1');
    broker.onBytes = () => {};
    broker.socket.pause();
    const bytes = batch(version, 'plant/p1/pump-1/t');
    const times = Math.ceil(TOTAL / bytes.length);
    const feed = new Feed((part) => client.write(part), bytes, times);
    const written = await stands('the client to be stopped', () => feed.written);
    assert.ok(written < TOTAL);
    for (let n = 0; n < 4; n++) {
      clock.advance(20_000);
      await workersLooked(gate);
    }
    assert.equal(client.closed, false);
    assert.deepEqual(gate.gate.hub.query(), []);
    broker.socket.resume();
    await feed.done;
    await waitFor('all bytes at the broker', () => broker.count === times * bytes.length, SLOW);
  });
}

test('neither a stalled broker connection nor a stalled client slows another client of the same worker', {
  skip: without('mosquitto_pub') || withoutPaho(),
}, async () => {
  await using sink = await startSink();
  await using gate = await startTestGate({ broker: sink.port });
  const port = gate.port();
  await using up = await rawDevice(port, 'stalled-up', 4);
  await using down = await rawDevice(port, 'stalled-down', 5);
  const upBroker = await sink.connection('stalled-up');
  const downBroker = await sink.connection('stalled-down');
  upBroker.socket.pause();
  down.socket.pause();
  const upFeed = new Feed((part) => up.write(part), batch(4, 'plant/p1/stalled-up/t'), 200);
  const write = (part: Buffer) => new Promise((resolve) => downBroker.socket.write(part, resolve));
  const downFeed = new Feed(write, batch(5, 'plant/p1/stalled-down/cmd/a'), 200);
  await stands('both to stand', () => upFeed.written + downFeed.written);

  const pki = await testPki();
  const tls = await pki.device('free');
  const topic = 'plant/p1/free/t';
  {
    await using free = await connectMqtt({ port, clientId: 'free', tls });
    const broker = await sink.connection('free');
    for (let n = 0; n < 500; n++) {
      await free.publish(topic, Buffer.alloc(4000), { qos: 0 });
      broker.send({ cmd: 'publish', topic: 'plant/p1/free/cmd/a', payload: `${n}`, qos: 0, dup: false, retain: false });
    }
    await free.messages(500);
    await waitFor('all messages at the broker', () => broker.packets.length === 500);
  }
  const files = writeCredentials(gate.dir, 'free', tls);
  const sent = await mosquittoPub({ port, clientId: 'free', topic, message: 'm', tls: files });
  assert.equal(sent.code, 0);
  assert.equal((await paho({ port, clientId: 'free', tls: files, publish: [[topic, 'p', 0]] })).acknowledged, 1);
  assert.equal(up.closed || down.closed, false);
  // Their ends are torn down in the middle of a write.
  up.socket.destroy();
  down.socket.destroy();
});

test('a mosquitto that is frozen for a while loses nothing and nobody', { skip: without('mosquitto') }, async () => {
  await using broker = await startMosquitto({ config: ['max_queued_messages 0'] });
  await using gate = await startTestGate({ broker: broker.port });
  const tls = await (await testPki()).device('pump-1');
  await using inside = await connectMqtt({ port: broker.port, clientId: 'inside' });
  await inside.subscribe('#', 1);
  for (const version of [4, 5] as const) {
    await using device = await connectMqtt({ port: gate.port(), clientId: 'pump-1', version, tls });
    const before = inside.received.length;
    broker.pause();
    const sent = Array.from({ length: 300 }, (_, n) =>
      device.publish('plant/p1/pump-1/t', Buffer.alloc(20_000, `${n} `), { qos: 1 }),
    );
    broker.resume();
    for (const code of await Promise.all(sent)) assert.equal(code, 0);
    await inside.messages(before + 300);
  }
});
