import type { Packet, Version } from './packets.ts';

/** The packets that a correct broker sends for one of a client. */
export function brokerResponses(packet: Packet, version: Version): Packet[] {
  const { messageId } = packet;
  switch (packet.cmd) {
    case 'publish':
      if (packet.qos === 1) return [{ cmd: 'puback', messageId } as Packet];
      return packet.qos === 2 ? [{ cmd: 'pubrec', messageId } as Packet] : [];
    case 'pubrel':
      return [{ cmd: 'pubcomp', messageId } as Packet];
    case 'subscribe':
      return [{ cmd: 'suback', messageId, granted: packet.subscriptions.map((s) => s.qos) } as Packet];
    case 'unsubscribe': {
      const granted = (packet.unsubscriptions as string[]).map(() => 0);
      return [{ cmd: 'unsuback', messageId, ...(version === 5 ? { granted } : {}) } as Packet];
    }
    case 'pingreq':
      return [{ cmd: 'pingresp' }];
    default:
      return [];
  }
}
