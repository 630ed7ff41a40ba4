import { generate, type Packet, parser } from 'mqtt-packet';
import { Rig, type RigPlan } from './rig.ts';

export type { Packet } from 'mqtt-packet';
export type Version = 4 | 5;

/** Encodes with an implementation that is not ours. */
export function encode(packet: Packet, version: Version): Buffer {
  return generate(packet, { protocolVersion: version });
}

/** Decodes with an implementation that is not ours; throws on what it does not understand or leaves over. */
export function decodeAll(bytes: Buffer, version: Version): Packet[] {
  const packets: Packet[] = [];
  const p = parser({ protocolVersion: version });
  p.on('packet', (packet: Packet) => packets.push(packet));
  p.on('error', (error: unknown) => {
    throw error;
  });
  const left = p.parse(bytes);
  if (left !== 0) throw new Error(`${left} bytes left over`);
  return packets;
}

export function connectPacket(version: Version, more: object = {}): Packet {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: version,
    clientId: 'dev-1',
    clean: true,
    keepalive: 60,
    ...more,
  } as Packet;
}

export function connackPacket(version: Version, more: object = {}): Packet {
  const code = version === 5 ? { reasonCode: 0 } : { returnCode: 0 };
  return { cmd: 'connack', sessionPresent: false, ...code, ...more } as Packet;
}

/** A rig whose session is open; what CONNECT and CONNACK caused is discarded. */
export function openRig(version: Version, plan: RigPlan = {}, connect: object = {}, connack: object = {}): Rig {
  const rig = new Rig(plan);
  rig.client(encode(connectPacket(version, connect), version));
  rig.session.brokerReady();
  rig.broker(encode(connackPacket(version, connack), version));
  if (rig.closed) throw new Error(`not open: ${rig.rejections[0]?.reason}`);
  rig.take('broker');
  rig.take('client');
  rig.takes.length = 0;
  return rig;
}

export function publish(topic: string, more: object = {}): Packet {
  return { cmd: 'publish', topic, payload: 'x', qos: 0, dup: false, retain: false, ...more } as Packet;
}
