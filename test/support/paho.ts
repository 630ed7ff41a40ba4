import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runChild } from './child.ts';
import type { Credentials } from './pki.ts';
import { findTool, skipReason } from './require-tool.ts';

export interface PahoOrder {
  readonly port: number;
  readonly clientId: string;
  /** 4 is MQTT 3.1.1, 5 is MQTT 5.0. Default 5. */
  readonly version?: 4 | 5;
  /** Names of files (`writeCredentials`); present: mutual TLS. */
  readonly tls?: Credentials;
  readonly subscribe?: readonly (readonly [filter: string, qos: 0 | 1 | 2])[];
  readonly publish?: readonly (readonly [topic: string, payload: string, qos: 0 | 1 | 2])[];
  /** Messages to wait for. */
  readonly expect?: number;
}

export interface PahoResult {
  /** Code of the CONNACK, null when none came. */
  readonly connack: number | null;
  readonly granted: readonly number[];
  readonly acknowledged: number;
  readonly messages: readonly (readonly [topic: string, payload: string, qos: number])[];
  /** Why the connection failed, where it did. */
  readonly error?: string;
}

let interpreter: string | false | undefined;

/** A Python that has paho-mqtt: the first python3 on the PATH is often not the one of the distribution. */
function findPython(): string | undefined {
  interpreter ??=
    [process.env['HEADGATE_PYTHON'], findTool('python3'), '/usr/bin/python3'].find(
      (file) =>
        file !== undefined && spawnSync(file, ['-c', 'import paho.mqtt.client'], { timeout: 20_000 }).status === 0,
    ) ?? false;
  return interpreter === false ? undefined : interpreter;
}

/** For the `skip` option of a test. */
export function withoutPaho(): string | false {
  return skipReason(findPython() === undefined ? ['python3-paho-mqtt'] : []);
}

/** One session of a paho client: connect, subscribe, publish, wait for messages, disconnect. */
export async function paho(order: PahoOrder): Promise<PahoResult> {
  const python = findPython();
  if (python === undefined) throw new Error('no Python with paho-mqtt');
  const defaults = { version: 5, tls: null, subscribe: [], publish: [], expect: 0, deadline: 8 };
  const input = JSON.stringify({ ...defaults, ...order });
  const { code, stdout, stderr } = await runChild(python, [join(import.meta.dirname, 'paho-client.py')], {
    input,
    deadline: 40_000,
  });
  if (code !== 0) throw new Error(`the paho client failed: ${stderr}`);
  return JSON.parse(stdout);
}
