import { join } from 'node:path';
import type { RejectionEvent } from '../../policies/event.ts';
import { openLog } from '../../proxy/control-plane/telemetry/log.ts';
import { type Gate, startGate } from '../../proxy/gate.ts';
import { Child } from './child.ts';
import { type GateOptions, gateYaml, writeGate } from './gate-config.ts';
import { portOpen } from './port-open.ts';
import { type TempDir, tempDir } from './temp-dir.ts';
import { waitFor } from './wait.ts';

/** headgate in this process, with its configuration and certificates in a directory of its own: `await using`. */
export async function startTestGate(options: GateOptions): Promise<TestGate> {
  const dir = tempDir();
  try {
    const file = await writeGate(dir, options);
    const log = openLog({ level: 'error', format: 'json' }, { write: () => {} });
    return new TestGate(dir, await startGate({ file, log, testHooks: true }));
  } catch (error) {
    await dir[Symbol.asyncDispose]();
    throw error;
  }
}

export class TestGate implements AsyncDisposable {
  readonly dir: TempDir;
  readonly gate: Gate;

  constructor(dir: TempDir, gate: Gate) {
    this.dir = dir;
    this.gate = gate;
  }

  /** Port of a listener; of the first one (`mqtt`) by default. */
  port(listener = 'mqtt'): number {
    const [bound] = this.gate.addresses(listener);
    if (bound === undefined) throw new Error(`listener ${listener} is not bound`);
    return bound.port;
  }

  /** Replaces the configuration file; `gate.reload()` takes it up. */
  configure(options: GateOptions): void {
    this.dir.write('headgate.yaml', gateYaml(options));
  }

  /** The first rejection of this cause, once it is there. */
  rejection(cause: RejectionEvent['cause'], deadline?: number): Promise<RejectionEvent> {
    return waitFor(`a rejection with cause ${cause}`, () => this.gate.hub.query({ cause })[0], deadline);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gate.close();
    await this.dir[Symbol.asyncDispose]();
  }
}

/** `headgate run` as a process of its own, once `port` accepts connections: for signals, crashes and command-line clients. */
export async function startGateProcess(dir: TempDir, options: GateOptions & { readonly port: number }): Promise<Child> {
  const file = await writeGate(dir, options);
  const program = join(import.meta.dirname, '../../bin/headgate.mjs');
  const child = new Child(process.execPath, [program, 'run', '--config', file]);
  try {
    await portOpen(options.port, () => child.alive);
    return child;
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw new Error(`headgate did not start: ${child.stdout}${child.stderr}`, { cause: error });
  }
}
