import assert from 'node:assert/strict';
import test from 'node:test';
import { holdsAddress } from '../../../adapters/kafka/config-addresses.ts';

/** Settings of brokers. */
const ADDRESSES: readonly [name: string, value: string | null][] = [
  ['listeners', ''],
  ['advertised.listeners', 'SSL://kafka-1.internal:9092'],
  ['controller.quorum.voters', '1@controller-1:9093'],
  ['controller.quorum.bootstrap.servers', 'controller-1:9093'],
  ['rlmm.config.remote.log.metadata.common.client.bootstrap.servers', 'localhost'],
  ['zookeeper.connect', 'zk'],
  ['host.name', 'kafka-1'],
  ['advertised.host.name', 'kafka-1'],
  ['advertised.port', '9092'],
  ['port', '9092'],
  ['max.connections.per.ip.overrides', 'trusted:100'],
  ['sasl.oauthbearer.jwks.endpoint.url', 'idp'],
  ['a.new.setting', 'kafka-1.internal:9092'],
  ['a.new.setting', 'a, kafka-1.internal:9092'],
  ['a.new.setting', 'https://idp/keys'],
  ['a.new.setting', '10.1.2.3'],
  ['a.new.setting', 'fd00::17'],
  ['a.new.setting', '[::1]'],
];

const HARMLESS: readonly [name: string, value: string | null][] = [
  ['log.retention.hours', '168'],
  ['log.dirs', '/var/lib/kafka'],
  ['listener.security.protocol.map', 'CONTROLLER:PLAINTEXT,INTERNAL:SSL'],
  ['inter.broker.listener.name', 'INTERNAL'],
  ['inter.broker.protocol.version', '4.3-IV0'],
  ['ssl.keystore.password', null],
  ['ssl.cipher.suites', 'TLS_AES_256_GCM_SHA384'],
  ['log.message.timestamp.type', 'CreateTime'],
  ['super.users', 'User:admin;User:broker'],
  ['num.network.threads', '3'],
  ['transport.policy', 'x'],
];

for (const [name, value] of ADDRESSES) {
  test(`${name} = ${value} holds an address`, () => assert.equal(holdsAddress(name, value), true));
}
for (const [name, value] of HARMLESS) {
  test(`${name} = ${value} holds none`, () => assert.equal(holdsAddress(name, value), false));
}
