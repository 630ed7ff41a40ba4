import { LIMIT_CAUSES } from './limits/table.ts';

/**
 * The closed list of causes. Every rejection carries exactly one; metrics, logs, spans, audit
 * records and `headgate rejections --cause` all use these names, so they are part of the
 * public interface and do not change meaning.
 */
export const CAUSES = {
  // admission: before any cryptography
  'address-not-allowed': 'the peer address is not in the listener’s allow list',
  'address-rate': 'too many new connections from this address (or IPv6 /64)',
  'admission-queue': 'the queue of connections that wait for a handshake slot is full, or the wait took too long',
  'connections-full': 'the process has reached `maxConnections`',
  'proxy-header': 'the PROXY protocol header is missing, malformed or not expected from this address',
  'half-open-timeout': 'the TLS handshake did not finish before its deadline',
  'half-open-dropped':
    'dropped because of too many half-open connections, or because others waited for its handshake slot',
  'plain-text': 'the client does not speak TLS',
  'plain-http': 'the client speaks plain HTTP on a TLS port',
  'plain-mqtt': 'the client speaks plain MQTT on a TLS port',
  'plain-kafka': 'the client speaks plain Kafka on a TLS port',
  'client-hello': 'the ClientHello is malformed or too large',
  // handshake
  'tls-too-old': 'the client offers only TLS versions that the profile refuses',
  'no-shared-cipher': 'client and profile have no cipher suite in common',
  'no-shared-group': 'client and profile have no key-exchange group in common',
  'no-shared-signature': 'client and profile have no signature algorithm in common',
  'tls-error': 'the TLS handshake failed for another reason, or TLS failed during a session',
  'aborted-by-client': 'the client ended the connection during the handshake',
  'no-certificate': 'the client sent no certificate',
  expired: 'the client certificate (or one of its issuers) is past notAfter',
  'not-yet-valid': 'the client certificate (or one of its issuers) is before notBefore',
  'unknown-ca': 'the chain ends in no trust store of this listener',
  'ambiguous-trust': 'the chain ends in more than one trust store of this listener',
  'bad-signature': 'a signature in the chain does not verify',
  'wrong-eku': 'the extended key usage of the certificate does not allow client authentication',
  'weak-key': 'a key or digest in the chain is too weak for the profile',
  'clock-skew-suspected': 'a certificate is outside its validity period by so little that a wrong clock is likely',
  'key-usage': 'the key usage of a certificate in the chain does not allow this use',
  'not-a-ca': 'an issuer in the chain is not a CA certificate',
  'path-length': 'the chain has more CA certificates than a path length constraint allows',
  'name-constraint': 'a name in the chain violates the name constraints of a CA',
  'unknown-critical-extension': 'a certificate has a critical extension that is not supported',
  'chain-too-long': 'there are too many certificates in the chain or sent with it',
  'chain-too-costly': 'validating the chain needs more work than one handshake may cause',
  'pin-mismatch': 'no certificate of the chain has a key pinned by the trust store',
  revoked: 'a certificate of the chain is revoked or on the deny list',
  'revocation-unknown': 'the revocation status of a certificate of the chain is unknown or out of date',
  'chain-rejected': 'the chain breaks another rule of RFC 5280',
  'certificate-unreadable': 'the certificate contains something that the strict parser refuses',
  // identity
  'no-identity': 'no identity of the policy matches the certificate',
  // protocol
  malformed: 'the bytes violate the encoding rules of the protocol',
  'unsupported-protocol': 'the protocol name or version is not supported',
  'protocol-error': 'a packet is not allowed in this state or direction',
  'connect-timeout': 'no complete first packet before the deadline',
  'packet-timeout': 'a packet was not completed before its deadline',
  'keep-alive': 'nothing was received for one and a half keep-alive intervals',
  'packet-too-large': 'the packet is larger than the limit',
  'auth-method': 'enhanced authentication is not supported',
  'client-id': 'the client is not allowed to use this client id',
  'client-id-taken': 'the client id is in use by another identity',
  'topic-invalid': 'the topic name is invalid',
  'filter-invalid': 'the topic filter is invalid',
  'will-denied': 'no rule allows the will message, or a rule denies it',
  denied: 'no rule allows it, or a rule denies it',
  'qos-not-allowed': 'the rules that allow the topic do not allow this quality of service',
  'retain-not-allowed': 'the rules that allow the topic do not allow retained messages',
  'payload-too-large': 'the rules that allow the topic do not allow a payload of this size',
  'receive-maximum': 'more messages in flight than the receive maximum allows',
  'denial-budget': 'too many denials in a short time',
  // limits
  ...LIMIT_CAUSES,
  'limit-table-full': 'the shared limit table has no free slot',
  'slow-client': 'the client does not read its data fast enough',
  // upstream
  'upstream-down': 'no broker address could be reached',
  'upstream-tls': 'the TLS connection to the broker failed',
  'upstream-refused': 'the broker refused the connection',
  'upstream-protocol': 'the broker violated the protocol',
  'upstream-closed': 'the broker closed the connection',
  // life of the session and of the process
  'taken-over': 'another connection of the same client took over the session',
  'policy-changed': 'the policy in force no longer allows this session',
  'session-killed': 'an operator ended the session',
  draining: 'the process is shutting down or the listener was removed',
  'internal-error': 'an internal fault of headgate; please report it',
} as const;

/** Why a client, packet or request was rejected: the key of metrics, records and filters. */
export type Cause = keyof typeof CAUSES;
