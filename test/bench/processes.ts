/** Children of the bench: every one is known by pid and ended by pid, whatever happens. */
import { type ChildProcess, spawn } from 'node:child_process';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { treeOf } from './proc.ts';

const children = new Set<ChildProcess>();

/** Registers a child so that it is ended with the bench. */
export function adopt(child: ChildProcess): void {
  children.add(child);
  child.on('exit', () => children.delete(child));
}

// The last resort, also after an uncaught error: nothing asynchronous runs here.
process.on('exit', () => {
  for (const child of children) killTree(child);
});

function killTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  for (const pid of treeOf(child.pid).reverse()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended by itself
    }
  }
}

/** SIGTERM, two seconds of grace, then SIGKILL for the child and its descendants. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const descendants = child.pid === undefined ? [] : treeOf(child.pid);
  child.kill('SIGTERM');
  await Promise.race([gone, delay(2000, undefined, { ref: false })]);
  killTree(child);
  await gone;
  for (const pid of descendants) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone with its parent
    }
  }
}

/** A started server. */
export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
}

/** Starts a server and waits until its port answers. Throws with the end of its output when it does not. */
export async function startServer(
  command: string,
  args: readonly string[],
  port: number,
  env?: Readonly<Record<string, string>>,
): Promise<Started> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  adopt(child);
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-2000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`${command} ended (${code ?? signal}): ${output.trim()}`)));
  });
  failed.catch(() => {});
  try {
    await Promise.race([failed, answers(port, 20_000, () => child.exitCode !== null || child.signalCode !== null)]);
  } catch (error) {
    await stopProcess(child);
    throw error;
  }
  return { child, pid: child.pid as number };
}

async function answers(port: number, deadline: number, ended: () => boolean): Promise<void> {
  for (const end = Date.now() + deadline; Date.now() < end && !ended(); await delay(50)) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
  }
  throw new Error(`nothing answers on port ${port} after ${deadline / 1000} s`);
}

/** A port that was free a moment ago, for servers that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
