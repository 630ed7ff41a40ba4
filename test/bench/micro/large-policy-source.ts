/** Policies of any size: so many identities of one certificate each, and one role of so many rules that all of them have. */
import type { IdentitySource, KafkaRuleSource, MqttRuleSource, PolicySource } from '../../../policies/source.ts';
import type { CertificateFacts } from '../../../policies/types.ts';

export const STORE = 'ca';

const DAY = 86_400_000;

/** `p-000042` */
const device = (i: number): string => `p-${String(i).padStart(6, '0')}`;

/** An MQTT topic of 26 bytes that one rule of the policy allows. */
export const shortTopic = (i: number): string => `plant/${device(i)}/temperature`;
/** The same of 60 bytes. */
export const longTopic = (i: number): string => `plant/${device(i)}/line-07/cell-19/spindle-03/bearing-02/temp`;
/** An MQTT topic as Kafka names one. */
export const kafkaName = (topic: string): string => topic.replaceAll('/', '.');

/** `edition`: two policies of the same size that differ in every rule and every identity. */
export function largePolicy(count: number, protocol: 'mqtt' | 'kafka', edition = ''): PolicySource {
  const each = <T>(make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const role =
    protocol === 'mqtt'
      ? {
          mqtt: {
            clientId: 'any',
            allow: each((i) => mqttRule(i, edition)),
            deny: [{ publish: 'plant/+/firmware/#' }, { publish: `plant/${device(0)}/{CN}/secret` }],
          },
        }
      : { kafka: { allow: each((i) => kafkaRule(i, edition)) } };
  return { identities: each((i) => identity(i, edition)), roles: { fleet: role } };
}

/** A certificate that the identity of this number is for. */
export function factsOf(i: number): CertificateFacts {
  const attribute = (oid: string, type: string, value: string) => [{ oid, type, value }];
  return {
    serial: String(1000 + i),
    subject: [attribute('2.5.4.10', 'O', 'Acme'), attribute('2.5.4.3', 'CN', device(i))],
    issuer: [attribute('2.5.4.3', 'CN', 'ca')],
    san: { uri: [], dns: [], email: [], ip: [] },
    eku: [],
    notBefore: 0,
    notAfter: DAY,
  };
}

function identity(i: number, edition: string): IdentitySource {
  return {
    name: `device-${i}${edition}`,
    when: { trust: STORE, subject: { O: 'Acme', CN: device(i) } },
    principal: '{CN}',
    roles: ['fleet'],
  };
}

function mqttRule(i: number, edition: string): MqttRuleSource {
  if (edition !== '') return { publish: `plant/${device(i)}/+/+/#`, size: 100_000 };
  return { publish: `plant/${device(i)}/#` };
}

function kafkaRule(i: number, edition: string): KafkaRuleSource {
  return { topic: `plant.${device(i)}.${edition}`, prefix: true, operations: ['write'] };
}
