import type { Budget } from './budget.ts';
import type { ChainCertificate } from './chain-certificate.ts';
import { comparableRdns, isWithinDirectory } from './distinguished-names.ts';
import type { GeneralName } from './general-names.ts';
import { isDnsName, isWithinDomain, looksLikeIpv4, uriHost } from './host-names.ts';
import type { NameConstraints } from './name-constraints-extension.ts';

/**
 * Is the name in the subtree of a base of its kind? `wide`: may any name that it stands for (a
 * wildcard) be inside? Otherwise: must all be?
 */
type Place = (base: GeneralName, wide: boolean) => boolean;

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';

/**
 * Holds the names of a certificate against the constraints of one above it (RFC 5280 4.2.1.10,
 * 6.1.3 (b) and (c)): subject, alternative names, and the e-mail addresses in the subject. A name is
 * refused when an excluded subtree holds it, or when there are permitted subtrees of its kind and none does.
 * @returns what is wrong, in words; undefined when nothing is.
 * @throws TooCostly
 */
export function nameFault(
  certificate: ChainCertificate,
  constraints: NameConstraints,
  budget: Budget,
): string | undefined {
  for (const name of namesOf(certificate)) {
    const fault = faultOf(name, constraints, budget);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function namesOf({ certificate, extensions }: ChainCertificate): GeneralName[] {
  const { subject } = certificate.facts;
  const names: GeneralName[] = [...(extensions.altNames ?? [])];
  if (subject.length > 0) names.push({ kind: 'directoryName', rdns: comparableRdns(subject) });
  for (const { oid, value } of subject.flat()) {
    if (oid === EMAIL_ADDRESS) names.push({ kind: 'rfc822Name', text: value });
  }
  return names;
}

function faultOf(name: GeneralName, constraints: NameConstraints, budget: Budget): string | undefined {
  const ofKind = (subtrees: readonly GeneralName[]) => subtrees.filter(({ kind }) => kind === name.kind);
  const excluded = ofKind(constraints.excluded);
  const permitted = ofKind(constraints.permitted);
  budget.comparisons(constraints.excluded.length + constraints.permitted.length);
  if (excluded.length + permitted.length === 0) return undefined;
  const place = placeOf(name);
  // RFC 5280 4.2.1.10: what cannot be held against a constraint of its kind is refused.
  if (place === undefined) return `${described(name)} cannot be held against them`;
  if (excluded.some((base) => place(base, true))) return `${described(name)} is in an excluded subtree`;
  const outside = permitted.length > 0 && !permitted.some((base) => place(base, false));
  return outside ? `${described(name)} is in no permitted subtree` : undefined;
}

function described(name: GeneralName): string {
  if ('text' in name) return `the ${name.kind} ${name.text.slice(0, 128)}`;
  return name.kind === 'directoryName' ? 'a distinguished name' : `a name of the kind ${name.kind}`;
}

/** Undefined for names that have no clear place, such as a DNS name that is none, and for kinds that nothing here reads. */
function placeOf(name: GeneralName): Place | undefined {
  switch (name.kind) {
    case 'directoryName':
      return (base) => base.kind === 'directoryName' && isWithinDirectory(name.rdns, base.rdns);
    case 'iPAddress':
      return (base) => base.kind === 'iPAddress' && isInRange(name.bytes, base.bytes);
    case 'dNSName':
      return dnsPlace(name.text.toLowerCase());
    case 'uniformResourceIdentifier':
      return hostPlace(uriHost(name.text));
    case 'rfc822Name':
      return mailboxPlace(name.text);
    default:
      return undefined;
  }
}

/** A DNS base holds the domain itself and all below it. `*.` stands for any first label. */
function dnsPlace(name: string): Place | undefined {
  const wildcard = name.startsWith('*.');
  const fixed = wildcard ? name.slice(2) : name;
  if (!isDnsName(fixed) || looksLikeIpv4(fixed)) return undefined;
  return (base, wide) => {
    if (base.kind !== 'dNSName') return false;
    return isWithinDomain(fixed, base.text) || (wide && wildcard && isWithinDomain(base.text, fixed));
  };
}

/** A URI base is one host; with a leading period all hosts below. */
function hostPlace(host: string | undefined): Place | undefined {
  return host === undefined ? undefined : (base) => 'text' in base && isHostOf(host, base.text);
}

/** An e-mail base is one mailbox, or all of a host, or of all hosts below a domain. What stands before @ keeps its case (RFC 5280 7.5). */
function mailboxPlace(text: string): Place | undefined {
  const [local = '', host = '', ...more] = text.split('@');
  const lower = host.toLowerCase();
  if (local === '' || !isDnsName(host) || more.length > 0) return undefined;
  const mailbox = `${local}@${lower}`;
  return (base) => 'text' in base && (base.text.includes('@') ? base.text === mailbox : isHostOf(lower, base.text));
}

function isHostOf(host: string, base: string): boolean {
  return base.startsWith('.') ? host.endsWith(base) : host === base;
}

/** `range` is an address and a mask of the same length; an address of the other family is not in it. */
function isInRange(address: Uint8Array, range: Uint8Array): boolean {
  const size = range.length / 2;
  if (address.length !== size) return false;
  return address.every((octet, i) => ((octet ^ (range[i] as number)) & (range[size + i] as number)) === 0);
}
