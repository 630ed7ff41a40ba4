import type { Asked, ClusterTopology } from '../../../adapters/kafka/topology.ts';
import type { HostPort, KafkaUpstream } from '../../shared/listener-plan.ts';
import type { Timing } from '../../shared/timing.ts';
import { MAX_PAUSE, pauseAfter } from './backoff.ts';
import { candidates } from './candidates.ts';
import { ControlConnection } from './control-connection.ts';
import { askMetadata, METADATA_BY_ID, negotiate } from './control-requests.ts';
import { ControlError } from './failure.ts';
import type { ClusterObserver } from './observer.ts';
import type { PendingMetadata } from './pending-metadata.ts';

interface Open {
  readonly connection: ControlConnection;
  /** Of Metadata. */
  readonly version: number;
}

/**
 * Keeps one connection to a cluster for as long as it is wanted: goes through the brokers until
 * one answers, asks what `PendingMetadata` holds, one question after the other, and begins again after a
 * pause when the connection is lost.
 */
export class ControlLink {
  readonly #upstream: KafkaUpstream;
  readonly #topology: ClusterTopology;
  readonly #pending: PendingMetadata;
  readonly #timing: Timing;
  readonly #observer: ClusterObserver;
  readonly #abort = new AbortController();
  /** The broker whose connection was lost last: the others come before it. */
  #lost: HostPort | null = null;
  /** Rounds in a row that reached no broker. */
  #failures = 0;
  /** Connections in a row that did not last. */
  #losses = 0;
  /** The interval is over. */
  #refresh = false;
  #cancelInterval: () => void = () => {};
  #connection: ControlConnection | null = null;
  #waken: () => void = () => {};

  constructor(
    upstream: KafkaUpstream,
    topology: ClusterTopology,
    pending: PendingMetadata,
    timing: Timing,
    observer: ClusterObserver,
  ) {
    this.#upstream = upstream;
    this.#topology = topology;
    this.#pending = pending;
    this.#timing = timing;
    this.#observer = observer;
  }

  /** Returns when the link is closed. */
  async run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      let inRow: number;
      try {
        inRow = await this.#round();
      } catch (error) {
        this.#observer.fault(error);
        inRow = ++this.#failures;
      }
      this.#connection?.close('closed', 'given up');
      this.#cancelInterval();
      await this.#pause(pauseAfter(inRow, this.#timing.random()));
    }
  }

  /** There is something new to ask. */
  wake(): void {
    this.#waken();
  }

  close(): void {
    this.#abort.abort();
    this.#connection?.close('closed', 'no longer wanted');
    this.#cancelInterval();
    this.#waken();
  }

  /** From the first dial to the end of a connection; returns how often in a row it ended so. */
  async #round(): Promise<number> {
    const open = await this.#connect();
    if (open === null) return ++this.#failures;
    this.#failures = 0;
    const since = this.#timing.now();
    const why = await this.#serve(open);
    // A connection that never lasts is no better than none.
    const lasted = this.#timing.now() - since >= MAX_PAUSE;
    this.#losses = lasted ? 1 : this.#losses + 1;
    this.#report(why);
    return this.#losses;
  }

  /** null: no broker is of use now, or the link is closed. */
  async #connect(): Promise<Open | null> {
    let message = '';
    const { bootstrap } = this.#upstream;
    for (const address of candidates(bootstrap, this.#topology.brokers.values(), this.#lost)) {
      if (this.#abort.signal.aborted) return null;
      const connection = new ControlConnection(address, this.#timing, () => this.#waken());
      this.#connection = connection;
      try {
        await connection.open(this.#upstream, this.#abort.signal);
        const open = { connection, version: await negotiate(connection) };
        await this.#ask(open, 'brokers');
        this.#lost = address;
        this.#observer.state(true, '');
        return open;
      } catch (error) {
        message = this.#report(error).message;
      }
    }
    if (this.#abort.signal.aborted) return null;
    this.#pending.settle();
    this.#observer.state(false, message);
    return null;
  }

  /** Asks until the connection fails; returns why. */
  async #serve(open: Open): Promise<ControlError> {
    try {
      while (open.connection.failure === null) {
        const asked = this.#refresh ? 'brokers' : this.#pending.next();
        if (asked === null) await this.#wakened();
        else await this.#ask(open, asked);
      }
      return open.connection.failure;
    } catch (error) {
      if (error instanceof ControlError) return error;
      throw error;
    }
  }

  /** @throws ControlError */
  async #ask({ connection, version }: Open, asked: Asked): Promise<void> {
    if (typeof asked !== 'string' && version < METADATA_BY_ID) {
      // Brokers without topic ids: no id means anything to them.
      this.#topology.learnUnknown(asked, this.#timing.now());
      this.#pending.answered(asked);
      return;
    }
    const answer = await askMetadata(connection, version, asked);
    this.#topology.learn(answer, asked, this.#timing.now());
    this.#refresh = false;
    this.#cancelInterval();
    this.#cancelInterval = this.#timing.after(this.#upstream.metadataInterval, () => {
      this.#refresh = true;
      this.#waken();
    });
    this.#pending.answered(asked);
    this.#observer.answered(asked);
  }

  /** A failure of the connection is told; anything else is a fault of ours. */
  #report(error: unknown): ControlError {
    if (!(error instanceof ControlError)) throw error;
    if (!this.#abort.signal.aborted) this.#observer.failed(error.kind, error.message);
    return error;
  }

  #wakened(): Promise<void> {
    return new Promise((resolve) => {
      this.#waken = resolve;
    });
  }

  #pause(ms: number): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#timing.after(ms, resolve);
      this.#waken = () => {
        if (!this.#abort.signal.aborted) return;
        cancel();
        resolve();
      };
    });
  }
}
