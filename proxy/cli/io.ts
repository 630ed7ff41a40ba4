/** Where a command prints: results to `out`, everything else to `err`. One call is one line. */
export interface Io {
  out(line: string): void;
  err(line: string): void;
}

/** Exit codes of all commands, as `headgate help` prints them. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;

/** Prints to standard output and standard error; ends quietly when the reader of the output is gone (`| head`). */
export function terminalIo(): Io {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
  };
}
