import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { decodeUtf8, readRegular } from '../control-plane/config/files.ts';
import { importEmqx } from './import/emqx.ts';
import { ImportError, type Imported, type LeftOut } from './import/imported.ts';
import { importKafkaAcls } from './import/kafka-acls.ts';
import { importMosquitto } from './import/mosquitto.ts';
import { EXIT, type Io } from './io.ts';
import { wrongUsage } from './wrong-usage.ts';

/** Bytes of the file. */
const MAX_FILE = 10 * 1024 * 1024;

type Reader = (text: string, trust: string) => Imported;

const READERS: Readonly<Record<string, Reader>> = {
  'kafka-acls': importKafkaAcls,
  mosquitto: importMosquitto,
  emqx: importEmqx,
};

/**
 * `headgate import`: makes identities and roles of another broker's access rules. Exit code 0: all of them are
 * carried over; 1: some are not, each told with its line and reason; 2: wrong usage, or the file cannot be read.
 */
export async function importCommand(argv: string[], io: Io): Promise<number> {
  const args = readArguments(argv);
  if (typeof args === 'string') return wrongUsage('import', args, io);
  const { read, file, trust } = args;
  const imported = importFile(read, file, trust);
  if (typeof imported === 'string') {
    io.err(`headgate import: ${file}: ${imported}`);
    return EXIT.usage;
  }
  const { identities, roles, leftOut } = imported;
  io.out(stringify({ identities, roles }, { lineWidth: 120, aliasDuplicateObjects: false }).trimEnd());
  for (const one of leftOut) io.err(told(file, one));
  return leftOut.length === 0 ? EXIT.ok : EXIT.failure;
}

function readArguments(argv: string[]): { read: Reader; file: string; trust: string } | string {
  try {
    const options = { trust: { type: 'string', default: 'clients' } } as const;
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    const [kind = '', file, more] = positionals;
    const read = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
    if (read === undefined) return kind === '' ? 'what is to be read?' : `cannot read ${kind}`;
    if (file === undefined || more !== undefined) return 'one FILE is needed';
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(values.trust)) return '--trust needs the name of a trust store';
    return { read, file, trust: values.trust };
  } catch (error) {
    return (error as Error).message;
  }
}

/** What the file becomes, or why it cannot be read. */
function importFile(read: Reader, file: string, trust: string): Imported | string {
  const found = readRegular(file, MAX_FILE);
  if (!found.ok) return `the file ${found.message}`;
  const text = decodeUtf8(found.bytes);
  if (text === undefined) return 'the file is not UTF-8 text';
  try {
    return read(text.replace(/^\ufeff/, ''), trust);
  } catch (error) {
    if (error instanceof ImportError) return error.message;
    throw error;
  }
}

/** The file is the operator's own, yet a terminal must not obey what stands in it. */
function told(file: string, { line, text, reason }: LeftOut): string {
  return `${file}:${line}: ${reason}\n    ${text}`.replace(/[^\P{C}\n]/gu, (char) => {
    return `\\u{${(char.codePointAt(0) as number).toString(16)}}`;
  });
}
