import { ascii, attribute, CN, name, utf8 } from '../der-writer.ts';
import { constrained } from './constrained.ts';
import { directory, dns, email, ip, otherName, uri } from './issue.ts';
import type { OpensslChain } from './openssl-chain.ts';

const emailSubject = name([attribute('1.2.840.113549.1.9.1', ascii(0x16, 'ann@acme.test'))]);
const organization = (text: string) => name([attribute('2.5.4.10', utf8(text))], [attribute(CN, utf8('d1'))]);
const acme = directory(name([attribute('2.5.4.10', utf8('Acme'))]));

export const CONSTRAINED_CHAINS: readonly OpensslChain[] = [
  { what: 'NC: DNS permitted', ...constrained([dns('acme.test')], [], [dns('a.acme.test')]) },
  { what: 'NC: DNS not permitted', ...constrained([dns('acme.test')], [], [dns('a.other.test')]) },
  { what: 'NC: DNS excluded', ...constrained([], [dns('acme.test')], [dns('a.acme.test')]) },
  { what: 'NC: DNS not excluded', ...constrained([], [dns('acme.test')], [dns('acme.test.evil')]) },
  {
    what: 'NC: DNS excluded below a wildcard',
    ...constrained([], [dns('a.acme.test')], [dns('*.acme.test')]),
    differs: 'the wildcard stands for the excluded name (CVE-2025-61727); OpenSSL 3.0 compares the asterisk as text',
  },
  { what: 'NC: URI host', ...constrained([uri('acme.test')], [], [uri('spiffe://acme.test/d1')]) },
  { what: 'NC: URI other host', ...constrained([uri('acme.test')], [], [uri('spiffe://a.acme.test/d1')]) },
  { what: 'NC: URI domain', ...constrained([uri('.acme.test')], [], [uri('spiffe://a.acme.test/d1')]) },
  { what: 'NC: URI without authority', ...constrained([uri('acme.test')], [], [uri('urn:dev:1')]) },
  { what: 'NC: IP in range', ...constrained([ip(10, 0, 0, 0, 255, 0, 0, 0)], [], [ip(10, 1, 2, 3)]) },
  { what: 'NC: IP out of range', ...constrained([ip(10, 0, 0, 0, 255, 0, 0, 0)], [], [ip(11, 1, 2, 3)]) },
  { what: 'NC: IPv6 under IPv4', ...constrained([ip(10, 0, 0, 0, 255, 0, 0, 0)], [], [ip(...Array(16).fill(1))]) },
  { what: 'NC: e-mail of the host', ...constrained([email('acme.test')], [], [email('ann@acme.test')]) },
  { what: 'NC: e-mail of a host below', ...constrained([email('acme.test')], [], [email('ann@a.acme.test')]) },
  { what: 'NC: e-mail in the subject', ...constrained([email('other.test')], [], [], emailSubject) },
  { what: 'NC: directory permitted', ...constrained([acme], [], [], organization('ACME')) },
  { what: 'NC: directory not permitted', ...constrained([acme], [], [], organization('Acme 2')) },
  { what: 'NC: directory excluded', ...constrained([], [acme], [], organization('acme')) },
  { what: 'NC: other name under constraints on DNS', ...constrained([dns('acme.test')], [], [otherName()]) },
  { what: 'NC: other name excluded', ...constrained([], [otherName()], [otherName()]) },
];
