/** Which packets may carry a property: one bit each. WILL is the second list in a CONNECT. */
export const IN = {
  connect: 1,
  connack: 2,
  publish: 4,
  puback: 8,
  pubrec: 16,
  pubrel: 32,
  pubcomp: 64,
  subscribe: 128,
  suback: 256,
  unsubscribe: 512,
  unsuback: 1024,
  disconnect: 2048,
  will: 4096,
} as const;

const ACKS = IN.puback | IN.pubrec | IN.pubrel | IN.pubcomp | IN.suback | IN.unsuback;

/** Identifiers (MQTT 5.0, table 2-4). */
export const PROPERTY = {
  payloadFormat: 0x01,
  messageExpiry: 0x02,
  contentType: 0x03,
  responseTopic: 0x08,
  correlationData: 0x09,
  subscriptionId: 0x0b,
  sessionExpiry: 0x11,
  assignedClientId: 0x12,
  serverKeepAlive: 0x13,
  authenticationMethod: 0x15,
  authenticationData: 0x16,
  requestProblemInformation: 0x17,
  willDelay: 0x18,
  requestResponseInformation: 0x19,
  responseInformation: 0x1a,
  serverReference: 0x1c,
  reasonString: 0x1f,
  receiveMaximum: 0x21,
  topicAliasMaximum: 0x22,
  topicAlias: 0x23,
  maximumQos: 0x24,
  retainAvailable: 0x25,
  userProperty: 0x26,
  maximumPacketSize: 0x27,
  wildcardAvailable: 0x28,
  subscriptionIdAvailable: 0x29,
  sharedAvailable: 0x2a,
} as const;

export type PropertyType = 'byte' | 'u16' | 'u32' | 'varint' | 'utf8' | 'topic' | 'binary' | 'pair';

export interface PropertyRule {
  readonly name: string;
  readonly type: PropertyType;
  readonly packets: number;
  /** Smallest and largest legal number. */
  readonly min?: number;
  readonly max?: number;
}

const P = PROPERTY;

const RULES: Readonly<Record<number, PropertyRule>> = {
  [P.payloadFormat]: { name: 'Payload Format Indicator', type: 'byte', max: 1, packets: IN.publish | IN.will },
  [P.messageExpiry]: { name: 'Message Expiry Interval', type: 'u32', packets: IN.publish | IN.will },
  [P.contentType]: { name: 'Content Type', type: 'utf8', packets: IN.publish | IN.will },
  [P.responseTopic]: { name: 'Response Topic', type: 'topic', packets: IN.publish | IN.will },
  [P.correlationData]: { name: 'Correlation Data', type: 'binary', packets: IN.publish | IN.will },
  [P.subscriptionId]: { name: 'Subscription Identifier', type: 'varint', min: 1, packets: IN.publish | IN.subscribe },
  [P.sessionExpiry]: {
    name: 'Session Expiry Interval',
    type: 'u32',
    packets: IN.connect | IN.connack | IN.disconnect,
  },
  [P.assignedClientId]: { name: 'Assigned Client Identifier', type: 'utf8', packets: IN.connack },
  [P.serverKeepAlive]: { name: 'Server Keep Alive', type: 'u16', packets: IN.connack },
  [P.authenticationMethod]: { name: 'Authentication Method', type: 'utf8', packets: IN.connect | IN.connack },
  [P.authenticationData]: { name: 'Authentication Data', type: 'binary', packets: IN.connect | IN.connack },
  [P.requestProblemInformation]: { name: 'Request Problem Information', type: 'byte', max: 1, packets: IN.connect },
  [P.willDelay]: { name: 'Will Delay Interval', type: 'u32', packets: IN.will },
  [P.requestResponseInformation]: { name: 'Request Response Information', type: 'byte', max: 1, packets: IN.connect },
  [P.responseInformation]: { name: 'Response Information', type: 'utf8', packets: IN.connack },
  [P.serverReference]: { name: 'Server Reference', type: 'utf8', packets: IN.connack | IN.disconnect },
  [P.reasonString]: { name: 'Reason String', type: 'utf8', packets: IN.connack | ACKS | IN.disconnect },
  [P.receiveMaximum]: { name: 'Receive Maximum', type: 'u16', min: 1, packets: IN.connect | IN.connack },
  [P.topicAliasMaximum]: { name: 'Topic Alias Maximum', type: 'u16', packets: IN.connect | IN.connack },
  [P.topicAlias]: { name: 'Topic Alias', type: 'u16', min: 1, packets: IN.publish },
  [P.maximumQos]: { name: 'Maximum QoS', type: 'byte', max: 1, packets: IN.connack },
  [P.retainAvailable]: { name: 'Retain Available', type: 'byte', max: 1, packets: IN.connack },
  [P.userProperty]: { name: 'User Property', type: 'pair', packets: (1 << 13) - 1 },
  [P.maximumPacketSize]: { name: 'Maximum Packet Size', type: 'u32', min: 1, packets: IN.connect | IN.connack },
  [P.wildcardAvailable]: { name: 'Wildcard Subscription Available', type: 'byte', max: 1, packets: IN.connack },
  [P.subscriptionIdAvailable]: {
    name: 'Subscription Identifiers Available',
    type: 'byte',
    max: 1,
    packets: IN.connack,
  },
  [P.sharedAvailable]: { name: 'Shared Subscription Available', type: 'byte', max: 1, packets: IN.connack },
};

/** Dense, so that a look-up is an array index. */
export const PROPERTY_RULES: readonly (PropertyRule | undefined)[] = Array.from({ length: 64 }, (_, id) => RULES[id]);
