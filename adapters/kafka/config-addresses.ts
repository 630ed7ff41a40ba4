/**
 * Which settings of a broker hold addresses: of its listeners, of controllers, of what it talks to. A client of the
 * gate is to know none of them. Told by name, and by the value for names that nobody has thought of.
 */
const NAMES =
  /(?:^|\.)(?:listeners|voters|servers|zookeeper\.connect|host(?:\.?name)?|port|url|uri|endpoints?|max\.connections\.per\.ip\.overrides)$/;

/** `host:port`, `scheme://`, or an IPv4 or IPv6 address. */
const VALUES = /[^\s,;]:\d{1,5}\b|:\/\/|\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,}/i;

/** Does this setting of a broker hold addresses? Its value would show clients the way past the gate. */
export function holdsAddress(name: string, value: string | null): boolean {
  return NAMES.test(name) || (value !== null && VALUES.test(value));
}
