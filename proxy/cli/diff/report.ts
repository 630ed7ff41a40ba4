/** The difference of two policies as text. */
import type { ClientChange } from '../../../policies/analysis/diff/diff-policies.ts';
import type { Direction } from '../../../policies/analysis/diff/identity-changes.ts';
import type { RuleChange, RuleRef } from '../../../policies/analysis/diff/rule-change.ts';
import { parsePath } from '../../control-plane/config/problem.ts';
import { escapeText } from '../../shared/events/escape.ts';
import type { PolicyFile } from '../policy-file.ts';
import { type DiffResult, narrows, widens } from './compare.ts';
import type { Replay } from './replay.ts';
import { concernsAll, requestsText } from './requests-text.ts';

const SIGNS: Readonly<Record<Direction, string>> = { widened: '+', narrowed: '-', unclear: '~' };
/** Identities, excepted rules and rejections that are listed one by one. */
const MAX_NAMES = 10;
const MAX_EXCEPTIONS = 20;
const MAX_REPLAYED = 100;

/** `+` widened, `-` narrowed, `~` may be either. */
export function diffLines(result: DiffResult): string[] {
  const { before, after, diff, listeners, replay } = result;
  const files = { before, after };
  const lines: string[] = [];
  if (listeners) lines.push('~ listeners: their mode, the trust stores they accept, or the topic levels they allow');
  for (const { direction, what, name, reason, side, path } of diff.identities) {
    lines.push(`${SIGNS[direction]} identity ${name} (${placeOf(files[side], path)}) ${what}: ${reason}`);
  }
  for (const change of diff.clients) lines.push(...clientLines(change, files));
  if (replay !== undefined) lines.push(...replayLines(replay));
  if (diff.onlyModes) lines.push('rules and roles are the same: they only move between shadow and enforce');
  lines.push(summary(result));
  return lines.map((line) => escapeText(line, 4096));
}

type Files = Readonly<Record<'before' | 'after', PolicyFile>>;

function clientLines({ identities, roles, rules, settings, shadow }: ClientChange, files: Files): string[] {
  const names = identities.slice(0, MAX_NAMES).join(', ');
  const more = identities.length > MAX_NAMES ? ` and ${identities.length - MAX_NAMES} more` : '';
  const [old, now] = [roles.before.join(', '), roles.after.join(', ')];
  return [
    `clients of ${identities.length === 1 ? 'the identity' : 'the identities'} ${names}${more} (roles ${old === now ? now : `${old} -> ${now}`})`,
    ...rules.flatMap((change) => ruleLines(change, files)),
    ...settings.map(
      ({ setting, direction, before, after }) => `  ${SIGNS[direction]} ${setting}: ${before} -> ${after}`,
    ),
    ...(shadow === undefined ? [] : [`  in shadow: ${shadowText(shadow.before)} -> ${shadowText(shadow.after)}`]),
  ];
}

function shadowText(what: readonly string[]): string {
  const shown = what.slice(0, MAX_NAMES).join('; ');
  return what.length > MAX_NAMES ? `${shown} and ${what.length - MAX_NAMES} more` : shown || 'nothing';
}

function ruleLines(change: RuleChange, files: Files): string[] {
  const { direction, asked, resource, within, also, except, certain } = change;
  const ref = (rule: RuleRef) => `${JSON.stringify(rule.text)} (${placeOf(files[rule.side], rule.id)} ${rule.id})`;
  const named = concernsAll(asked) ? '' : ` ${JSON.stringify(resource)}`;
  const what = resource === undefined ? ` what is in both ${ref(within)} and ${ref(also ?? within)}` : named;
  const because = resource === undefined ? [] : reasonLines(change, ref).map((line) => `      ${line}`);
  return [
    `  ${SIGNS[direction]} ${requestsText(asked)}${what}`,
    ...because,
    ...except.slice(0, MAX_EXCEPTIONS).map((rule) => `      except ${ref(rule)}`),
    ...(except.length > MAX_EXCEPTIONS ? [`      except ${except.length - MAX_EXCEPTIONS} more`] : []),
    ...(certain ? [] : ['      may change nothing, depending on the client’s values or address, or on other denies']),
  ];
}

function reasonLines({ direction, within, also }: RuleChange, ref: (rule: RuleRef) => string): string[] {
  const widened = direction === 'widened';
  const allowed = `${widened ? 'allowed' : 'was allowed'} by ${ref(within)}`;
  return also === undefined ? [allowed] : [allowed, `${widened ? 'no longer denied' : 'denied'} by ${ref(also)}`];
}

function placeOf({ source, locator }: PolicyFile, path: string): string {
  const { line, column } = source.position(locator.locate(parsePath(path), 'value'));
  return `${source.file}:${line}:${column}`;
}

function replayLines({ outcomes, changed, more: unlisted, left }: Replay): string[] {
  const shown = changed.slice(0, MAX_REPLAYED).map(({ outcome, principal, identity, action, resource, count }) => {
    const sign = outcome === 'allowed before' ? ' ' : '+';
    return `  ${sign} ${outcome}: ${principal} (${identity}) ${action} ${JSON.stringify(resource)}${count > 1 ? `, ${count} times` : ''}`;
  });
  const others = changed.slice(MAX_REPLAYED).reduce((sum, { count }) => sum + count, unlisted);
  const more = others > 0 ? [`    ${others} more of these`] : [];
  return [
    `recorded rejections: ${Object.entries(outcomes)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(', ')}`,
    ...shown,
    ...more,
    ...Object.entries(left).map(([reason, count]) => `    ${count} cannot be decided again: ${reason}`),
  ];
}

function summary(result: DiffResult): string {
  if (widens(result)) return narrows(result) ? 'wider, and narrower' : 'wider';
  return narrows(result) ? 'narrower' : 'no verdict changes';
}
