const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const DNS_NAME = new RegExp(`^(?:${LABEL}\\.)*${LABEL}$`, 'i');
const MAX_NAME = 253;

/** Preferred name syntax (RFC 1034 3.5, RFC 1123 2.1): labels of letters, digits and inner hyphens; no final period. */
export function isDnsName(text: string): boolean {
  return text.length <= MAX_NAME && DNS_NAME.test(text);
}

/** Four numbers: DNS syntax, yet no name of a host. */
export function looksLikeIpv4(text: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(text);
}

/** Is `name` the `domain` or below it? Both in lower case; the empty domain holds every name. */
export function isWithinDomain(name: string, domain: string): boolean {
  if (domain === '' || name === domain) return true;
  return name.endsWith(domain) && name[name.length - domain.length - 1] === '.';
}

/**
 * Host of a URI in lower case; undefined where there is no authority, or its host is an IP address
 * or no DNS name (RFC 5280 4.2.1.10 refuses those under a URI constraint).
 */
export function uriHost(uri: string): string | undefined {
  // Backslashes are refused: some programs take them for slashes, others for part of the user's name.
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\\]*)(?:[/?#][^\\]*)?$/i.exec(uri)?.[1];
  if (authority === undefined) return undefined;
  const host = authority.slice(authority.indexOf('@') + 1).replace(/:\d*$/, '');
  return isDnsName(host) && !looksLikeIpv4(host) ? host.toLowerCase() : undefined;
}
