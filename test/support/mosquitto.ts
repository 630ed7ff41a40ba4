import type { Broker } from './broker.ts';
import { Child, runChild } from './child.ts';
import { freePort } from './free-port.ts';
import { portOpen } from './port-open.ts';
import { findTool } from './require-tool.ts';
import { type TempDir, tempDir } from './temp-dir.ts';

export interface MosquittoOptions {
  /** Further lines of mosquitto.conf, e.g. `max_queued_messages 0`, or `log_type all` to log every packet. */
  readonly config?: readonly string[];
  /** User name -> password; with any, anonymous clients are refused. */
  readonly passwords?: Readonly<Record<string, string>>;
  /** A second listener that speaks TLS; with `ca` it demands client certificates. All PEM. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

/** A real mosquitto on a loopback port of its own: `await using broker = await startMosquitto()`. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  for (let attempt = 1; ; attempt++) {
    const broker = new Mosquitto(options, await freePort(), await freePort());
    try {
      await broker.restart();
      return broker;
    } catch (error) {
      // Another test process may have taken the port in between.
      const taken = broker.log.includes('Address already in use');
      await broker[Symbol.asyncDispose]();
      if (!taken || attempt === 5) throw error;
    }
  }
}

export class Mosquitto implements Broker {
  readonly kind = 'mosquitto';
  readonly port: number;
  /** Port of the TLS listener; nobody listens there without the option `tls`. */
  readonly tlsPort: number;
  readonly #options: MosquittoOptions;
  readonly #dir: TempDir = tempDir();
  #child: Child | undefined;

  constructor(options: MosquittoOptions, port: number, tlsPort: number) {
    this.#options = options;
    this.port = port;
    this.tlsPort = tlsPort;
  }

  /** What it logged since it was last started. */
  get log(): string {
    return this.#child?.stderr ?? '';
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  async restart(): Promise<void> {
    const child = this.#child;
    if (child?.alive) await child.end('SIGKILL');
    const file = findTool('mosquitto');
    if (file === undefined) throw new Error('mosquitto is not installed');
    const started = new Child(file, ['-c', await this.#configure()]);
    this.#child = started;
    try {
      await portOpen(this.port, () => started.alive);
    } catch (error) {
      throw new Error(`mosquitto did not start: ${started.stderr}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#child?.end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#child?.end('SIGKILL');
  }

  /** Freezes the process: nothing is read or answered until `resume`, and nothing is closed. */
  pause(): void {
    this.#child?.process.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.process.kill('SIGCONT');
  }

  async #configure(): Promise<string> {
    const { config = [], passwords, tls } = this.#options;
    const lines = [
      'persistence false',
      'log_dest stderr',
      'log_type error',
      'log_type warning',
      'log_type notice',
      'log_type information',
      'set_tcp_nodelay true',
    ];
    // Started as root it would change to a user that cannot read the files of the test.
    if (process.getuid?.() === 0) lines.push('user root');
    lines.push(`listener ${this.port} 127.0.0.1`, `allow_anonymous ${passwords === undefined}`);
    if (passwords !== undefined) lines.push(`password_file ${await this.#passwordFile(passwords)}`);
    if (tls !== undefined) lines.push(...this.#tlsListener(tls));
    return this.#dir.write('mosquitto.conf', `${[...lines, ...config].join('\n')}\n`);
  }

  #tlsListener({ cert, key, ca }: { readonly cert: string; readonly key: string; readonly ca?: string }): string[] {
    const lines = [
      `listener ${this.tlsPort} 127.0.0.1`,
      `certfile ${this.#dir.write('broker.pem', cert)}`,
      `keyfile ${this.#dir.write('broker.key', key)}`,
    ];
    if (ca !== undefined) lines.push(`cafile ${this.#dir.write('clients.pem', ca)}`, 'require_certificate true');
    return lines;
  }

  async #passwordFile(passwords: Readonly<Record<string, string>>): Promise<string> {
    const content = Object.entries(passwords).map(([user, password]) => `${user}:${password}\n`);
    const file = this.#dir.write('passwords', content.join(''));
    // Replaces the passwords in the file by their hashes.
    const result = await runChild(findTool('mosquitto_passwd') ?? 'mosquitto_passwd', ['-U', file]);
    if (result.code !== 0) throw new Error(`mosquitto_passwd failed: ${result.stderr}`);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}
