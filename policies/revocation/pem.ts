import { Buffer } from 'node:buffer';

/** The base64 of the largest list that is read (64 MiB of DER), with its line ends. */
const MAX_FILE_BYTES = 96 * 1024 * 1024;
/** Blocks of one file. */
const MAX_BLOCKS = 10_000;

const LABELS = ['X509 CRL', 'CERTIFICATE'] as const;

/** What a block says that it is; `DER`: the file was one encoding without PEM around it. */
export type BlockLabel = (typeof LABELS)[number] | 'DER';

export interface DerBlock {
  readonly label: BlockLabel;
  readonly der: Uint8Array;
  /** Line of the file, from 1, on which the block begins. */
  readonly line: number;
}

/** The file is not what is asked for. The message says what and on which line; it repeats nothing of the file. */
export class PemError extends Error {
  override readonly name = 'PemError';
  readonly line: number;

  constructor(what: string, line: number) {
    super(`${what} (line ${line})`);
    this.line = line;
  }
}

const SEQUENCE = 0x30;
const BASE64_LINE = /^[A-Za-z0-9+/]*={0,2}$/;
const BOUNDARY = /^-----(BEGIN|END) ([A-Z0-9 ]{1,40})-----$/;

/**
 * The encodings in a file: one of DER, or any number of PEM blocks (RFC 7468) with text around them.
 * @throws PemError when there is none, when a block is damaged, or is of another kind (a key has no place here).
 */
export function readBlocks(file: Uint8Array): readonly DerBlock[] {
  if (file.length > MAX_FILE_BYTES) throw new PemError(`the file has more than ${MAX_FILE_BYTES} bytes`, 1);
  // No list or certificate is shorter than 128 bytes, and no text goes on like this.
  if (file[0] === SEQUENCE && (file[1] as number) >= 0x80) return [{ label: 'DER', der: file, line: 1 }];
  const blocks: DerBlock[] = [];
  let open: { label: BlockLabel; line: number; base64: string[] } | undefined;
  let line = 0;
  for (const text of linesOf(file)) {
    line++;
    const boundary = text.startsWith('-----') ? boundaryOf(text, line) : undefined;
    if (boundary === undefined) {
      if (open === undefined) continue;
      if (!BASE64_LINE.test(text)) throw new PemError('a line of a PEM block is not base64', line);
      open.base64.push(text);
    } else if (boundary.begins) {
      if (open !== undefined) throw new PemError('a PEM block begins inside another', line);
      if (blocks.length === MAX_BLOCKS) throw new PemError(`the file has more than ${MAX_BLOCKS} PEM blocks`, line);
      open = { label: boundary.label, line, base64: [] };
    } else {
      if (open?.label !== boundary.label) throw new PemError('a PEM block ends that did not begin', line);
      blocks.push({ label: open.label, der: decode(open.base64.join(''), open.line), line: open.line });
      open = undefined;
    }
  }
  if (open !== undefined) throw new PemError('a PEM block has no end', open.line);
  if (blocks.length === 0) throw new PemError('the file is neither DER nor does it hold a PEM block', 1);
  return blocks;
}

function boundaryOf(text: string, line: number): { begins: boolean; label: BlockLabel } {
  const [, verb, written] = BOUNDARY.exec(text) ?? [];
  if (verb === undefined) throw new PemError('a PEM boundary is malformed', line);
  const label = LABELS.find((known) => known === written);
  if (label === undefined) throw new PemError(`a PEM block is of another kind than ${LABELS.join(' and ')}`, line);
  return { begins: verb === 'BEGIN', label };
}

/** Lines without what ends them and without white space behind; a byte order mark before the first is dropped. */
function* linesOf(file: Uint8Array): Iterable<string> {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('latin1');
  let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  while (at < text.length) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    yield text.slice(at, end).trimEnd();
    at = end + 1;
  }
}

function decode(base64: string, line: number): Uint8Array {
  const der = Buffer.from(base64, 'base64');
  // Node skips what it does not understand: only what encodes back to the same text was understood.
  if (der.length === 0 || der.toString('base64') !== base64) throw new PemError('a PEM block is not base64', line);
  return der;
}
