import { renderProblems } from '../control-plane/config/print.ts';
import { ConfigRefused, type Gate, startGate } from '../gate.ts';
import { defineCommand } from './command.ts';
import { EXIT } from './io.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** A signal that comes again within so many milliseconds is the same one: npm and terminals send it twice. */
const SAME_SIGNAL = 300;
/** Milliseconds for the process to end by itself. */
const LINGER = 500;

/** `headgate run`: serves until a signal ends it. */
export const runCommand = defineCommand({
  name: 'run',
  usage: '[--config FILE]',
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      default: 'headgate.yaml',
      help: 'the configuration (YAML); default headgate.yaml',
    },
  },
  notes: [
    'SIGHUP reloads configuration, certificates and keys, and reopens the audit file.',
    'SIGTERM and SIGINT drain; a second one ends the process at once.',
  ],
  exits: [
    [EXIT.ok, 'drained after SIGTERM or SIGINT'],
    [EXIT.failure, 'cannot start or cannot continue, for example because a port is taken'],
    [EXIT.usage, 'wrong usage, or the configuration has errors (all are printed)'],
  ],
  async run({ values }, io) {
    const signals = new SignalInbox();
    try {
      return await serveUntilSignal(await startGate({ file: values.config }), signals);
    } catch (error) {
      if (error instanceof ConfigRefused) {
        io.err(renderProblems(error.problems));
        return EXIT.usage;
      }
      io.err(`headgate run: cannot start: ${(error as Error).message}`);
      return EXIT.failure;
    }
  },
});

function serveUntilSignal(gate: Gate, signals: SignalInbox): Promise<number> {
  const { logger } = gate.log;
  return new Promise((resolve, reject) => {
    let stoppingSince = 0;
    const stop = (signal: NodeJS.Signals): void => {
      if (stoppingSince > 0) {
        if (performance.now() - stoppingSince < SAME_SIGNAL) return;
        logger.warn({ signal }, 'second signal: ending at once');
        gate.log.flush();
        process.exit(signal === 'SIGINT' ? 130 : 143);
      }
      stoppingSince = performance.now();
      const end = async (): Promise<void> => {
        await gate.drain();
        await gate.close();
        logger.info('ended');
        gate.log.flush();
        resolve(EXIT.ok);
        // Retries of an exporter must not keep a gate that has ended.
        setTimeout(() => process.exit(EXIT.ok), LINGER).unref();
      };
      end().catch(reject);
    };
    signals.deliver((signal) => {
      if (signal !== 'SIGHUP') {
        stop(signal);
        return;
      }
      gate.reopen();
      void gate.reload();
    });
  });
}

/**
 * The signals of this process from its first moment on: those that come while the gate starts
 * wait, so that they end nothing half-way. The listeners are never exchanged: a signal that was
 * caught and not yet dispatched is lost when its last listener goes.
 */
class SignalInbox {
  readonly #early = new Set<NodeJS.Signals>();
  #handler: ((signal: NodeJS.Signals) => void) | null = null;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#receive);
  }

  /** From now on signals go to `handler`, those that waited first. */
  deliver(handler: (signal: NodeJS.Signals) => void): void {
    this.#handler = handler;
    for (const signal of this.#early) handler(signal);
  }

  #receive = (signal: NodeJS.Signals): void => {
    if (this.#handler === null) this.#early.add(signal);
    else this.#handler(signal);
  };
}
