import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sequence, tlv } from '../der-writer.ts';
import { AUTHORITY, authority, client, dns, email, ip, root, uri } from './issue.ts';
import { validate, verdict } from './validating.ts';

const anchor = root();

describe('name constraints that are malformed', () => {
  const MALFORMED = [
    { what: 'neither part', value: sequence() },
    { what: 'an empty part', value: sequence(tlv(0xa0)) },
    { what: 'a minimum', value: sequence(tlv(0xa0, sequence(dns('a.test'), tlv(0x80, [0])))) },
    { what: 'a maximum', value: sequence(tlv(0xa1, sequence(dns('a.test'), tlv(0x81, [1])))) },
    {
      what: 'the parts in the wrong order',
      value: sequence(tlv(0xa1, sequence(dns('a'))), tlv(0xa0, sequence(dns('a')))),
    },
    { what: 'a DNS base with a leading period', value: sequence(tlv(0xa0, sequence(dns('.a.test')))) },
    { what: 'a DNS base with an asterisk', value: sequence(tlv(0xa0, sequence(dns('*.a.test')))) },
    { what: 'a URI as base of URIs', value: sequence(tlv(0xa0, sequence(uri('https://a.test')))) },
    { what: 'a mailbox without a host', value: sequence(tlv(0xa0, sequence(email('ann@')))) },
    { what: 'a mailbox with two hosts', value: sequence(tlv(0xa0, sequence(email('ann@a@b.test')))) },
    { what: 'an IP base of four octets', value: sequence(tlv(0xa0, sequence(ip(1, 2, 3, 4)))) },
    { what: 'a mask with a gap', value: sequence(tlv(0xa0, sequence(ip(1, 2, 3, 4, 255, 0, 255, 0)))) },
    { what: 'a mask with a gap within an octet', value: sequence(tlv(0xa0, sequence(ip(1, 2, 3, 4, 0xfd, 0, 0, 0)))) },
    { what: 'a base of unknown kind', value: sequence(tlv(0xa0, sequence(tlv(0x89, [1])))) },
    { what: '257 subtrees', value: sequence(tlv(0xa0, ...Array.from({ length: 257 }, () => sequence(dns('a'))))) },
  ];
  for (const { what, value } of MALFORMED) {
    test(`${what}: the certificate is unreadable`, () => {
      const extension = sequence(Buffer.from('0603551d1e', 'hex'), tlv(0x04, value));
      const plant = authority(anchor, 'plant', { extensions: [...AUTHORITY, extension] });
      assert.deepEqual(verdict(validate([client(plant), plant], [anchor])), [
        'certificate-unreadable',
        -1,
        'RFC 5280 4.1',
      ]);
    });
  }
});
