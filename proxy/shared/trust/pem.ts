const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/**
 * The certificates in a PEM text, each from its BEGIN to its END. Cut without a regular expression
 * over the whole text: a begin without an end must not cost a square.
 */
export function certificateBlocks(pem: string): string[] {
  const blocks: string[] = [];
  for (let at = pem.indexOf(BEGIN); at !== -1; at = pem.indexOf(BEGIN, at)) {
    const close = pem.indexOf(END, at);
    const stop = close === -1 ? pem.length : close + END.length;
    blocks.push(pem.slice(at, stop));
    at = stop;
  }
  return blocks;
}

/** The DER certificates in a PEM text. */
export function certificatesOf(pem: string): Buffer[] {
  return certificateBlocks(pem).map((block) => Buffer.from(block.slice(BEGIN.length, -END.length), 'base64'));
}
