/** The command line is wrong; the message says how. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * The positional arguments, one for each name.
 * @throws UsageError when there are fewer or more
 */
export function exactly<const T extends readonly string[]>(
  positionals: readonly string[],
  names: T,
): { [K in keyof T]: string } {
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (positionals.length > names.length) {
    throw new UsageError(`${JSON.stringify(positionals[names.length])} is one argument too many`);
  }
  return positionals as unknown as { [K in keyof T]: string };
}
