/**
 * Generates docs/configuration.md from the schema: `node docs/make/configuration.ts` writes it,
 * with `--check` it exits 1 if the file is out of date.
 */

import { type KeyNode, keyTree } from '../../proxy/control-plane/config/keys.ts';
import { configuration } from '../../proxy/control-plane/config/schema.ts';
import { keepDocument } from './kept-document.ts';

const INTRODUCTION = `# Configuration

<!-- Generated from proxy/control-plane/config/schema.ts by \`npm run docs\`; edits here are lost. -->

One YAML file. \`headgate check --config FILE\` reports all errors at once, each with file, line, column and a fix.
The reference example is [compose/headgate.example.yaml](../compose/headgate.example.yaml).

- File names are relative to the configuration file.
- Durations are written \`500ms\`, \`10s\`, \`5min\`, \`1h\`, \`7d\`; sizes \`512B\`, \`256KiB\`, \`1MiB\`; both always with a unit.
- Keys marked _secret_ or _reference_ may be written as \`"\${env:NAME}"\` or \`"\${file:PATH}"\`. The content of
  the variable or file is taken unchanged (one line break at the end of a file is removed); \`$\${\` stands for \`\${\` itself.
- Private keys, secrets and tokens that other users can read cause a warning or an error: see \`strictPermissions\`.
- YAML anchors (\`&name\`) and aliases (\`*name\`) may be used to avoid repetition. A file may have at most 10 MiB.
`;

/** The document as text. */
export function renderDocument(root: KeyNode = keyTree(configuration)): string {
  // Sections that read alike (`allow[]` and `deny[]`) are one, under both names.
  const titles = new Map<string, string[]>();
  renderSection(root, titles);
  const sections = [...titles].map(([body, names]) => `## ${names.join(', ')}\n\n${body}\n`);
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

function renderSection(node: KeyNode, titles: Map<string, string[]>): void {
  const title = node.path === '' ? 'The file' : `\`${node.path}\``;
  const lines: string[] = [];
  if (node.facts.description !== undefined) lines.push(node.facts.description, '');
  const keys = [...node.children];
  lines.push('| key | value | default | meaning |', '|---|---|---|---|');
  for (const [name, key] of keys) lines.push(renderRow(name, key));
  const body = lines.join('\n');
  titles.set(body, [...(titles.get(body) ?? []), title]);
  for (const [, key] of keys) for (const below of sectionsBelow(key)) renderSection(below, titles);
}

/** The nodes with keys of their own that are reached through this key. */
function sectionsBelow(key: KeyNode): KeyNode[] {
  if (key.children.size > 0) return [key];
  return [key.element, key.named].flatMap((node) => (node === undefined ? [] : sectionsBelow(node)));
}

function renderRow(name: string, key: KeyNode): string {
  const { facts } = key;
  const given = key.required ? '**required**' : (facts.default ?? '');
  const message = [facts.description ?? '', ...notes(key)].join(' ');
  return `| \`${name}\` | ${cell(valueWords(key))} | ${cell(given)} | ${cell(message)} |`;
}

function valueWords(key: KeyNode): string {
  const { type, limits } = key.facts;
  const section = key.children.size > 0 ? 'a section' : '';
  const single = type ?? (key.named === undefined ? section : 'entries by name');
  const message = key.list ? `a list${key.element === undefined ? `: ${single}` : ' of sections'}` : single;
  return limits === undefined ? message : `${message}; ${limits}`;
}

function notes(key: KeyNode): string[] {
  const list: string[] = [];
  if (key.facts.secret === true) list.push('_Secret._');
  else if (key.facts.substitutes === true) list.push('_Reference._');
  if (key.only !== undefined) list.push(`Only with \`protocol: ${key.only}\`.`);
  return list;
}

function cell(message: string): string {
  return message.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

if (import.meta.main) keepDocument('configuration.md', renderDocument());
