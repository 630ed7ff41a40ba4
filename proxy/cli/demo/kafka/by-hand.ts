/** Ready-made Kafka commands for trying by hand, with the real paths and ports. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from '../by-hand.ts';
import type { Certificates } from '../certificates.ts';

export interface KafkaPlace {
  readonly dir: string;
  /** `host:port` of the listener. */
  readonly address: string;
  /** Behind every name. */
  readonly suffix: string;
  /** Folder of Kafka's jars; absent where they are not here. */
  readonly libs?: string;
}

const CARD = 'erp-1';

/** Writes what the commands need into the folder of the demo. */
export async function writeClientFiles({ dir, address }: KafkaPlace, certificates: Certificates): Promise<void> {
  const { cert, key } = certificates.of[CARD];
  const store = join(dir, `${CARD}.store.pem`);
  await writeFile(store, `${key}${cert}`, { mode: 0o600 });
  const java = [
    'security.protocol=SSL',
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${store}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${join(dir, 'ca.pem')}`,
  ];
  const kcat = [
    `bootstrap.servers=${address}`,
    'security.protocol=ssl',
    `ssl.ca.location=${join(dir, 'ca.pem')}`,
    `ssl.certificate.location=${join(dir, `${CARD}.pem`)}`,
    `ssl.key.location=${join(dir, `${CARD}.key`)}`,
  ];
  await writeFile(join(dir, 'java.properties'), `${java.join('\n')}\n`);
  await writeFile(join(dir, 'kcat.conf'), `${kcat.join('\n')}\n`);
}

/** Lines to copy; each group is a comment and its commands. */
export function kafkaByHand({ dir, address, suffix, libs }: KafkaPlace): string[] {
  const kcat = `kcat -F ${quote(join(dir, 'kcat.conf'))}`;
  const [orders, payroll] = [`orders.eu${suffix}`, `payroll${suffix}`];
  const lines = [
    `# Kafka as ${CARD}: allowed (write, read, list: payroll is not there)`,
    `echo hello | ${kcat} -P -t ${orders}`,
    `${kcat} -C -q -e -o beginning -t ${orders}`,
    `${kcat} -L`,
    '# Kafka: denied topic, denied group',
    `echo no | ${kcat} -P -t ${payroll}`,
    `${kcat} -q -G audit${suffix} ${orders}`,
    '',
  ];
  if (libs === undefined) return lines;
  const tool = (name: string): string[] => [
    `java -cp ${quote(join(libs, '*'))} \\`,
    `  org.apache.kafka.tools.${name} \\`,
    `  --bootstrap-server ${address} --command-config ${quote(join(dir, 'java.properties'))} \\`,
  ];
  return [
    ...lines,
    '# Kafka with Java’s console clients: type lines, Ctrl-D ends; then read them; then list',
    ...tool('ConsoleProducer'),
    `  --topic ${orders}`,
    ...tool('consumer.ConsoleConsumer'),
    `  --topic ${orders} --group erp-console${suffix} --from-beginning --timeout-ms 10000`,
    ...tool('TopicCommand'),
    '  --list',
    '',
  ];
}
