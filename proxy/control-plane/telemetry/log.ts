import { type DestinationStream, type Logger, pino } from 'pino';
import type { RejectionEvent } from '../../../policies/event.ts';
import type { ProcessConfig } from '../config/model.ts';
import { formatLogLine } from './log-text.ts';

export type { Logger } from 'pino';

/** Bytes of log lines that may wait for standard output; beyond them lines are dropped and counted. */
const MAX_WAITING = 4 * 1024 * 1024;

/** The log of the process on standard output. */
export interface Log {
  readonly logger: Logger;
  /** Lines lost because the reader of standard output was too slow. */
  dropped(): number;
  /** Writes what waits, blocking: for the last moment of the process. */
  flush(): void;
}

/** The process's log on standard output (or `destination`, in tests). A slow reader never blocks the main thread. */
export function openLog(config: ProcessConfig['log'], destination?: DestinationStream): Log {
  const output = destination ?? pino.destination({ fd: 1, sync: false, maxLength: MAX_WAITING });
  let dropped = 0;
  if (destination === undefined) {
    const stream = output as ReturnType<typeof pino.destination>;
    stream.on('drop', () => dropped++);
    // A closed pipe (EPIPE) must not end the proxy.
    stream.on('error', () => dropped++);
  }
  const stream: DestinationStream =
    config.format === 'json' ? output : { write: (line) => output.write(formatLogLine(line)) };
  const logger = pino(
    {
      level: config.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return {
    logger,
    dropped: () => dropped,
    flush() {
      try {
        (output as { flushSync?: () => void }).flushSync?.();
      } catch {
        // Standard output is gone; there is nobody left to tell.
      }
    },
  };
}

/**
 * One line for one rejection record: the keys are those of the event, with `at` for its time
 * (`time` is that of the log line). Level `warn`; faults of headgate itself `error`; what was let through in shadow
 * `info`, with a message of its own.
 */
export function logRejection(logger: Logger, { kind, time, ...facts }: RejectionEvent): void {
  if (facts.shadow) {
    logger.info({ event: kind, at: time, ...facts }, 'would be rejected');
    return;
  }
  const level = facts.cause === 'internal-error' ? 'error' : 'warn';
  logger[level]({ event: kind, at: time, ...facts }, 'rejected');
}
