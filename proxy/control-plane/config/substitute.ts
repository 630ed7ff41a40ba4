/**
 * `${env:NAME}` and `${file:PATH}` in the values that may hold them. One pass: what a variable
 * or a file holds is taken as it is. `$${` stands for `${`.
 */
import type { FileReader } from './files.ts';
import { type KeyNode, stepInto } from './keys.ts';
import { type Path, type PathStep, quote, type Report } from './problem.ts';

/** In place of a value that could not be fetched; never leaves this folder, because the result is a problem. */
const UNKNOWN = 'unknown value not fetched';

const HOW = `write \${env:NAME} or \${file:PATH}; "$\${" stands for "\${" itself`;

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;

export interface Substitution {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: FileReader;
  readonly report: Report;
}

function hasReference(text: string): boolean {
  return text.includes('${');
}

/** True when nothing of the value itself stands in the configuration. */
export function isReference(text: string): boolean {
  return /^(?:\$\{(?:env|file):[^}]*\})+$/.test(text);
}

/** Resolves the references in `value`, in place, wherever `keys` allows them. */
export function substituteAll(value: unknown, keys: KeyNode, context: Substitution): unknown {
  return walk(value, keys, [], context);
}

function walk(value: unknown, key: KeyNode | undefined, path: Path, context: Substitution): unknown {
  if (typeof value === 'string') {
    if (!hasReference(value)) return value;
    if (key?.facts.substitutes === true) return substitute(value, path, context);
    // A key that is not known is a problem already; a variable of a template is not `${`.
    if (key !== undefined) {
      context.report.error(
        path,
        `this key takes no \${env:…} or \${file:…}`,
        'write the value itself; only secrets come from elsewhere',
      );
    }
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = value as Record<PathStep, unknown>;
  const steps: PathStep[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const step of steps) {
    const before = entries[step];
    const after = walk(before, stepInto(key, step), [...path, step], context);
    if (after !== before) entries[step] = after;
  }
  return value;
}

/** The text with its references resolved; problems are reported at `path`. */
function substitute(text: string, path: Path, { env, files, report }: Substitution): string {
  let failed = false;
  const fail = (message: string, fix?: string): string => {
    failed = true;
    report.error(path, message, fix);
    return '';
  };
  const result = text.replace(REFERENCE, (_all, inner: string | undefined, close: string | undefined) => {
    if (inner === undefined) return '${';
    if (close !== '}') return fail('a "${" is not closed', HOW);
    if (inner.startsWith('env:')) {
      const name = inner.slice(4);
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value === undefined) return fail(`the environment has no variable ${quote(name)}`, 'set it before the start');
      if (value === '') return fail(`the environment variable ${quote(name)} is empty`);
      return value;
    }
    if (inner.startsWith('file:')) {
      const read = files.text(inner.slice(5), path, report, { secret: true });
      if (read === undefined) {
        failed = true;
        return '';
      }
      const value = read.replace(/\r?\n$/, '');
      if (value === '') return fail(`the file ${quote(inner.slice(5))} is empty`);
      return value;
    }
    return fail('"${" is followed by neither env: nor file:', HOW);
  });
  return failed ? UNKNOWN : result;
}
