import assert from 'node:assert/strict';
import test from 'node:test';
import { KafkaRuleError, parseKafkaRules } from '../../../../policies/identity/kafka-rule/rules.ts';

const SERVICES = [
  'RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L',
  'RULE:^CN=(.*?),OU=(.*?),O=(.*?),L=(.*?),ST=(.*?),C=(.*?)$/$1@$2/L',
  'RULE:^cn=(.*?),ou=(.*?),dc=(.*?),dc=(.*?)$/$1@$2/U',
  'RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/U',
  'DEFAULT',
].join(', ');

/** Kafka's own facts first, then what its class was seen to answer. */
const CASES: readonly (readonly [rules: string, name: string, principal: string])[] = [
  [SERVICES, 'CN=Duke,OU=ServiceUsers,O=Org,C=US', 'duke'],
  [SERVICES, 'CN=Duke,OU=SME,O=mycp,L=Fulton,ST=MD,C=US', 'duke@sme'],
  [SERVICES, 'cn=duke,ou=sme,dc=mycp,dc=com', 'DUKE@SME'],
  [SERVICES, 'cN=duke,OU=JavaSoft,O=Sun Microsystems', 'DUKE'],
  [SERVICES, 'OU=JavaSoft,O=Sun Microsystems,C=US', 'OU=JavaSoft,O=Sun Microsystems,C=US'],
  [
    String.raw`RULE:^CN=((\\, *|\w)+)(,.*|$)/$1/,DEFAULT`,
    String.raw`CN=Tkac\, Adam,OU=ITZ,DC=geodis,DC=cz`,
    String.raw`Tkac\, Adam`,
  ],
  ['RULE:.*/x/', 'CN=a', 'xx'],
  ['RULE:^.*$/x/', 'CN=a', 'x'],
  ['RULE:CN=([^,]*),O=b/$1/', 'CN=a,O=b', 'a'],
  ['RULE:^CN=(.*?),O=(.*)$/$2-$1-$3/', 'CN=a,O=b', 'b-a-$3'],
  ['RULE:^CN=(.*?),O=(.*)$/$12/', 'CN=a,O=b', 'a2'],
  ['RULE:^CN=(.*?),O=(.*)$/$0/', 'CN=a,O=b', 'CN=a,O=b'],
  [String.raw`RULE:^CN=.*$/\$1/`, 'CN=a', '$1'],
  [String.raw`RULE:^CN=(.*)$/a\/b/`, 'CN=a', 'a/b'],
  [String.raw`RULE:^CN=(.*)\/x$/$1/`, 'CN=a/x', 'a'],
  ['RULE:^CN=([^,]+).*$/$1/', String.raw`CN=Tkac\, Adam,OU=ITZ`, 'Tkac\\'],
  ['RULE:a*/b/', 'aaa', 'bb'],
  ['RULE:a*?/b/', 'aaa', 'bababab'],
  ['RULE:|CN=a/z/', 'CN=a', 'zCzNz=zaz'],
  ['RULE:^CN=(ß)$/$1/U', 'CN=ß', 'SS'],
  ['RULE:^(CN=a)?(.*)$/$1[$2]/', 'CN=b', '[CN=b]'],
  ['DEFAULT,RULE:.*/x/', 'CN=a', 'CN=a'],
  ['RULE:x/y/,DEFAULT', 'CN=a', 'CN=a'],
  [' DEFAULT ', 'CN=a', 'CN=a'],
  ['\0\u0001DEFAULT\u0002', 'CN=a', 'CN=a'],
  [',,RULE://,,,DEFAULT,,', 'CN=a', 'CN=a'],
  ['RULE:([A-Z]*)/$1/U   ,RULE:([a-z]+)/<$1>/,   DEFAULT  ', 'abc', '<abc>'],
  ['RULE:^CN=([^,DEFAULT,]+)(,.*|$)/$1/', 'CN=x,O=b', 'x'],
  [
    String.raw`RULE:,RULE:,/,RULE:,\//U,RULE:,/RULE:,/,RULE:,RULE:,/L,RULE:,/L,RULE:, DEFAULT, /DEFAULT/,DEFAULT`,
    ',RULE:,',
    ',RULE:,/',
  ],
  [
    String.raw`RULE:,RULE:,/,RULE:,\//U,RULE:,/RULE:,/,RULE:,RULE:,/L,RULE:,/L,RULE:, DEFAULT, /DEFAULT/,DEFAULT`,
    ', DEFAULT, ',
    'DEFAULT',
  ],
];

