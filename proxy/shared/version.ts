import { readFileSync } from 'node:fs';

/** Version of the package: package.json stands two folders up, or three from dist. */
export const VERSION: string = readVersion(['../../package.json', '../../../package.json']);

function readVersion(candidates: readonly string[]): string {
  for (const candidate of candidates) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(candidate, import.meta.url), 'utf8'));
      if (name === 'headgate') return String(version);
    } catch {
      // Not there: the next one.
    }
  }
  return 'unknown';
}
