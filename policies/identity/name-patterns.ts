import type { OneOrMany } from '../source.ts';
import { attributeName, attributeOid } from '../x509/attribute-types.ts';
import { checkedPatterns, type ReportAt } from './checked-pattern.ts';
import { type Pattern, subjectPattern } from './pattern.ts';
import { TemplateError } from './template.ts';

/** Attribute type (as in `NameAttribute.type`) and the patterns that must all match a value of it. */
export interface AttributePatterns {
  readonly type: string;
  readonly patterns: readonly Pattern[];
}

const DOTTED_OID = /^[0-2](\.\d+)+$/;

/** Compiles patterns over the attributes of the subject or of the issuer, whose patterns take no variables. */
export function compileNamePatterns(
  whose: 'subject' | 'issuer',
  source: Readonly<Record<string, OneOrMany>> | undefined,
  report: ReportAt,
): readonly AttributePatterns[] {
  if (source === undefined) return [];
  const make = whose === 'subject' ? subjectPattern : issuerPattern;
  const entries = Object.entries(source);
  if (entries.length === 0) report(`when.${whose}`, `is empty; leave it out to match any ${whose}`);
  const seen = new Set<string>();
  return entries.flatMap(([name, value]) => {
    const at = `when.${whose}.${name}`;
    const type = attributeOid(name) !== undefined ? name : DOTTED_OID.test(name) ? attributeName(name) : undefined;
    if (type === undefined) {
      const upper = name.toUpperCase();
      report(at, `unknown ${whose} attribute${attributeOid(upper) === undefined ? '' : `; write ${upper}`}`);
      return [];
    }
    if (seen.has(type)) report(at, `${type} is named twice`);
    seen.add(type);
    return [{ type, patterns: checkedPatterns(value, make, at, report) }];
  });
}

function issuerPattern(source: string): Pattern {
  const pattern = subjectPattern(source);
  const [variable] = pattern.variables;
  if (variable === undefined) return pattern;
  throw new TemplateError(`has the variable {${variable}}: nothing is taken from the issuer; write * in its place`);
}