for (const [rules, name, principal] of CASES) {
  test(`${JSON.stringify(rules)} makes ${principal} of ${name}`, () => {
    assert.deepEqual(parseKafkaRules(rules).map(name), { principal });
  });
}

const NO_PRINCIPAL: readonly (readonly [rules: string, name: string, problem: RegExp])[] = [
  ['RULE:CN=([^,]*)/$1/', 'CN=a,O=b', /no rule applies/],
  ['RULE:^CN=(.*)$//', 'CN=a', /empty principal/],
  ['RULE:^CN=(.*)$/$1/', `CN=${'a'.repeat(257)}`, /longer than 256 bytes/],
  ['DEFAULT', `CN=${'a'.repeat(9000)}`, /name is longer than 8192/],
  ['RULE:(.|\\n)*/a\nb/', 'CN=a', /control character/],
  ['RULE:.*?/x/', '😀', /cut a character/],
  ['RULE:^CN=.*\\b.*$/x/', 'CN=ß', /rule 1 uses .* depends on the version of Java/],
  ['RULE:(?:C(?:.*q)?)+?/x/', 'C'.repeat(8000), /take too long/],
];

for (const [rules, name, problem] of NO_PRINCIPAL) {
  test(`${JSON.stringify(rules)} finds no principal: ${problem.source}`, () => {
    const mapped = parseKafkaRules(rules).map(name);
    assert.match('problem' in mapped ? mapped.problem : '', problem);
  });
}

const REFUSED: readonly (readonly [rules: string, message: RegExp])[] = [
  ['', /there is no rule/],
  [',,', /there is no rule/],
  ['default', /"default" is neither DEFAULT nor RULE/],
  ['DEFAUL', /"DEFAUL" is neither/],
  ['DEFAULT/L', /"DEFAULT\/L" is neither/],
  ['RULE:CN=(.*?)/$1', /is neither/],
  ['rule:CN=(.*?)/$1/', /is neither/],
  ['RULE:^CN=(.*?)$/$1/L/U', /is neither/],
  ['RULE:^CN=(.*?)$/L', /is neither/],
  ['RULE:^CN=(.*?)$/$1/LU', /is neither/],
  ['RULE:^CN=(a$/$1/', /the pattern \^CN=\(a\$ has a "\(" without its "\)" \(at character 5\)/],
  ['RULE:^CN=.*$/$1/', /the replacement \$1 names the group 1, and the pattern has 0/],
  ['RULE:(a)/$2-$3/', /the replacement \$2-\$3 names the group 3, and the pattern has 1/],
  ['RULE:(a)/${n}/', /by name/],
  ['RULE:(a)/$/', /without a number/],
  ['RULE:(a)/$x/', /without a number/],
  ['RULE:(a)/$99999999999/', /too large/],
  ['RULE:((a)b)*/$2/', /the group 2, which stands inside a repeated group/],
  [`RULE:${'a'.repeat(8200)}/x/`, /longer than 8192/],
  ['RULE:,'.repeat(1300), /is neither|too many/],
];

for (const [rules, message] of REFUSED) {
  test(`refused: ${rules.slice(0, 40)}`, () => {
    assert.throws(
      () => parseKafkaRules(rules),
      (error) => error instanceof KafkaRuleError && message.test(error.message),
    );
  });
}
