/** MQTT 5 reason codes that are used by name (MQTT 5.0, section 2.4). */
export const CODE = {
  success: 0x00,
  disconnectWithWill: 0x04,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  unsupportedVersion: 0x84,
  clientIdNotValid: 0x85,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetIdInUse: 0x91,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  messageRateTooHigh: 0x96,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  retainNotSupported: 0x9a,
  qosNotSupported: 0x9b,
  useAnotherServer: 0x9c,
  serverMoved: 0x9d,
  connectionRateExceeded: 0x9f,
} as const;

/** Which codes a packet may carry (MQTT 5.0, sections 3.2.2.2, 3.4.2.1, 3.6.2.1, 3.9.3, 3.11.3, 3.14.2.1). */
const LEGAL = {
  connack: [
    0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b,
    0x9c, 0x9d, 0x9f,
  ],
  /** PUBACK and PUBREC. */
  puback: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  /** PUBREL and PUBCOMP. */
  pubrel: [0x00, 0x92],
  suback: [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2],
  unsuback: [0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91],
  clientDisconnect: [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99],
  serverDisconnect: [
    0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
    0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
  ],
} as const;

export type CodeSet = keyof typeof LEGAL;

function table(codes: readonly number[]): Uint8Array {
  const legal = new Uint8Array(256);
  for (const code of codes) legal[code] = 1;
  return legal;
}

const TABLES: Readonly<Record<CodeSet, Uint8Array>> = {
  connack: table(LEGAL.connack),
  puback: table(LEGAL.puback),
  pubrel: table(LEGAL.pubrel),
  suback: table(LEGAL.suback),
  unsuback: table(LEGAL.unsuback),
  clientDisconnect: table(LEGAL.clientDisconnect),
  serverDisconnect: table(LEGAL.serverDisconnect),
};

/** Is the reason code one that this packet may carry (MQTT 5.0, table 2-6)? */
export function isLegalCode(set: CodeSet, code: number): boolean {
  return TABLES[set][code] === 1;
}

/** Codes from here on say that the operation failed (MQTT 5.0, 2.4). */
export function isFailure(code: number): boolean {
  return code >= 0x80;
}

/** The only SUBACK code of MQTT 3.1.1 for a refused filter (3.9.3). */
export const SUBACK_FAILURE = 0x80;

/** True for the codes that send a client to another server, which would lead it past the proxy (MQTT 5.0, 4.11). */
export function isRedirect(code: number): boolean {
  return code === CODE.useAnotherServer || code === CODE.serverMoved;
}

/** `0x87`. */
export function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(2, '0')}`;
}
