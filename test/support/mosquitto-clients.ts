import { Child, runChild } from './child.ts';
import type { Credentials } from './pki.ts';
import { findTool } from './require-tool.ts';
import { waitFor } from './wait.ts';

export interface CliOptions {
  readonly port: number;
  readonly clientId: string;
  readonly topic: string;
  /** 4 is MQTT 3.1.1, 5 is MQTT 5.0. Default 5. */
  readonly version?: 4 | 5;
  readonly qos?: 0 | 1 | 2;
  /** Names of files (`writeCredentials`); present: mutual TLS. */
  readonly tls?: Credentials;
  /** Further arguments. */
  readonly args?: readonly string[];
}

export interface CliResult {
  readonly code: number | null;
  /** What it printed, with -d: `Client c received PUBACK (Mid: 1, RC:135)`. */
  readonly output: string;
}

/** Runs mosquitto_pub to its end. Exit code 0 does not mean that the message was accepted: look at the output. */
export async function mosquittoPub(options: CliOptions & { readonly message: string }): Promise<CliResult> {
  const args = [...commonArguments(options), '-m', options.message, '-d'];
  const { code, stdout, stderr } = await runChild(tool('mosquitto_pub'), args);
  return { code, output: stdout + stderr };
}

/** Starts mosquitto_sub and resolves when it has its SUBACK. */
export async function mosquittoSub(options: CliOptions): Promise<MosquittoSub> {
  const command = [tool('mosquitto_sub'), ...commonArguments(options), '-d', '-F', 'MSG %q %t %p'];
  // Into a pipe it would keep its lines back until 4 KiB are full.
  const [file = '', ...args] = [tool('stdbuf'), '-oL', ...command];
  const sub = new MosquittoSub(new Child(file, args));
  try {
    await sub.child.printed('Subscribed (mid: 1)');
    return sub;
  } catch (error) {
    await sub[Symbol.asyncDispose]();
    throw error;
  }
}

export class MosquittoSub implements AsyncDisposable {
  readonly child: Child;

  constructor(child: Child) {
    this.child = child;
  }

  /** Codes of the SUBACK: `Subscribed (mid: 1): 0, 135`. */
  get granted(): number[] {
    const codes = /^Subscribed \(mid: 1\): (.*)$/m.exec(this.child.stdout)?.[1] ?? '';
    return codes.split(', ').map(Number);
  }

  /** Messages so far as `QOS TOPIC PAYLOAD`. */
  get messages(): string[] {
    return this.child.lines.filter((line) => line.startsWith('MSG ')).map((line) => line.slice(4));
  }

  waitMessages(count: number): Promise<string[]> {
    return waitFor(`${count} messages at mosquitto_sub`, () => this.messages.length >= count && this.messages);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
  }
}

function commonArguments({ port, clientId, topic, version = 5, qos = 0, tls, args = [] }: CliOptions): string[] {
  return [
    ...['-h', tls === undefined ? '127.0.0.1' : 'localhost', '-p', String(port), '-i', clientId],
    ...['-V', version === 5 ? 'mqttv5' : 'mqttv311', '-t', topic, '-q', String(qos)],
    ...(tls === undefined ? [] : ['--cafile', tls.ca, '--cert', tls.cert, '--key', tls.key]),
    ...args,
  ];
}

function tool(name: string): string {
  const file = findTool(name);
  if (file === undefined) throw new Error(`${name} is not installed`);
  return file;
}
