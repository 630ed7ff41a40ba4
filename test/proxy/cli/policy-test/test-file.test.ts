import assert from 'node:assert/strict';
import test from 'node:test';
import { marked } from '../../control-plane/config/support.ts';
import { CLIENT, policyTest } from './support.ts';

/** Tests in a file, with ‸ where the problem must point. */
const BROKEN: readonly (readonly [tests: string, message: RegExp])[] = [
  ['  - ‸{ name: t, client: pump }', /nothing is expected: the test could not fail/],
  [
    '  - { name: t, client: ‸pum, identity: devices }',
    /there is no client "pum"\n.*\n.*\n {2}fix: did you mean "pump"\?/,
  ],
  ['  - ‸{ name: t, identity: devices }', /either "client" or "as" is needed/],
  ['  - { name: t, as: ‸{ subject: { CN: x } }, identity: none }', /"trust" is needed/],
  ['  - { name: t, as: ‸{ anonymous: true, trust: devices }, identity: none }', /"anonymous" stands alone/],
  [
    '  - { name: t, as: ‸{ trust: devices, certificate: pump.pem, subject: { CN: x } }, identity: none }',
    /in place of "subject"/,
  ],
  ['  - { name: t, as: { trust: devices, certificate: ‸none.pem }, identity: none }', /"none\.pem" does not exist/],
  [
    '  - { name: t, as: { trust: devices, certificate: ‸empty.pem }, identity: none }',
    /contains no readable certificate/,
  ],
  [
    '  - { name: t, as: { trust: devices, subject: { ‸cn: x } }, identity: none }',
    /unknown subject attribute\n.*\n.*\n {2}fix: write CN/,
  ],
  [
    '  - { name: t, as: { trust: devices, san: { ip: [‸nowhere] } }, identity: none }',
    /"nowhere" is not an IP address/,
  ],
  ['  - { name: t, client: pump, expect: [‸{ rule: default-deny }] }', /one of "allow", "deny", "shadow" is needed/],
  [
    '  - { name: t, client: pump, expect: [{ allow: ‸{ publish: a, subscribe: b } }] }',
    /one of "publish", .* is needed/,
  ],
  ['  - { name: t, client: pump, expect: [{ allow: ‸{ operation: read } }] }', /or "operation" and what it is done to/],
  [
    '  - { name: t, client: pump, expect: [{ allow: { receive: a, ‸qos: 1 } }] }',
    /"qos" does not belong to this request/,
  ],
  [
    '  - { name: t, client: pump, expect: [{ allow: { operation: ‸write, group: g } }] }',
    /a group has no operation write/,
  ],
  [
    '  - { name: t, client: pump, expect: [{ allow: { operation: read, group: g, host: ‸here } }] }',
    /must be an IP address/,
  ],
  [
    '  - { name: t, client: pump, expect: [{ allow: { publish: a }, granted: ‸1 }] }',
    /"granted" is for a subscription that is allowed/,
  ],
  ['  - { name: t, client: pump, expect: [‸{ allow: { publish: a }, cause: denied }] }', /"cause" is for "deny"/],
  ['  - { name: t, client: pump, limits: { publish: ‸fast } }', /a rate such as/],
  ['  - { name: t, client: pump, at: ‸yesterday, identity: devices }', /"yesterday" is not an RFC 3339 time/],
];

for (const [tests, message] of BROKEN) {
  test(`a broken test says where and what is wrong: ${tests.trim()}`, async () => {
    const { text, line, column } = marked(`${CLIENT}${tests}\n`);
    const { code, out, err } = await policyTest(text);
    assert.equal(code, 2, out.join('\n'));
    assert.deepEqual(out, []);
    assert.match(err[0] ?? '', message);
    assert.ok((err[0] ?? '').startsWith(`policy.test.yaml:${line}:${column}: error: `), err.join('\n'));
    assert.equal(err.at(-1), '1 problem: no test was run');
  });
}
