import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Brokers live in sbin directories, which a user's PATH often lacks. */
const PLACES = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];

/** The file of a tool, or undefined. */
export function findTool(name: string): string | undefined {
  return PLACES.map((dir) => join(dir, name)).find(isExecutable);
}

/**
 * For the `skip` option of a test: false when all tools are there, else the reason. Under
 * CI=true nothing is skipped: a missing tool is an error that names it.
 */
export function without(...tools: string[]): string | false {
  return skipReason(tools.filter((tool) => findTool(tool) === undefined));
}

/** The same for things that are not found by name. */
export function skipReason(missing: readonly string[]): string | false {
  if (missing.length === 0) return false;
  const reason = `not installed: ${missing.join(', ')}`;
  if (process.env['CI'] === 'true') throw new Error(`${reason}; .ci/run installs what the tests need`);
  return reason;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
