const LEVEL_WIDTH = 5;
// What needs no quotes to stand alone between spaces.
const BARE = /^[^\s"=]+$/;

/**
 * A log line for people out of pino's JSON line:
 * `2026-11-24T07:45:00.000Z WARN  rejected cause=denied principal=press-1 reason="a rule denies it"`.
 * What is no JSON object passes as it is.
 */
export function formatLogLine(json: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return json;
  }
  const { time, level, msg, ...rest } = fields;
  const texts = [String(time), String(level).toUpperCase().padEnd(LEVEL_WIDTH), String(msg ?? '')];
  for (const [key, value] of Object.entries(rest)) pushField(texts, key, value);
  return `${texts.join(' ')}\n`;
}

function pushField(texts: string[], key: string, value: unknown): void {
  if (value === null || value === undefined) return;
  if (typeof value === 'object' && !Array.isArray(value)) {
    for (const [inner, one] of Object.entries(value)) pushField(texts, `${key}.${inner}`, one);
    return;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  texts.push(`${key}=${BARE.test(text) ? text : JSON.stringify(text)}`);
}
