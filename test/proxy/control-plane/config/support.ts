import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { type LoadOptions, type LoadResult, loadConfig } from '../../../../proxy/control-plane/config/load.ts';
import type { Problem } from '../../../../proxy/control-plane/config/problem.ts';
import type { KafkaListenerPlan, MqttListenerPlan } from '../../../../proxy/shared/listener-plan.ts';
import { testPki } from '../../../support/pki.ts';
import { TempDir } from '../../../support/temp-dir.ts';

/** A small configuration without a fault; the tables of the tests break it. */
export const SOUND = `listeners:
  - name: plant
    protocol: mqtt
    listen: 127.0.0.1:8883
    tls:
      profile: mozilla-modern
      certificate: server.pem
      key: server.key
      clients: [devices]
    upstream:
      address: broker:1883
trust:
  devices: { ca: ca.pem }
identities:
  - name: devices
    when: { trust: devices, subject: { O: Acme } }
    principal: "{CN}"
    roles: [device]
roles:
  device:
    mqtt:
      allow:
        - publish: "plant/{CN}/#"
    limits: { publish: 50/s }
workers: 1
`;

/** A Kafka listener to put in front of `trust:` of `SOUND`. */
export const KAFKA_LISTENER = `  - name: orders
    protocol: kafka
    listen: 127.0.0.1:9093
    tls: { certificate: server.pem, key: server.key, clients: [devices] }
    upstream:
      bootstrap: [kafka-1:9092, kafka-2:9092]
      advertise: { host: kafka.example.com, ports: 9094-9193 }
`;

/** `SOUND` with a Kafka listener and a role for its clients. */
export const SOUND_KAFKA = SOUND.replace('trust:\n', `${KAFKA_LISTENER}trust:\n`).replace(
  '    limits:',
  `    kafka:
      allow:
        - { topic: "orders.", prefix: true, operations: [write] }
    limits:`,
);

/** A directory with the files that configurations name. */
export class Workspace extends TempDir {
  /** Loads `text` as headgate.yaml. */
  load(text: string | Uint8Array, options: Partial<LoadOptions> = {}): LoadResult {
    return loadConfig(this.write('headgate.yaml', text), { env: {}, ...options });
  }

  /** Everything that is said about `text`, errors and warnings. */
  problems(text: string | Uint8Array, options: Partial<LoadOptions> = {}): readonly Problem[] {
    const result = this.load(text, options);
    return result.ok ? result.warnings : result.problems;
  }

  mode(name: string, mode: number): void {
    chmodSync(this.file(name), mode);
  }
}

/** With server.pem, server.key and ca.pem. */
export async function workspace(): Promise<Workspace> {
  const pki = await testPki();
  const server = await pki.server();
  const dir = new Workspace();
  dir.write('server.pem', server.cert);
  dir.write('server.key', server.key);
  dir.write('ca.pem', pki.ca);
  return dir;
}

/** The listener at `index` of what was loaded. */
export function mqttListener(result: LoadResult, index = 0): MqttListenerPlan {
  const listener = listenerAt(result, index);
  assert.ok(listener?.protocol === 'mqtt');
  return listener;
}

export function kafkaListener(result: LoadResult, index = 1): KafkaListenerPlan {
  const listener = listenerAt(result, index);
  assert.ok(listener?.protocol === 'kafka');
  return listener;
}

function listenerAt(result: LoadResult, index: number) {
  assert.ok(result.ok, JSON.stringify(!result.ok && result.problems));
  return result.config.listeners[index]?.plan;
}

/** `SOUND` with one part replaced; the part must be there exactly once. */
export function edit(from: string, to: string, text = SOUND): string {
  if (text.split(from).length !== 2) throw new Error(`not there exactly once: ${from}`);
  return text.replace(from, () => to);
}

/** Takes the mark ‸ out of a text and says where it stood. */
export function marked(text: string): { readonly text: string; readonly line: number; readonly column: number } {
  const before = text.split('‸')[0] ?? '';
  const lines = before.split('\n');
  return { text: text.replace('‸', ''), line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
