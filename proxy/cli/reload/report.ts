import type { DryRun, NamedChanges } from '../../control-plane/api/dry-run.ts';
import { escapeText } from '../../shared/events/escape.ts';

/** Sessions of one kind, and rejections, that are listed one by one. */
const MAX_LISTED = 5;
const MAX_LINE = 4096;

/** The lines of a dry run; control characters are escaped. */
export function dryRunLines(result: Extract<DryRun, { ok: true }>): string[] {
  const { generation, changed, hash } = result;
  const lines = changed
    ? [...changeLines(result), ...sessionLines(result), ...rejectionLines(result)]
    : ['a reload would change nothing'];
  lines.push(
    `nothing was changed: generation ${generation} stays in force${changed ? `; the new one would be ${hash}` : ''}`,
  );
  if (changed && result.reloadInterval > 0) {
    lines.push(
      `the files are watched (reloadInterval ${result.reloadInterval} ms): this change is loaded without a request`,
    );
  }
  return lines.map((line) => escapeText(line, MAX_LINE));
}

function changeLines({ changes }: Extract<DryRun, { ok: true }>): string[] {
  const { listeners, trust, identities, roles, identityOrder, revocation } = changes;
  return [
    ...namedLines('listener', listeners),
    ...namedLines('trust store', trust),
    ...namedLines('identity', identities),
    ...(identityOrder ? ['~ identities are tried in another order'] : []),
    ...namedLines('role', roles),
    ...(revocation ? ['~ what is revoked or denied'] : []),
  ];
}

function namedLines(what: string, { added, removed, changed }: NamedChanges): string[] {
  return [
    ...added.map((name) => `+ ${what} ${name}`),
    ...removed.map((name) => `- ${what} ${name}`),
    ...changed.map((name) => `~ ${what} ${name}`),
  ];
}

function sessionLines({ sessions: { live, ends } }: Extract<DryRun, { ok: true }>): string[] {
  const total = ends.reduce((sum, { count }) => sum + count, 0);
  return [
    `sessions: ${total} of ${live} would end`,
    ...ends.flatMap(({ listener, identity, reason, count, examples }) => [
      `  ${count} of ${identity} on ${listener}: ${reason}`,
      ...examples.slice(0, MAX_LISTED).map(({ principal, words: message }) => `    ${principal}: ${message}`),
      ...(count > MAX_LISTED ? ['    …'] : []),
    ]),
  ];
}

function rejectionLines({ rejections }: Extract<DryRun, { ok: true }>): string[] {
  const { allowed, maybeAllowed, refused, notAsked, examples } = rejections;
  if (allowed + maybeAllowed + refused + notAsked === 0) return ['rejections of the last hour: none'];
  return [
    `rejections of the last hour: ${allowed} would be allowed, ${maybeAllowed} may be, ${refused} would not, ` +
      `${notAsked} cannot be decided again`,
    ...examples
      .slice(0, MAX_LISTED)
      .map(({ principal, identity, action, resource }) => `  + ${principal} (${identity}) ${action} ${resource}`),
    ...(examples.length > MAX_LISTED ? ['  …'] : []),
  ];
}
