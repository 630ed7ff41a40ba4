import { ANONYMOUS } from '../../../../policies/identity/anonymous.ts';
import type { IdentitySource } from '../../../../policies/source.ts';
import { KAFKA, MQTT, type Parts, testLint } from './support.ts';

type When = Omit<IdentitySource['when'], 'trust'> & { readonly trust?: string };

/** Identities in their order; of the store `ca` where no other is named. */
function identities(...whens: readonly (readonly [when: When, principal?: string])[]): Parts {
  return {
    identities: whens.map(([when, principal = 'p'], i) => ({
      name: `i${i}`,
      when: when.anonymous ? when : { trust: 'ca', ...when },
      principal,
      roles: ['idle'],
    })),
    stores: ['ca', 'b'],
    listeners: [MQTT, { ...KAFKA, clients: ['b'] }],
  };
}

const SPIFFE = 'spiffe://acme/{plant}/{device}';

testLint('unreachable-identity', [
  {
    about: 'no listener takes the trust store',
    found: { ...identities([{}], [{ trust: 'b' }]), listeners: [MQTT] },
    at: ['identities[1].when.trust'],
    near: identities([{}], [{ trust: 'b' }]),
  },
  {
    about: 'every listener asks for a certificate',
    found: identities([{ anonymous: true }]),
    at: ['identities[0].when.anonymous'],
    near: { ...identities([{ anonymous: true }]), listeners: [{ ...MQTT, clients: ['ca', ANONYMOUS] }] },
  },
  {
    about: 'an earlier one without conditions',
    found: identities([{}], [{ subject: { CN: 'a' } }]),
    at: ['identities[1].name'],
    message: /"i0" above takes every certificate/,
    near: identities([{ subject: { CN: 'a' } }], [{}]),
  },
  {
    about: 'an earlier one of another store takes nothing',
    found: identities([{}], [{ subject: { CN: 'a' } }]),
    at: ['identities[1].name'],
    near: identities([{ trust: 'b' }], [{ subject: { CN: 'a' } }]),
  },
  {
    about: 'a wider pattern of the subject',
    found: identities([{ subject: { O: 'Ac*' } }], [{ subject: { O: 'Acme*', CN: 'x' } }]),
    at: ['identities[1].name'],
    near: identities([{ subject: { O: 'Ac*e' } }], [{ subject: { O: 'Acme*', CN: 'x' } }]),
  },
  {
    about: 'a variable takes what the same with a constraint takes, where there is one text',
    found: identities([{ subject: { CN: '{a}' } }], [{ subject: { CN: '{a:[0-9]+}' } }]),
    at: ['identities[1].name'],
    near: identities([{ subject: { OU: '{a}' } }], [{ subject: { OU: '{a:[0-9]+}' } }]),
  },
  {
    about: 'what a constraint refuses is left to the others',
    found: identities([{ subject: { CN: '{a:x+}' } }], [{ subject: { CN: '{a:x+}', O: 'o' } }]),
    at: ['identities[1].name'],
    near: identities([{ subject: { CN: '{a:x+}' } }], [{ subject: { CN: 'xx' } }], [{ subject: { CN: '{a}' } }]),
  },
  {
    about: 'issuer, purposes, serial numbers and age of the narrower lie within',
    found: identities(
      [{ issuer: { O: 'i*' }, eku: 'clientAuth', serial: ['01', '02'], age: { max: 9 } }],
      [{ issuer: { O: 'i*', CN: 'c' }, eku: ['serverAuth', 'clientAuth'], serial: '2', age: { min: 1, max: 9 } }],
    ),
    at: ['identities[1].name'],
    near: identities(
      [{ issuer: { O: 'i' } }],
      [{ eku: 'serverAuth' }],
      [{ serial: ['01', '02'] }],
      [{ age: { max: 5 } }],
      [{ issuer: { O: 'i*' }, eku: 'clientAuth', serial: ['01', '03'], age: { max: 9 } }],
    ),
  },
  {
    about: 'a variable takes what a narrower pattern matches, if it is a good value',
    found: identities([{ subject: { CN: '{device}' } }], [{ subject: { CN: 'pump-{n}' } }]),
    at: ['identities[1].name'],
    near: identities([{ subject: { CN: '{device}' } }], [{ subject: { CN: 'pump-*' } }]),
  },
  {
    about: 'an exact text that is no good value is left to the later one',
    found: identities([{ subject: { CN: '{device}' } }], [{ subject: { CN: 'pump' } }]),
    at: ['identities[1].name'],
    near: identities([{ subject: { CN: '{device}' } }], [{ subject: { CN: 'a/b' } }]),
  },
  {
    about: 'of several units a variable takes none',
    found: identities([{ subject: { OU: '*' } }], [{ subject: { OU: 'ops' } }]),
    at: ['identities[1].name'],
    near: identities([{ subject: { OU: '{unit}' } }], [{ subject: { OU: 'ops' } }]),
  },
  {
    about: 'the same URI, other names of the variables',
    found: identities([{ san: { uri: SPIFFE } }, '{device}'], [{ san: { uri: 'spiffe://acme/{a}/{b}' } }, '{a}']),
    at: ['identities[1].name'],
    near: identities([{ san: { uri: SPIFFE } }, '{device}'], [{ san: { uri: 'spiffe://acme/{a}/pump' } }, '{a}']),
  },
  {
    about: 'host names without regard to case',
    found: identities([{ san: { dns: '{d}.Example.com' } }], [{ san: { dns: '{d}.example.COM' } }]),
    at: ['identities[1].name'],
    near: identities([{ san: { dns: '{d}.Example.com' } }], [{ san: { dns: '{d}.{e}.com' } }]),
  },
  {
    about: 'one address in two spellings',
    found: identities([{ san: { ip: '2001:db8::1' } }], [{ san: { ip: '2001:DB8:0::1' } }]),
    at: ['identities[1].name'],
    near: identities([{ san: { ip: '2001:db8::1' } }], [{ san: { ip: '2001:db8::2' } }]),
  },
  {
    about: 'a variable that must take the same text twice',
    found: identities(
      [{ subject: { CN: '{d}' }, san: { dns: '{d}' } }],
      [{ subject: { CN: '{d}' }, san: { dns: '{d}' } }],
    ),
    at: ['identities[1].name'],
    near: identities(
      [{ subject: { CN: '{d}' }, san: { dns: '{d}' } }],
      [{ subject: { CN: '{d}' }, san: { dns: '{e}' } }],
    ),
  },
  {
    about: 'the principal needs an attribute that not every certificate has',
    found: identities([{}, '{CN}'], [{ subject: { CN: 'a' } }]),
    at: ['identities[1].name'],
    near: identities([{}, '{O}'], [{ subject: { CN: 'a' } }]),
  },
  {
    about: 'a principal of two values may be refused for what stands in them',
    found: identities([{ san: { uri: SPIFFE } }, '{plant}-{device}'], [{ san: { uri: SPIFFE } }, '{plant}-{device}']),
    at: ['identities[1].name'],
    near: identities([{ san: { uri: SPIFFE } }, '{plant}-{device}'], [{ san: { uri: SPIFFE } }, '{device}']),
  },
  {
    about: 'two common names at once',
    found: identities([{ subject: { CN: ['a', 'b'] } }]),
    at: ['identities[0].when'],
    near: identities([{ subject: { OU: ['a', 'b'] } }]),
  },
  {
    about: 'the principal takes a value that no principal may have',
    found: identities([{ subject: { CN: 'a/b' } }, '{CN}']),
    at: ['identities[0].when'],
    near: identities([{ subject: { CN: 'a/b' } }]),
  },
]);

