/** Files of YAML that commands read beside the configuration as a whole. */
import { resolve } from 'node:path';
import type * as z from 'zod';
import { explainIssues } from '../control-plane/config/explain.ts';
import { decodeUtf8, MAX_CONFIGURATION, readRegular } from '../control-plane/config/files.ts';
import type { KeyNode } from '../control-plane/config/keys.ts';
import { type Locator, type Problem, Report } from '../control-plane/config/problem.ts';
import { Source } from '../control-plane/config/source.ts';
import { readTree } from '../control-plane/config/tree.ts';

/** What was wrong; never nothing. */
export interface Broken {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

/** A YAML file that its schema accepts. */
export interface YamlContent<T> {
  readonly source: Source;
  /** Finds the place of a path in the text. */
  readonly locator: Locator;
  readonly data: T;
  /** For what else is wrong. */
  readonly report: Report;
}

export interface YamlShape<T extends z.ZodType> {
  readonly schema: T;
  readonly keys: KeyNode;
  /** What of the file the schema is about. Default: all of it. */
  select?(value: unknown): unknown;
}

/** Reads a file against a schema and goes on with `use`, which may report more. Never throws for what is wrong with the file. */
export function readYamlFile<T extends z.ZodType, R>(
  name: string,
  shape: YamlShape<T>,
  use: (content: YamlContent<z.infer<T>>) => R | undefined,
): R | Broken {
  const read = readRegular(resolve(name), MAX_CONFIGURATION);
  const text = read.ok ? decodeUtf8(read.bytes) : undefined;
  const source = new Source(name, text?.replace(/^\ufeff/, '') ?? '');
  const report = new Report(source);
  if (!read.ok) report.error([], `the file ${read.message}`);
  else if (text === undefined) report.error([], 'the file is not UTF-8 text', 'save it as UTF-8');
  else {
    const content = parse(source, shape, report);
    const result = content === undefined ? undefined : use(content);
    if (result !== undefined && !report.failed) return result;
  }
  return { ok: false, problems: report.all() };
}

function parse<T extends z.ZodType>(
  source: Source,
  { schema, keys, select }: YamlShape<T>,
  report: Report,
): YamlContent<z.infer<T>> | undefined {
  const tree = readTree(source, keys, report);
  if (tree === undefined) return undefined;
  report.locator = tree;
  const value = select === undefined ? tree.value : select(tree.value);
  const parsed = schema.safeParse(value);
  if (parsed.success) return { source, locator: tree, data: parsed.data, report };
  explainIssues(parsed.error.issues, value, keys, report);
  return undefined;
}
