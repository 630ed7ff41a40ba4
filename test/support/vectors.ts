import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Test vectors that others made: a folder that is no part of this repository. */
const FOLDER = process.env['HEADGATE_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors');

/**
 * For the `skip` option of a test: false when the file is there, else the reason. Under CI=true
 * nothing is skipped: a missing file is an error that names it.
 */
export function withoutVectors(file: string): string | false {
  if (existsSync(join(FOLDER, file))) return false;
  const reason = `no ${file} in HEADGATE_VECTORS, nor in ../shared/vectors beside the repository`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}

/** The lines of a packed file of JSON lines; none where the file is missing. */
export function readVectors<T>(file: string): readonly T[] {
  if (withoutVectors(file) !== false) return [];
  const lines = gunzipSync(readFileSync(join(FOLDER, file)))
    .toString('utf8')
    .split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}
