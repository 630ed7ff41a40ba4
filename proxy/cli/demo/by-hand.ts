/** Ready-made commands for trying by hand, with the real paths and ports. */
import { isAbsolute, join, relative, sep } from 'node:path';
import type { CardName } from './certificates.ts';
import type { Version } from './devices.ts';

/** How `headgate` is called here: by its name where it is installed, as a file in a clone. */
export function commandName(script: string | undefined, cwd: string): string {
  if (script === undefined || !script.endsWith('headgate.mjs') || script.includes(`${sep}node_modules${sep}`)) {
    return 'headgate';
  }
  const near = relative(cwd, script);
  return `node ${quote(near.startsWith('..') || isAbsolute(near) ? script : near)}`;
}

export interface Place {
  readonly dir: string;
  /** Port of the listener by protocol version. */
  readonly ports: Readonly<Partial<Record<Version, number>>>;
  readonly socket: string;
  /** `host:port`. */
  readonly probe: string;
  readonly headgate: string;
}

/** Lines to copy; each group is a comment and its commands. */
export function byHand(place: Place): string[] {
  const { ports, socket, probe, headgate } = place;
  const lines: string[] = [];
  for (const [version, card] of [
    [4, 'pump-1'],
    [5, 'sensor-7'],
  ] as const) {
    const port = ports[version];
    if (port === undefined) continue;
    const name = version === 5 ? 'MQTT 5' : 'MQTT 3.1.1';
    const pub = client('mosquitto_pub', place.dir, card, port, version);
    const sub = client('mosquitto_sub', place.dir, card, port, version);
    const command = client('mosquitto_pub', place.dir, 'gateway-2', port, version);
    const outcome = version === 5 ? 'the client gets an error' : 'acknowledged and dropped';
    lines.push(
      `# ${name}: allowed, then denied (${outcome})`,
      ...pub(`-q 1 -t p1/${card}/temp -m 21.5`),
      ...pub(`-q 1 -t p1/${card}/firmware -m evil`),
      `# ${name}: an allowed filter for a minute (-W), and from another terminal a command for it`,
      ...sub(`-q 1 -t 'p1/${card}/cmd/+' -W 60`),
      ...command(`-q 1 -t p1/${card}/cmd/start -m now`),
      `# ${name}: a denied filter`,
      ...sub(`-q 1 -t '#' -W 10`),
      '',
    );
  }
  lines.push(
    '# why were they refused?',
    `${headgate} rejections --admin ${quote(socket)} --since 10m`,
    `${headgate} rejections --admin ${quote(socket)} --principal pump-1 --follow`,
    `curl --unix-socket ${quote(socket)} 'http://localhost/api/rejections?principal=pump-1&limit=3'`,
    `curl http://${probe}/metrics`,
  );
  return lines;
}

function client(program: string, dir: string, card: CardName, port: number, version: Version) {
  const file = (name: string): string => quote(join(dir, name));
  return (rest: string): string[] => [
    `${program} -h 127.0.0.1 -p ${port} -V ${version === 5 ? 'mqttv5' : 'mqttv311'} -i ${card} \\`,
    `  --cafile ${file('ca.pem')} --cert ${file(`${card}.pem`)} \\`,
    `  --key ${file(`${card}.key`)} ${rest}`,
  ];
}

/** For a POSIX shell; as it is where nothing needs quotes. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
