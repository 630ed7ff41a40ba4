/** The result of `headgate explain` as text. */
import type { LimitLook } from '../../../policies/analysis/explain/limits.ts';
import type { PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import { sizeText } from '../../control-plane/config/units.ts';
import { escapeText } from '../../shared/events/escape.ts';
import { table } from '../table.ts';
import type { ExplainAnswer, QuestionAnswer } from './explanation.ts';

/** Identities, and rules that are not about the request, that are listed one by one. */
const MAX_IDENTITIES = 50;
const MAX_IDLE_RULES = 100;

/** The lines of an explanation; control characters are escaped. */
export function explainLines(answer: ExplainAnswer): string[] {
  const lines = [...certificateLines(answer), ...identityLines(answer), ...clientLines(answer)];
  for (const question of answer.questions) lines.push(...questionLines(answer.config, question));
  if (answer.shadowListeners.length > 0) {
    const names = answer.shadowListeners.join(', ');
    lines.push('', `in shadow mode, where missing rights refuse nothing: ${names}`);
  }
  if (answer.limits.length > 0)
    lines.push('', 'limits on connecting', ...limitLines(answer.limits.filter(({ drawn }) => drawn)));
  return (lines[0] === '' ? lines.slice(1) : lines).map((line) => escapeText(line, 4096));
}

function certificateLines({ certificate, chains }: ExplainAnswer): string[] {
  const lines =
    certificate === undefined
      ? []
      : [
          'certificate',
          ...rows(
            [
              ['subject', certificate.subject],
              ['alternative names', certificate.names.join(', ')],
              ['issuer', certificate.issuer],
              ['not after', certificate.notAfter],
            ].filter(([, text]) => text !== ''),
          ),
        ];
  if (chains.length === 0) return lines;
  const verified = chains.map(({ listener, protocol, outcome, cause, reason }) => [
    `${listener} (${protocol})`,
    outcome === 'refused' ? `refused: ${cause}` : outcome.replace('-', ' '),
    reason,
  ]);
  return [...lines, '', 'chain, by listener (revocation and deny lists are not checked)', ...rows(verified)];
}

function identityLines({ config, identities, store }: ExplainAnswer): string[] {
  if (identities.length === 0) return [];
  const own = identities.filter(({ outcome }) => outcome !== 'other-store');
  const others = identities.length - own.length;
  const clients =
    store === undefined
      ? ''
      : store === null
        ? ' for clients without a certificate'
        : ` of the trust store ${JSON.stringify(store)}`;
  const listed =
    own.length <= MAX_IDENTITIES ? own : own.filter(({ outcome }, i) => outcome === 'matches' || i < MAX_IDENTITIES);
  const lines = rows(
    listed.map(({ name, line, column, outcome, reason }) => [
      `${config}:${line}:${column}`,
      name,
      outcome.replace('-', ' '),
      reason,
    ]),
  );
  const more = own.length - listed.length;
  return [
    '',
    `identities${clients}, the first that matches`,
    ...lines,
    ...(more > 0 ? [`  ${more} more`] : []),
    ...(others > 0 ? [`  ${others} for other clients`] : []),
  ];
}

function clientLines({ client, refused }: ExplainAnswer): string[] {
  if (client === undefined) {
    return [
      '',
      `refused: ${refused?.cause}: ${refused?.reason}`,
      'the client sees',
      ...rows((refused?.sent ?? []).map((one) => [one])),
    ];
  }
  const variables = Object.entries(client.variables).map(([name, value]) => `{${name}} = ${JSON.stringify(value)}`);
  return [
    '',
    'client',
    ...rows([
      ['identity', client.identity],
      ['principal', client.principal],
      ['roles', client.roles.join(', ')],
      ['variables', variables.length === 0 ? 'none' : variables.join(', ')],
    ]),
  ];
}

function questionLines(config: string, question: QuestionAnswer): string[] {
  const { request, rules, limits, sent } = question;
  const listed = rules.filter(({ outcome }, i) => outcome !== 'no' || i < MAX_IDLE_RULES);
  const lines = listed.map(({ line, column, path, says, filled, outcome, reason, shadow }) => [
    outcome === 'decides' ? '>' : ' ',
    `${config}:${line}:${column}`,
    path,
    filled ?? says,
    `${outcome === 'no' ? '' : `${outcome.replace('-', ' ')}: `}${reason}${shadow ? ' (in shadow)' : ''}`,
  ]);
  return [
    '',
    `rules for ${questionText(request)}`,
    ...(lines.length === 0 ? ['  none'] : rows(lines)),
    ...(listed.length < rules.length ? [`  ${rules.length - listed.length} more that do not match`] : []),
    '',
    verdictText(question),
    `  ${question.reason}`,
    'the client sees',
    ...rows(sent.map((one) => [one])),
    'limits',
    ...limitLines(limits.filter(({ drawn }) => drawn)),
  ];
}

function verdictText({ verdict, ruleId, cause, granted, shadow }: QuestionAnswer): string {
  const by = `${ruleId}${cause === undefined ? '' : ` (${cause})`}`;
  const would = shadow === undefined ? '' : `; would be refused by ${shadow.ruleId} (${shadow.cause})`;
  return `verdict: ${verdict} by ${by}${granted === undefined ? '' : `, QoS ${granted}`}${would}`;
}

function limitLines(limits: readonly LimitLook[]): string[] {
  return rows(
    limits.map(({ key, group, value, paths }) => [
      group === undefined ? key : `${key} of group ${group}`,
      value,
      paths.join(', '),
    ]),
  );
}

function questionText(request: PolicyRequest): string {
  switch (request.action) {
    case 'kafka': {
      const { operation, type, name, host } = request;
      return `${operation} on ${type}${type === 'cluster' ? '' : ` ${JSON.stringify(name)}`}${host === '' ? '' : ` from ${host}`}`;
    }
    case 'connect':
      return `connect with the client id ${JSON.stringify(request.clientId)}`;
    case 'subscribe':
      return `subscribe ${JSON.stringify(request.filter)}, QoS ${request.qos}`;
    case 'receive':
      return `receive ${JSON.stringify(request.topic)}`;
    case 'publish':
    case 'will': {
      const { action, topic, qos, retain, size } = request;
      const payload = size === undefined ? '' : `, ${sizeText(size)}`;
      return `${action} ${JSON.stringify(topic)}, QoS ${qos}${retain ? ', retained' : ''}${payload}`;
    }
  }
}

/** Columns, indented. */
function rows(cells: readonly (readonly string[])[]): string[] {
  const [first, ...others] = cells;
  return first === undefined ? [] : table(first, others).map((line) => `  ${line}`);
}
