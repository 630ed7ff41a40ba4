import assert from 'node:assert/strict';
import test from 'node:test';
import { byHand, commandName, quote } from '../../../../proxy/cli/demo/by-hand.ts';

const place = {
  dir: '/tmp/headgate demo',
  socket: '/tmp/headgate demo/headgate.sock',
  probe: '127.0.0.1:9901',
  headgate: 'headgate',
};

test('the commands name real paths and ports, quoted for a shell', () => {
  const text = byHand({ ...place, ports: { 4: 8883, 5: 8884 } }).join('\n');
  assert.match(text, /mosquitto_pub -h 127\.0\.0\.1 -p 8883 -V mqttv311 -i pump-1 /);
  assert.match(text, /mosquitto_sub -h 127\.0\.0\.1 -p 8884 -V mqttv5 -i sensor-7 /);
  assert.ok(text.includes("--cafile '/tmp/headgate demo/ca.pem'"));
  assert.ok(text.includes("headgate rejections --admin '/tmp/headgate demo/headgate.sock'"));
  assert.ok(text.includes('curl http://127.0.0.1:9901/metrics'));
});

test('there are no commands for a protocol version without a broker', () => {
  assert.doesNotMatch(byHand({ ...place, ports: { 4: 8883 } }).join('\n'), /mqttv5|undefined/);
});

test('headgate is called as it is installed', () => {
  const cases: [script: string | undefined, expected: string][] = [
    ['/home/a/headgate/bin/headgate.mjs', 'node bin/headgate.mjs'],
    ['/home/a/other/bin/headgate.mjs', 'node /home/a/other/bin/headgate.mjs'],
    ['/home/a/headgate/node_modules/headgate/bin/headgate.mjs', 'headgate'],
    ['/usr/local/bin/headgate', 'headgate'],
    [undefined, 'headgate'],
  ];
  for (const [script, expected] of cases) assert.equal(commandName(script, '/home/a/headgate'), expected);
});

test('quoting leaves plain words alone and closes over quotes', () => {
  assert.equal(quote('/tmp/a-b_c.d'), '/tmp/a-b_c.d');
  assert.equal(quote("it's $HOME"), `'it'\\''s $HOME'`);
  assert.equal(quote(''), "''");
});
