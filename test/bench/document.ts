/** Puts the tables of a run between the markers of docs/performance.md. */
import { readFile, writeFile } from 'node:fs/promises';

const FILE = new URL('../../docs/performance.md', import.meta.url);
const BEGIN = '<!-- figures: begin (written by `npm run bench -- --write`) -->';
const END = '<!-- figures: end -->';

export async function writeFigures(text: string): Promise<void> {
  const page = await readFile(FILE, 'utf8');
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('docs/performance.md has lost its markers');
  await writeFile(FILE, `${page.slice(0, begin + BEGIN.length)}\n\n${text.trim()}\n\n${page.slice(end)}`);
}
