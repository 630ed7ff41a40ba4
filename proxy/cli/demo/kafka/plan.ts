import { type Address, addressText, type Environment, parseAddress } from '../broker-address.ts';
import type { KafkaDist } from '../kafka-dist.ts';
import { accepts } from '../ports.ts';

/** Where the Kafka clients' broker comes from. */
export type KafkaPlan =
  | ({ readonly kind: 'external' } & Address)
  /** A node that the demo starts from the jars in this folder. */
  | { readonly kind: 'node'; readonly libs: string }
  /** `failure`: what is skipped counts as failed. */
  | { readonly kind: 'none'; readonly reason: string; readonly failure: boolean };

/**
 * HEADGATE_KAFKA=host:port goes first, then Apache Kafka's jars. With neither the Kafka steps are
 * skipped; under CI=true that is a failure. Throws an Error with a message for the user when the variable is
 * malformed or nobody answers there.
 */
export async function planKafka(
  env: Environment,
  fetchJars: () => Promise<KafkaDist>,
  answers: (host: string, port: number) => Promise<boolean> = accepts,
): Promise<KafkaPlan> {
  const { HEADGATE_KAFKA: text, CI } = env;
  if (text !== undefined && text !== '') {
    const address = parseAddress('HEADGATE_KAFKA', text);
    if (await answers(address.host, address.port)) return { kind: 'external', ...address };
    throw new Error(`no broker answers at HEADGATE_KAFKA=${addressText(address)}`);
  }
  const found = await fetchJars();
  if ('libs' in found) return { kind: 'node', libs: found.libs };
  const reason = `${found.missing}; install Java and Maven, or set HEADGATE_KAFKA=host:port`;
  return { kind: 'none', reason, failure: CI === 'true' };
}
