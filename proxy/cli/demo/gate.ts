import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RejectionEvent } from '../../../policies/event.ts';
import type { ForwardSample } from '../../events/batch.ts';
import { type Gate, startGate } from '../../main.ts';
import { openLog } from '../../telemetry/log.ts';
import { within } from './deadline.ts';
import { Tape } from './tape.ts';

/** A listener of the demo: its name, and the broker behind it. */
export interface Front {
  readonly listener: string;
  readonly broker: { readonly host: string; readonly port: number };
}

/** Longer than the drain that the configuration below allows. */
const END_MS = 5000;

/** The configuration as a user would write it. */
export function configuration(fronts: readonly Front[]): string {
  return `# Made by \`headgate demo\`.
listeners:
${fronts.map(listenerYaml).join('\n')}

trust:
  plant-ca: { ca: ca.pem }

identities:                      # first match wins, no match is refused
  - name: gateways
    when: { trust: plant-ca, subject: { O: Acme, OU: gateways }, san: { uri: "spiffe://acme/{plant}/{device}" } }
    principal: "{device}"
    roles: [bridge]
  - name: meters
    when: { trust: plant-ca, subject: { O: Acme, OU: meters }, san: { uri: "spiffe://acme/{plant}/{device}" } }
    principal: "{device}"
    roles: [meter]
  - name: devices
    when: { trust: plant-ca, subject: { O: Acme, OU: devices }, san: { uri: "spiffe://acme/{plant}/{device}" } }
    principal: "{device}"
    roles: [device]

roles:
  device:
    mqtt:
      clientId: "{device}"
      allow:
        - publish: "{plant}/{device}/#"
          qos: [0, 1]
        - subscribe: "{plant}/{device}/cmd/+"
        - will: "{plant}/{device}/#"
      deny:
        - publish: "+/+/firmware/#"
    limits: { publish: 50/s, bytes: 64KiB/s, burst: 5s }
  bridge:                        # sends commands to the devices of its plant
    mqtt:
      allow:
        - publish: "{plant}/+/cmd/+"
        - subscribe: "{plant}/#"
  meter:                         # ten messages an hour, all of them at once if it likes
    mqtt:
      allow:
        - publish: "{plant}/{device}/kwh"
    limits: { publish: 10/h, burst: 1h, onExceed: reject }

workers: 2
drain: { deadline: 1s }
telemetry: { sampling: 1, traces: false, metrics: false }   # how the demo learns which rule allowed a packet
probe: { listen: "127.0.0.1:0" }
admin: { socket: headgate.sock }
`;
}

function listenerYaml({ listener, broker }: Front): string {
  const { host, port } = broker;
  return `  - name: ${listener}
    protocol: mqtt
    listen: "127.0.0.1:0"
    tls: { profile: mozilla-intermediate, certificate: server.pem, key: server.key, clients: [plant-ca] }
    upstream: { address: "${host.includes(':') ? `[${host}]` : host}:${port}" }`;
}

/** headgate with two workers, and what it tells. Its log is in a file, not between the lines of the account. */
export class DemoGate implements AsyncDisposable {
  readonly rejections = new Tape<RejectionEvent>();
  readonly forwards = new Tape<ForwardSample>();
  readonly socket: string;
  readonly logFile: string;
  readonly #gate: Gate;

  private constructor(dir: string, gate: Gate, logFile: string) {
    this.#gate = gate;
    this.logFile = logFile;
    this.socket = gate.adminAddress ?? join(dir, 'headgate.sock');
    gate.hub.events$.subscribe((event) => this.rejections.push(event));
    gate.hub.samples$.subscribe((sample) => this.forwards.push(sample));
  }

  static async start(dir: string, fronts: readonly Front[]): Promise<DemoGate> {
    const file = join(dir, 'headgate.yaml');
    await writeFile(file, configuration(fronts));
    const logFile = join(dir, 'headgate.log');
    const stream = createWriteStream(logFile, { mode: 0o600 });
    stream.on('error', () => {}); // the log is not what the demo is about
    const log = openLog({ level: 'info', format: 'text' }, { write: (line) => void stream.write(line) });
    return new DemoGate(dir, await startGate({ file, log }), logFile);
  }

  get probe(): string {
    return this.#gate.probeAddress ?? '';
  }

  port(listener: string): number {
    const [bound] = this.#gate.addresses(listener);
    if (bound === undefined) throw new Error(`the listener ${listener} is not bound`);
    return bound.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within('headgate to drain', this.#gate.drain(), END_MS).catch(() => {});
    await within('headgate to end', this.#gate.close(), END_MS);
  }
}
