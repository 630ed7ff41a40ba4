import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { within } from './deadline.ts';
import type { Mqtt5Plan } from './find-broker.ts';
import { accepts, freePort } from './ports.ts';
import { Program } from './program.ts';

/** A broker behind the gate. */
export interface Broker extends AsyncDisposable {
  /** For the report. */
  readonly description: string;
  readonly host: string;
  readonly port: number;
  /** How often a client with this id was accepted by the broker; undefined where that cannot be seen. */
  connects(clientId: string): number | undefined;
}

/** aedes, in this process: MQTT 3.1.1. */
export async function startAedes(): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  // Without listeners a client's protocol error would be thrown.
  aedes.on('clientError', () => {});
  aedes.on('connectionError', () => {});
  const ids: string[] = [];
  aedes.on('client', (client) => ids.push(client.id));
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    description: 'aedes, in this process, MQTT 3.1.1',
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    connects: (clientId) => ids.filter((id) => id === clientId).length,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await within('aedes to end', new Promise<void>((resolve) => aedes.close(resolve)));
    },
  };
}

/** The broker of the MQTT 5 devices. `onSpawn` gets a process that must end when the demo dies. */
export async function startMqtt5Broker(
  plan: Exclude<Mqtt5Plan, { kind: 'none' }>,
  dir: string,
  onSpawn: (child: ChildProcess) => void,
): Promise<Broker> {
  if (plan.kind === 'mosquitto') return startMosquitto(plan.file, dir, onSpawn);
  const { host, port } = plan;
  if (!(await accepts(host, port))) throw new Error(`no broker answers at HEADGATE_MQTT=${host}:${port}`);
  const description = 'the broker of HEADGATE_MQTT, MQTT 5';
  return { description, host, port, connects: () => undefined, async [Symbol.asyncDispose]() {} };
}

const ATTEMPTS = 5;

async function startMosquitto(file: string, dir: string, onSpawn: (child: ChildProcess) => void): Promise<Broker> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const run = await runMosquitto(file, dir, port, onSpawn);
    if (run.ok) return run.broker;
    // Another process may have taken the port in between.
    if (attempt === ATTEMPTS || !run.log.includes('Address already in use')) {
      throw new Error(`mosquitto did not start: ${run.log.trim() || 'it printed nothing'}`);
    }
  }
}

type Run = { readonly ok: true; readonly broker: Broker } | { readonly ok: false; readonly log: string };

async function runMosquitto(
  file: string,
  dir: string,
  port: number,
  onSpawn: (child: ChildProcess) => void,
): Promise<Run> {
  const config = join(dir, 'mosquitto.conf');
  await writeFile(config, mosquittoConf(port));
  const program = new Program(file, ['-c', config], onSpawn);
  if (!(await program.listens(port))) {
    await program.end();
    return { ok: false, log: program.log };
  }
  const version = /mosquitto version (\S+)/.exec(program.log)?.[1];
  return {
    ok: true,
    broker: {
      description: `mosquitto${version === undefined ? '' : ` ${version}`}, pid ${program.pid}, MQTT 5`,
      host: '127.0.0.1',
      port,
      connects: (clientId) =>
        [...program.log.matchAll(/ connected from \S+ as (\S+) \(/g)].filter(([, id]) => id === clientId).length,
      [Symbol.asyncDispose]: () => program.end(),
    },
  };
}

function mosquittoConf(port: number): string {
  const lines = [
    'persistence false',
    'log_dest stderr',
    'log_type error',
    'log_type warning',
    'log_type notice',
    'log_type information',
    'connection_messages true',
    // Started as root it would change to a user that may not exist.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
  ];
  return `${lines.join('\n')}\n`;
}
