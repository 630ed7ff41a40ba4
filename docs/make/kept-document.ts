import { readFileSync, writeFileSync } from 'node:fs';

/**
 * For the scripts that generate a file under docs/: writes it, or with `--check` among the arguments
 * compares it with what would be written and sets the exit code 1 when it differs.
 */
export function keepDocument(name: string, made: string): void {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, made);
  } else if (readText(file) !== made) {
    process.stderr.write(`docs/${name} is out of date: run \`npm run docs\`\n`);
    process.exitCode = 1;
  }
}

function readText(file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
