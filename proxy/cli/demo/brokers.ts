import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Aedes } from 'aedes';
import { ANSWER_MS, within } from './deadline.ts';
import type { Mqtt5Plan } from './find-broker.ts';

/** A broker behind the gate. */
export interface Broker extends AsyncDisposable {
  /** For the account. */
  readonly words: string;
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
    words: 'aedes, in this process, MQTT 3.1.1',
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

/** The broker of the MQTT 5 devices. `onSpawn` is told of a process to end should the demo die. */
export async function startMqtt5Broker(
  plan: Exclude<Mqtt5Plan, { kind: 'none' }>,
  dir: string,
  onSpawn: (child: ChildProcess) => void,
): Promise<Broker> {
  if (plan.kind === 'mosquitto') return startMosquitto(plan.file, dir, onSpawn);
  const { host, port } = plan;
  if (!(await accepts(host, port))) throw new Error(`no broker answers at HEADGATE_MQTT=${host}:${port}`);
  const words = 'the broker of HEADGATE_MQTT, MQTT 5';
  return { words, host, port, connects: () => undefined, async [Symbol.asyncDispose]() {} };
}

const ATTEMPTS = 5;

async function startMosquitto(file: string, dir: string, onSpawn: (child: ChildProcess) => void): Promise<Broker> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const run = await runMosquitto(file, dir, port, onSpawn);
    if (run.ok) return run.broker;
    // Another process may have taken the port in between.
    if (attempt === ATTEMPTS || !run.log.includes('Address already in use')) {
      throw new Error(`mosquitto did not start: ${run.log.trim() || 'it said nothing'}`);
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
  const child = spawn(file, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  onSpawn(child);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let log = '';
  child.once('error', (error) => {
    log += error.message;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-1024 * 1024);
  });
  const alive = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const end = async (): Promise<void> => {
    if (!alive()) return;
    child.kill('SIGTERM');
    await within('mosquitto to end', closed, 3000).catch(() => child.kill('SIGKILL'));
  };
  for (const deadline = performance.now() + ANSWER_MS; !(await accepts('127.0.0.1', port)); ) {
    if (!alive() || performance.now() > deadline) {
      await end();
      return { ok: false, log };
    }
    await delay(10);
  }
  // Another program on the port would answer as well, while this one has ended.
  if (!alive()) return { ok: false, log };
  const version = /mosquitto version (\S+)/.exec(log)?.[1];
  return {
    ok: true,
    broker: {
      words: `mosquitto${version === undefined ? '' : ` ${version}`}, pid ${child.pid}, MQTT 5`,
      host: '127.0.0.1',
      port,
      connects: (clientId) =>
        [...log.matchAll(/ connected from \S+ as (\S+) \(/g)].filter(([, id]) => id === clientId).length,
      [Symbol.asyncDispose]: end,
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}
