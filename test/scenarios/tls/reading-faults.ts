/** Chains that are refused because a certificate of them holds what different programs would read differently. */
import { AUTHORITY, authority, CLIENT, dns, type Request } from '../../policies/x509/chain/issue.ts';
import {
  altNames,
  attribute,
  CN,
  extension,
  integer,
  name,
  sequence,
  tlv,
  utf8,
} from '../../policies/x509/der-writer.ts';
import { anchor, device, NAMES, type RefusedChain, shown } from './shown-chain.ts';

const leaf = (more: Request) => () => shown(device(anchor, more));

const DISTRIBUTION_POINTS = '2.5.29.31';

export const READING_FAULTS: readonly RefusedChain[] = [
  {
    what: 'a NUL in the common name',
    chain: leaf({ subject: name([attribute(CN, utf8('pump-1\0.evil'))]) }),
    cause: 'certificate-unreadable',
    reason: /control character.* \(RFC 5280 4\.1\)$/,
    unreadable: true,
  },
  {
    what: 'an extension that occurs twice',
    chain: leaf({ extensions: [...CLIENT, NAMES, NAMES] }),
    cause: 'certificate-unreadable',
    reason: /extension 2\.5\.29\.17 occurs twice.* \(RFC 5280 4\.1\)$/,
    unreadable: true,
  },
  {
    what: 'a serial number below zero',
    chain: leaf({ serial: integer(0x80, 0x01) }),
    cause: 'certificate-unreadable',
    reason: /serialNumber is not positive.* \(RFC 5280 4\.1\)$/,
    unreadable: true,
  },
  {
    what: 'a certificate of more than 16 KiB',
    chain: leaf({ extensions: [...CLIENT, NAMES, extension('1.3.6.1.4.1.55555.3', tlv(0x04, Buffer.alloc(17_000)))] }),
    cause: 'certificate-unreadable',
    reason: /more than 16384/,
    unreadable: true,
  },
  {
    what: 'more names than one certificate may have',
    chain: leaf({ extensions: [...CLIENT, altNames(...Array.from({ length: 65 }, (_, i) => dns(`d${i}.example`)))] }),
    cause: 'certificate-unreadable',
    reason: /more than 64 subjectAltNames.* \(RFC 5280 4\.1\)$/,
    unreadable: true,
  },
  {
    what: 'an issuer that cannot be read',
    chain: () => {
      const middle = authority(anchor, 'Line 1', { extensions: [...AUTHORITY, ...AUTHORITY] });
      return shown(device(middle), middle);
    },
    cause: 'certificate-unreadable',
    reason: /extension 2\.5\.29\.19 occurs twice/,
  },
  {
    what: 'distribution points that are none',
    chain: leaf({ extensions: [...CLIENT, NAMES, extension(DISTRIBUTION_POINTS, sequence(utf8('nowhere')))] }),
    cause: 'certificate-unreadable',
    reason: /distribution point/i,
  },
];
