import type { OneOrMany } from '../source.ts';
import { attributeOid } from '../x509/attribute-types.ts';
import type { Pattern } from './pattern.ts';
import { TemplateError } from './template.ts';

/** Takes what is wrong at a place within one identity, such as `when.san.uri`. */
export type ReportAt = (at: string, message: string) => void;

/** One pattern or a list of them, each made by `make` if it can be; what is wrong is reported. */
export function checkedPatterns(
  written: OneOrMany,
  make: (source: string) => Pattern,
  at: string,
  report: ReportAt,
): Pattern[] {
  if (typeof written === 'string') return checkedPattern(() => make(written), at, report);
  if (written.length === 0) report(at, 'the list of patterns is empty');
  return written.flatMap((source, index) => checkedPattern(() => make(source), `${at}[${index}]`, report));
}

/** What `make` gives, unless it throws TemplateError, which is reported as the fault of `what`. */
export function attempt<T>(make: () => T, at: string, what: string, report: ReportAt): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    report(at, `${what} ${error.message}`);
    return undefined;
  }
}

/** A pattern of `make`, if it makes one and its variables hide no subject attribute. */
function checkedPattern(make: () => Pattern, at: string, report: ReportAt): Pattern[] {
  const pattern = attempt(make, at, 'the pattern', report);
  const hidden = pattern?.variables.find((variable) => attributeOid(variable) !== undefined);
  if (hidden !== undefined)
    report(at, `{${hidden}} is the name of a subject attribute; choose another for the variable`);
  return pattern === undefined ? [] : [pattern];
}