testLint('shared-principal', [
  {
    about: 'both take the common name as it is',
    found: identities([{}, '{CN}'], [{ trust: 'b' }, '{CN}']),
    at: ['identities[1].principal'],
    message: /"i0" of the trust store "ca" can give the same principal, for example "x"/,
    near: identities([{}, 'a-{CN}'], [{ trust: 'b' }, 'b-{CN}']),
  },
  {
    about: 'a variable can be what a pattern of the other store asks for',
    found: identities([{ san: { uri: SPIFFE } }, '{device}'], [{ trust: 'b', subject: { CN: 'erp-*' } }, '{CN}']),
    at: ['identities[1].principal'],
    message: /for example "erp-x"/,
    near: identities([{ san: { uri: SPIFFE } }, '{device}'], [{ trust: 'b', subject: { CN: 'erp/*' } }, '{CN}']),
  },
  {
    about: 'a plain text',
    found: identities([{}, 'gateway'], [{ trust: 'b', subject: { CN: '{who}' } }, 'gate{who}']),
    at: ['identities[1].principal'],
    message: /for example "gateway"/,
    near: identities([{}, 'gate'], [{ trust: 'b', subject: { CN: '{who}' } }, 'gate{who}']),
  },
  {
    about: 'the beginning of one and the end of the other',
    found: identities([{ subject: { CN: '{d}' } }, 'dev:{d}'], [{ trust: 'b', subject: { CN: '{d}' } }, '{d}.b']),
    at: ['identities[1].principal'],
    message: /for example "dev:x\.b"/,
    near: identities([{ subject: { CN: '{d}' } }, 'dev:{d}'], [{ trust: 'b', subject: { CN: '{d}' } }, 'app:{d}.b']),
  },
  {
    about: 'a store that no listener takes gives nothing',
    found: identities([{}, '{CN}'], [{ trust: 'b' }, '{CN}']),
    at: ['identities[1].principal'],
    near: { ...identities([{}, '{CN}'], [{ trust: 'b' }, '{CN}']), listeners: [MQTT] },
  },
  {
    about: 'a client without a certificate',
    found: {
      ...identities([{ anonymous: true }, 'guest'], [{}, '{CN}']),
      listeners: [{ ...MQTT, clients: ['ca', ANONYMOUS] }],
    },
    at: ['identities[1].principal'],
    message: /of clients without a certificate/,
    near: {
      ...identities([{ anonymous: true }, 'guest:'], [{}, 'cert:{CN}']),
      listeners: [{ ...MQTT, clients: ['ca', ANONYMOUS] }],
    },
  },
  {
    about: 'two identities of one store may well give the same',
    found: identities([{ subject: { CN: 'a' } }, 'p'], [{ trust: 'b' }, 'p']),
    at: ['identities[1].principal'],
    near: identities([{ subject: { CN: 'a' } }, 'p'], [{ subject: { CN: 'b' } }, 'p'], [{ trust: 'b' }, 'q']),
  },
  {
    about: 'an earlier identity may take the certificates of the example',
    found: identities([{ subject: { O: 'A' } }, '{CN}'], [{ trust: 'b' }, '{CN}']),
    at: ['identities[1].principal'],
    near: identities(
      [{ trust: 'b' }, 'b/'],
      [{ subject: { O: 'A' } }, '{CN}'],
      [{ trust: 'b', subject: { O: 'A' } }, '{CN}'],
    ),
  },
]);
