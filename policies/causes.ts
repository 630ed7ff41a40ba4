import { LIMIT_CAUSES } from './limits/table.ts';

/**
 * The closed list of causes. Every rejection carries exactly one; metrics, logs, spans, audit
 * records and `headgate rejections --cause` all use these words, so they are part of the
 * exported surface and do not change meaning.
 */
export const CAUSES = {
  // admission: before any cryptography
  'address-not-allowed': 'the peer address is not in the listener’s allow list',
  'address-rate': 'too many new connections from this address (or IPv6 /64)',
  'admission-queue': 'the queue of connections that wait for a handshake slot is full, or the wait took too long',
  'connections-full': 'the process holds as many connections as it may',
  'proxy-header': 'the PROXY protocol header is missing, malformed or came from where none is expected',
  'half-open-timeout': 'the TLS handshake was not finished before its deadline',
  'half-open-dropped': 'there were too many half-open connections, or others waited for its handshake slot',
  'plain-text': 'the client speaks no TLS',
  'plain-http': 'the client speaks plain HTTP on a TLS port',
  'plain-mqtt': 'the client speaks plain MQTT on a TLS port',
  'plain-kafka': 'the client speaks plain Kafka on a TLS port',
  'client-hello': 'the ClientHello is malformed or too large',
  // handshake
  'tls-too-old': 'the client offers only TLS versions that the profile refuses',
  'no-shared-cipher': 'client and profile share no cipher suite',
  'no-shared-group': 'client and profile share no key-exchange group',
  'no-shared-signature': 'client and profile share no signature algorithm',
  'tls-error': 'the TLS handshake failed in another way, or the TLS layer of a session broke',
  'aborted-by-client': 'the client ended the connection during the handshake',
  'no-certificate': 'the client sent no certificate',
  expired: 'the client certificate (or one of its issuers) is past notAfter',
  'not-yet-valid': 'the client certificate (or one of its issuers) is before notBefore',
  'unknown-ca': 'the chain ends in no trust store of this listener',
  'ambiguous-trust': 'the chain ends in more than one trust store of this listener',
  'bad-signature': 'a signature in the chain does not verify',
  'wrong-eku': 'the certificate is not meant for client authentication',
  'weak-key': 'a key or digest in the chain is too weak for the profile',
  'clock-skew-suspected': 'a certificate is outside its validity by so little that a wrong clock is likely',
  'key-usage': 'a certificate in the chain may not use its key that way',
  'not-a-ca': 'a certificate in the chain was issued by one that is no authority',
  'path-length': 'there are more authorities in the chain than one of them allows',
  'name-constraint': 'a name in the chain lies outside of what an authority may issue',
  'unknown-critical-extension': 'a certificate holds a critical extension that is not understood',
  'chain-too-long': 'the chain, or what came with it, has too many certificates',
  'chain-too-costly': 'the chain needs more work than one handshake may cause',
  'pin-mismatch': 'no certificate of the chain has a key that the trust store pins',
  revoked: 'a certificate of the chain is revoked or on the deny list',
  'revocation-unknown': 'whether a certificate of the chain is revoked is not known, or no longer',
  'chain-rejected': 'the chain breaks another rule of RFC 5280',
  'certificate-unreadable': 'the certificate holds something that the strict reader refuses',
  // identity
  'no-identity': 'no identity of the policy matches the certificate',
  // protocol
  malformed: 'the bytes break the grammar of the protocol',
  'unsupported-protocol': 'the protocol name or version is not supported',
  'protocol-error': 'a packet is not allowed in this state or direction',
  'connect-timeout': 'no complete first packet before the deadline',
  'packet-timeout': 'a packet was begun and not finished before its deadline',
  'keep-alive': 'nothing was received for one and a half keep-alive intervals',
  'packet-too-large': 'the packet is larger than the limit',
  'auth-method': 'enhanced authentication is not offered',
  'client-id': 'the client id is not the one that this identity may use',
  'client-id-taken': 'the client id is in use by another identity',
  'topic-invalid': 'the topic name breaks the grammar of topic names',
  'filter-invalid': 'the topic filter breaks the grammar of topic filters',
  'will-denied': 'the will message is not allowed by any rule, or denied by one',
  denied: 'no rule allows it, or a rule denies it',
  'qos-not-allowed': 'the rules that allow the topic do not allow this quality of service',
  'retain-not-allowed': 'the rules that allow the topic do not allow retained messages',
  'payload-too-large': 'the rules that allow the topic do not allow a payload of this size',
  'receive-maximum': 'more messages in flight than the receive maximum allows',
  'denial-budget': 'too many denials in a short time',
  // limits
  ...LIMIT_CAUSES,
  'limit-table-full': 'the shared table of limits has no free slot',
  'slow-client': 'the client does not read what it asked for',
  // upstream
  'upstream-down': 'no broker address answered',
  'upstream-tls': 'the TLS connection to the broker failed',
  'upstream-refused': 'the broker refused the connection',
  'upstream-protocol': 'the broker sent something that breaks the protocol',
  'upstream-closed': 'the broker closed the connection',
  // life of the session and of the process
  'taken-over': 'another connection of the same client took the session over',
  'policy-changed': 'the policy in force no longer allows this session',
  'session-killed': 'an operator ended the session',
  draining: 'the process is shutting down or the listener is gone',
  'internal-error': 'a fault of headgate itself; please report it',
} as const;

/** Why a client, packet or request was rejected: the key of metrics, records and filters. */
export type Cause = keyof typeof CAUSES;
