import mqtt, { type IClientOptions, type IConnackPacket, type IPublishPacket, type MqttClient } from 'mqtt';
import type { Credentials } from './pki.ts';
import { DEADLINE, waitFor, within } from './wait.ts';

export type QoS = 0 | 1 | 2;

export interface ConnectOptions {
  readonly port: number;
  readonly clientId: string;
  /** 4 is MQTT 3.1.1, 5 is MQTT 5.0. Default 5. */
  readonly version?: 4 | 5;
  /** Default `localhost` over TLS, else `127.0.0.1`. */
  readonly host?: string;
  /** Present: mutual TLS. */
  /** Without `cert` and `key` no certificate is shown. */
  readonly tls?: Pick<Credentials, 'ca'> & Partial<Credentials>;
  /** Anything else MQTT.js takes: clean, keepalive, will, username, properties ... */
  readonly more?: IClientOptions;
  readonly deadline?: number;
}

/** The broker (or proxy) answered with a refusal, or the connection failed before an answer. */
export class ConnectError extends Error {
  /** Return code (3.1.1) or reason code (5.0) of the CONNACK; undefined when none came. */
  readonly reasonCode: number | undefined;
  readonly connack: IConnackPacket | undefined;

  constructor(cause: Error, connack: IConnackPacket | undefined) {
    super(cause.message, { cause });
    this.connack = connack;
    this.reasonCode = connack?.reasonCode ?? connack?.returnCode;
  }
}

export interface Received {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly packet: IPublishPacket;
}

/** Connects with MQTT.js and resolves after the CONNACK; rejects with a ConnectError. Never reconnects. */
export async function connectMqtt(options: ConnectOptions): Promise<TestClient> {
  const { port, clientId, version = 5, host, tls, more, deadline } = options;
  const raw = mqtt.connect({
    protocol: tls === undefined ? 'mqtt' : 'mqtts',
    host: host ?? (tls === undefined ? '127.0.0.1' : 'localhost'),
    port,
    clientId,
    protocolVersion: version,
    reconnectPeriod: 0,
    connectTimeout: deadline ?? DEADLINE,
    ...(tls && { ...tls, rejectUnauthorized: true }),
    ...more,
  });
  const client = new TestClient(raw);
  let connack: IConnackPacket | undefined;
  raw.on('packetreceive', (packet) => {
    if (packet.cmd === 'connack') connack = packet;
  });
  const answered = new Promise<void>((resolve, reject) => {
    raw.once('connect', () => resolve());
    raw.once('error', (error) => reject(new ConnectError(error, connack)));
    raw.once('close', () => reject(new ConnectError(new Error('closed before the CONNACK'), connack)));
  });
  try {
    await within('the CONNACK', answered, deadline);
  } catch (error) {
    raw.end(true);
    throw error;
  }
  client.connack = connack;
  return client;
}

/** An MQTT.js client whose answers are values: reason codes, granted codes, messages so far. */
export class TestClient implements AsyncDisposable {
  readonly raw: MqttClient;
  connack: IConnackPacket | undefined;
  /** Every message since the connection, in order. */
  readonly received: Received[] = [];
  /** Reason code of a DISCONNECT that the server sent (MQTT 5). */
  disconnectCode: number | undefined;
  disconnectReason: string | undefined;
  #closed = false;
  /** Packet id -> reason code of the latest PUBACK or PUBREC. MQTT.js itself drops those below 128. */
  readonly #codes = new Map<number, number>();
  readonly #gone: Promise<never>;

  constructor(raw: MqttClient) {
    this.raw = raw;
    raw.on('error', () => {}); // told by whoever waits
    raw.on('message', (topic, payload, packet) => {
      this.received.push({ topic, payload, qos: packet.qos, retain: packet.retain, packet });
    });
    raw.on('packetreceive', (packet) => {
      if (packet.cmd === 'puback' || packet.cmd === 'pubrec') {
        this.#codes.set(packet.messageId ?? 0, packet.reasonCode ?? 0);
      }
    });
    raw.on('disconnect', (packet) => {
      this.disconnectCode = packet.reasonCode;
      this.disconnectReason = packet.properties?.reasonString;
    });
    this.#gone = new Promise((_, reject) => {
      raw.once('close', () => {
        this.#closed = true;
        reject(new Error(`the connection was closed (${this.disconnectCode ?? 'no DISCONNECT'})`));
      });
    });
    this.#gone.catch(() => {});
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves to the reason code of the PUBACK or PUBREC; 0 for QoS 0 and in 3.1.1. Rejects when the connection ends first. */
  publish(
    topic: string,
    payload: string | Buffer,
    options: { readonly qos?: QoS; readonly retain?: boolean; readonly properties?: IPublishPacket['properties'] } = {},
  ): Promise<number> {
    const { qos = 0, retain = false, properties } = options;
    const sent = new Promise<number>((resolve, reject) => {
      let id: number | undefined;
      this.raw.publish(topic, payload, { qos, retain, ...(properties && { properties }) }, (error) => {
        const code = error instanceof Error ? refusalCode(error) : (this.#codes.get(id ?? 0) ?? 0);
        if (code === undefined) reject(error);
        else resolve(code);
      });
      if (qos > 0) id = this.raw.getLastMessageId();
    });
    return this.#answer(`the acknowledgement of ${topic}`, sent);
  }

  /** Resolves to the codes of the SUBACK in the order of the filters: the granted QoS, or 128 and above. */
  subscribe(filters: string | readonly string[], qos: QoS = 0): Promise<number[]> {
    const granted = new Promise<number[]>((resolve, reject) => {
      this.raw.subscribe(typeof filters === 'string' ? filters : [...filters], { qos }, (error, _granted, packet) => {
        if (packet !== undefined) resolve(packet.granted as number[]);
        else reject(error);
      });
    });
    return this.#answer(`the SUBACK of ${filters}`, granted);
  }

  async unsubscribe(filters: string | readonly string[]): Promise<void> {
    await this.#answer('the UNSUBACK', this.raw.unsubscribeAsync(typeof filters === 'string' ? filters : [...filters]));
  }

  /** The messages so far, once there are `count` or more. */
  messages(count: number, deadline?: number): Promise<readonly Received[]> {
    return waitFor(
      `${count} messages (have ${this.received.length})`,
      () => this.received.length >= count && this.received,
      deadline,
    );
  }

  /** Waits until the other side has closed the connection. */
  async waitClosed(deadline?: number): Promise<void> {
    await waitFor('the connection to close', () => this.#closed, deadline);
  }

  /** DISCONNECT, then close. */
  async end(): Promise<void> {
    await within('the end of the client', this.raw.endAsync());
  }

  /** Destroys the connection without DISCONNECT, so that a will is published. */
  drop(): void {
    this.raw.stream.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within('the end of the client', this.raw.endAsync(true));
  }

  #answer<T>(what: string, promise: Promise<T>): Promise<T> {
    return within(what, Promise.race([promise, this.#gone]));
  }
}

/** The code that the other side sent; undefined for an error that is not an answer. */
function refusalCode(error: Error): number | undefined {
  const { code } = error as Error & { readonly code?: unknown };
  return typeof code === 'number' ? code : undefined;
}
