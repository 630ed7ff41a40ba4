import { parseArgs } from 'node:util';
import { renderProblems } from '../config/print.ts';
import { ConfigRefused, type Gate, startGate } from '../main.ts';
import { EXIT, type Io } from './io.ts';

const USAGE = 'usage: headgate run [--config FILE]';
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** A signal that comes again within so many milliseconds is the same one: npm and terminals send it twice. */
const SAME_SIGNAL = 300;
/** Milliseconds for the process to end by itself. */
const LINGER = 500;

/** `headgate run`. Resolves with the exit code when the gate has ended. */
export async function runCommand(argv: string[], io: Io): Promise<number> {
  let file: string;
  try {
    const { values } = parseArgs({ args: argv, options: { config: { type: 'string' } } });
    file = values.config ?? 'headgate.yaml';
  } catch (error) {
    io.err(`headgate run: ${(error as Error).message}`);
    io.err(USAGE);
    return EXIT.usage;
  }
  // A signal that comes while the gate starts waits, so that it ends nothing half-way.
  const early = new Set<NodeJS.Signals>();
  const note = (signal: NodeJS.Signals) => void early.add(signal);
  for (const signal of SIGNALS) process.on(signal, note);
  try {
    const gate = await startGate({ file });
    for (const signal of SIGNALS) process.off(signal, note);
    return await serveUntilSignal(gate, early);
  } catch (error) {
    if (error instanceof ConfigRefused) {
      io.err(renderProblems(error.problems));
      return EXIT.usage;
    }
    io.err(`headgate run: cannot start: ${(error as Error).message}`);
    return EXIT.failure;
  }
}

function serveUntilSignal(gate: Gate, early: Iterable<NodeJS.Signals>): Promise<number> {
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
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', () => {
      gate.reopen();
      void gate.reload();
    });
    for (const signal of early) process.emit(signal, signal);
  });
}
