/** Limits and other settings of one client before and after. */
import { COUNTS, RATES, TRAFFIC } from '../../limits/keys.ts';
import { limitsOfScope } from '../../limits/scope.ts';
import { ON_EXCEED } from '../../limits/table.ts';
import type { Mode, PolicySource } from '../../source.ts';
import type { EffectiveLimits, Policy, Rate, RateLimit, SharableLimits } from '../../types.ts';
import type { RoleBook } from '../lint/clients.ts';
import type { Direction } from './identity-changes.ts';

/** A setting that has another value, and in which direction that changes what clients may do. */
export interface SettingChange {
  /** `limits.publish`, `limits.group:fleet.publish`, `mqtt.clientId` */
  readonly setting: string;
  readonly direction: Direction;
  readonly before: string;
  readonly after: string;
}

/** A client in one of the two policies. */
export interface SettingSide {
  readonly source: PolicySource;
  readonly policy: Policy;
  /** Of the source. */
  readonly book: RoleBook;
  readonly roles: readonly string[];
  readonly limits: EffectiveLimits;
  /** A role at least is in shadow. */
  readonly open: boolean;
}

/** What is the same for every protocol: the mode and the limits. */
export function settingChanges(before: SettingSide, after: SettingSide): SettingChange[] {
  const [old, now] = [before.limits, after.limits];
  const all = [
    wordChange('mode', modeOf(before), modeOf(after), ['shadow', 'enforce']),
    ...limitChanges('limits', old, now),
    ...groupNames(old, now).flatMap((group) =>
      limitChanges(`limits.group:${group}`, limitsOfScope(old, group), limitsOfScope(now, group)),
    ),
  ];
  return all.filter((one) => one !== undefined);
}

function modeOf({ open }: SettingSide): Mode {
  return open ? 'shadow' : 'enforce';
}

function groupNames(...all: readonly EffectiveLimits[]): string[] {
  return [...new Set(all.flatMap(({ groups = [] }) => groups.map(({ group }) => group)))].sort();
}

function limitChanges(path: string, old: SharableLimits, now: SharableLimits): (SettingChange | undefined)[] {
  return [
    ...RATES.map((key) => rateChange(`${path}.${key}`, old[key], now[key])),
    ...COUNTS.map((key) => countChange(`${path}.${key}`, old[key], now[key])),
    ...TRAFFIC.map((key) => excessChange(`${path}.${key}.onExceed`, old[key], now[key])),
  ];
}

/** Undefined: it is the same. */
export function rateChange(
  setting: string,
  before: Rate | undefined,
  after: Rate | undefined,
): SettingChange | undefined {
  const steps = [compare(before?.perSecond, after?.perSecond), compare(before?.burst, after?.burst)];
  const [up, down] = [steps.includes(1), steps.includes(-1)];
  if (!up && !down) return undefined;
  const direction = up && down ? 'unclear' : up ? 'widened' : 'narrowed';
  return { setting, direction, before: rateText(before), after: rateText(after) };
}

function countChange(
  setting: string,
  before: number | undefined,
  after: number | undefined,
): SettingChange | undefined {
  const step = compare(before, after);
  if (step === 0) return undefined;
  const text = (count: number | undefined) => (count === undefined ? 'none' : String(count));
  return { setting, direction: step > 0 ? 'widened' : 'narrowed', before: text(before), after: text(after) };
}

/** 1: more is allowed now. No limit is more than any. */
function compare(before = Number.POSITIVE_INFINITY, after = Number.POSITIVE_INFINITY): -1 | 0 | 1 {
  if (before === after) return 0;
  return after > before ? 1 : -1;
}

/** `words`: from the mildest to the hardest. */
export function wordChange<W extends string>(
  setting: string,
  before: W,
  after: W,
  parts: readonly W[],
): SettingChange | undefined {
  if (before === after) return undefined;
  const direction = parts.indexOf(after) < parts.indexOf(before) ? 'widened' : 'narrowed';
  return { setting, direction, before, after };
}

/** Where there is a limit before and after. */
function excessChange(
  setting: string,
  before: RateLimit | undefined,
  after: RateLimit | undefined,
): SettingChange | undefined {
  if (before === undefined || after === undefined) return undefined;
  return wordChange(setting, before.onExceed, after.onExceed, ON_EXCEED);
}

function rateText(rate: Rate | undefined): string {
  if (rate === undefined) return 'none';
  return `${rounded(rate.perSecond)} per second, burst ${rounded(rate.burst)}`;
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
