/** Writes ClientHellos piece by piece, right or wrong, for tests. */

/** A vector: length of `width` bytes, then the bytes. */
export function vector(width: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(width);
  length.writeUIntBE(content.length, 0, width);
  return Buffer.concat([length, content]);
}

/** 16-bit numbers one after another. */
export function words(values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

export function extension(type: number, data: Uint8Array): Buffer {
  return Buffer.concat([words([type]), vector(2, data)]);
}

/** The extensions that the reader looks into, from their content. */
export const write = {
  sni: (name: string | Uint8Array) => extension(0, vector(2, Buffer.from([0]), vector(2, Buffer.from(name)))),
  groups: (values: readonly number[]) => extension(10, vector(2, words(values))),
  signatures: (values: readonly number[]) => extension(13, vector(2, words(values))),
  alpn: (...names: readonly (string | Uint8Array)[]) =>
    extension(16, vector(2, ...names.map((name) => vector(1, Buffer.from(name))))),
  psk: () => extension(41, Buffer.alloc(8)),
  earlyData: () => extension(42, Buffer.alloc(0)),
  versions: (values: readonly number[]) => extension(43, vector(1, words(values))),
  keyShares: (...groups: readonly number[]) =>
    extension(51, vector(2, ...groups.map((group) => Buffer.concat([words([group]), vector(2, Buffer.alloc(32, 7))])))),
};

export interface HelloParts {
  readonly version?: number;
  readonly session?: Uint8Array;
  readonly ciphers?: Uint8Array;
  readonly compression?: Uint8Array;
  /** Null: none, not even their length. */
  readonly extensions?: readonly Uint8Array[] | null;
  /** Behind the extensions. */
  readonly rest?: Uint8Array;
}

/** A whole handshake message; what is not given is as a TLS 1.3 client would have it. */
export function hello(parts: HelloParts = {}): Buffer {
  const body = [
    words([parts.version ?? 0x0303]),
    Buffer.alloc(32, 0xa5),
    vector(1, parts.session ?? Buffer.alloc(32, 1)),
    vector(2, parts.ciphers ?? words([0x1301])),
    vector(1, parts.compression ?? Buffer.from([0])),
    ...(parts.extensions === null ? [] : [vector(2, ...(parts.extensions ?? []))]),
    parts.rest ?? Buffer.alloc(0),
  ];
  return Buffer.concat([Buffer.from([1]), vector(3, ...body)]);
}
