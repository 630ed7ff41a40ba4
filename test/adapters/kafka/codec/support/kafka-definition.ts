import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A message as Kafka defines it, in common/message/*.json of its jar. */
export interface Definition {
  readonly apiKey: number;
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly fields: readonly DefinedField[];
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly DefinedField[] }[];
}

export interface DefinedField {
  readonly name: string;
  readonly type: string;
  readonly versions: string;
  readonly nullableVersions?: string;
  readonly tag?: number;
  readonly taggedVersions?: string;
  readonly default?: string | number;
  readonly entityType?: string;
  readonly fields?: readonly DefinedField[];
}

/** The jar of Kafka's clients in a folder of jars, or undefined. */
export function clientsJar(folder: string): string | undefined {
  const name = readdirSync(folder).find((file) => /^kafka-clients-[\d.]+\.jar$/.test(file));
  return name === undefined ? undefined : join(folder, name);
}

/** `name`: that of the message, `FetchRequest`. */
export function readDefinition(jar: string, name: string): Definition {
  const text = execFileSync('unzip', ['-p', jar, `common/message/${name}.json`], { encoding: 'utf8' });
  return JSON.parse(text.replace(/(^|\s)\/\/[^"\n]*$/gm, '').replace(/^\s*\/\/.*$/gm, '')) as Definition;
}
