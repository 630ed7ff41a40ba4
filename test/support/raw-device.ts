import { generate, type Packet } from 'mqtt-packet';
import { testPki } from './pki.ts';
import { connectRaw, type RawClient } from './raw-client.ts';

/** The device `name` behind its CONNACK, for tests that write MQTT byte by byte. `keepalive` in seconds. */
export async function rawDevice(port: number, name: string, version: 4 | 5, keepalive = 0): Promise<RawClient> {
  const { cert, key, ca } = await (await testPki()).device(name);
  const client = await connectRaw({ port, tls: { cert, key, ca } });
  const connect = { cmd: 'connect', clientId: name, protocolId: 'MQTT', protocolVersion: version, keepalive };
  await client.write(generate({ ...connect, clean: true } as Packet));
  await client.bytes(4);
  return client;
}
