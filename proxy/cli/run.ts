import { parseArgs } from 'node:util';
import { renderProblems } from '../config/print.ts';
import { ConfigRefused, type Gate, startGate } from '../main.ts';
import type { Io } from './io.ts';

export const RUN_HELP = `usage: headgate run --config FILE

Runs the gate until it is told to stop.

  --config FILE   the configuration (YAML); default headgate.yaml

Signals: SIGHUP reloads configuration, certificates and keys and opens the audit file anew;
SIGTERM and SIGINT drain and end with 0; a second one ends at once.

Exit codes: 0 ended by a signal, 1 could not start, 2 the configuration is wrong.`;

/** \`headgate run\`. Resolves when the gate has ended. */
export async function runCommand(argv: string[], io: Io): Promise<number> {
  let file = 'headgate.yaml';
  try {
    const { values } = parseArgs({
      args: argv,
      options: { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      io.out(RUN_HELP);
      return 0;
    }
    file = values.config ?? file;
  } catch (error) {
    io.err(error instanceof Error ? error.message : String(error));
    io.err(RUN_HELP);
    return 2;
  }
  let gate: Gate;
  try {
    gate = await startGate({ file });
  } catch (error) {
    if (error instanceof ConfigRefused) {
      io.err(renderProblems(error.problems));
      return 2;
    }
    io.err(`headgate: cannot start: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  return serveUntilSignal(gate);
}

function serveUntilSignal(gate: Gate): Promise<number> {
  const { logger } = gate.log;
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (stopping) {
        logger.warn({ signal }, 'second signal: ending at once');
        gate.log.flush();
        process.exit(signal === 'SIGINT' ? 130 : 143);
      }
      stopping = true;
      void gate
        .drain()
        .then(() => gate.close())
        .then(() => {
          logger.info('ended');
          gate.log.flush();
          resolve(0);
        });
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', () => {
      gate.reopen();
      void gate.reload();
    });
  });
}
