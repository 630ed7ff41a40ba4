import { explainCommand } from '../../../../proxy/cli/explain.ts';
import { testPki } from '../../../support/pki.ts';
import { type TempDir, tempDir } from '../../../support/temp-dir.ts';
import { edit, SOUND_KAFKA } from '../../control-plane/config/support.ts';
import { runCommand } from '../run-command.ts';

const GUESTS = '  - { name: guests, when: { anonymous: true }, principal: guest, roles: [guest] }\n';
const MQTT_RULES = `        - { publish: "plant/{CN}/#", qos: [0, 1], retain: false }
        - subscribe: "plant/{CN}/cmd/+"
      deny:
        - publish: "plant/+/firmware/#"
`;
const KAFKA_DENY = '      deny: [{ topic: orders.secret, operations: [all], hosts: [192.0.2.0/24] }]\n';

/** Two identities, denies, a subscription, limits. The authority is there; the certificates of the gate are not. */
export const CONFIG = [
  ['identities:\n', `identities:\n${GUESTS}`],
  ['roles:\n', 'roles:\n  guest: { mqtt: { clientId: any } }\n'],
  ['        - publish: "plant/{CN}/#"\n', MQTT_RULES],
  ['    limits: { publish: 50/s }\n', `${KAFKA_DENY}    limits: { publish: 50/s, connections: 3 }\n`],
].reduce((text, [from = '', to = '']) => edit(from, to, text), SOUND_KAFKA);

export async function workplace(): Promise<TempDir> {
  const dir = tempDir();
  const pki = await testPki();
  dir.write('headgate.yaml', CONFIG);
  dir.write('ca.pem', pki.ca);
  dir.write('pump.pem', (await pki.device('pump-1')).cert);
  dir.write('expired.pem', (await pki.expired('pump-1')).cert);
  dir.write('foreign.pem', (await pki.foreigner('pump-1')).cert);
  dir.write('other.pem', (await pki.unmapped()).cert);
  dir.write('pump.yaml', 'trust: devices\nsubject: { O: Acme, CN: pump-1 }\n');
  return dir;
}

/** Runs the command on CONFIG; `DIR` in an option is the directory. */
export async function explained(dir: TempDir, ...argv: string[]) {
  const named = argv.map((one) => one.replace('DIR', dir.path));
  const run = await runCommand(explainCommand, '--config', dir.file('headgate.yaml'), ...named);
  const short = (lines: readonly string[]) => lines.map((line) => line.replaceAll(`${dir.path}/`, ''));
  return { code: run.code, out: short(run.out), err: short(run.err) };
}

/** The same, as data. */
export async function explainedData(dir: TempDir, ...argv: string[]) {
  const { code, out, err } = await explained(dir, '--json', ...argv);
  if (code !== 0) throw new Error(err.join('\n'));
  return JSON.parse(out.join('\n'));
}
