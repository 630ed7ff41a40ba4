import { stringify } from 'yaml';
import { decodeUtf8, readRegular } from '../control-plane/config/files.ts';
import { defineCommand } from './command.ts';
import { importEmqx } from './import/emqx.ts';
import { ImportError, type Imported, type LeftOut } from './import/imported.ts';
import { importKafkaAcls } from './import/kafka-acls.ts';
import { importMosquitto } from './import/mosquitto.ts';
import { EXIT } from './io.ts';
import { UsageError } from './usage-error.ts';

/** Bytes of the file. */
const MAX_FILE = 10 * 1024 * 1024;

type Reader = (text: string, trust: string) => Imported;

const READERS: Readonly<Record<string, Reader>> = {
  'kafka-acls': importKafkaAcls,
  mosquitto: importMosquitto,
  emqx: importEmqx,
};

/** `headgate import`: makes identities and roles of another broker's access rules. */
export const importCommand = defineCommand({
  name: 'import',
  usage: 'kafka-acls|mosquitto|emqx FILE [--trust NAME]',
  options: {
    trust: {
      type: 'string',
      value: 'NAME',
      default: 'clients',
      help: 'trust store of the clients, whose common name is the user; default clients',
    },
  },
  positionals: true,
  notes: [
    'kafka-acls reads the output of `kafka-acls.sh --list`, mosquitto an acl_file, emqx an acl.conf.',
    'The YAML goes to standard output. Every line that is left out or narrowed is reported on standard error.',
    'A subscription must lie within what may be read; nothing is allowed that no line allows.',
  ],
  exits: [
    [EXIT.ok, 'everything is converted'],
    [EXIT.failure, 'something is left out or narrowed'],
    [EXIT.usage, 'wrong usage, or the file cannot be read'],
  ],
  async run({ values, positionals }, io) {
    const { read, file } = readPositionals(positionals);
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(values.trust)) throw new UsageError('--trust needs the name of a trust store');
    const imported = importFile(read, file, values.trust);
    if (typeof imported === 'string') {
      io.err(`headgate import: ${file}: ${imported}`);
      return EXIT.usage;
    }
    const { identities, roles, leftOut } = imported;
    io.out(stringify({ identities, roles }, { lineWidth: 120, aliasDuplicateObjects: false }).trimEnd());
    for (const one of leftOut) io.err(leftOutLine(file, one));
    return leftOut.length === 0 ? EXIT.ok : EXIT.failure;
  },
});

function readPositionals([kind = '', file, more]: readonly string[]): { read: Reader; file: string } {
  const read = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  if (read === undefined) {
    const kinds = Object.keys(READERS).join(', ');
    throw new UsageError(
      kind === '' ? `what to import is missing: ${kinds}` : `cannot read ${kind}; it reads ${kinds}`,
    );
  }
  if (file === undefined || more !== undefined) throw new UsageError('one FILE is required');
  return { read, file };
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

/** Control characters are escaped: the terminal must not interpret what stands in the file. */
function leftOutLine(file: string, { line, text, reason }: LeftOut): string {
  return `${file}:${line}: ${reason}\n    ${text}`.replace(/[^\P{C}\n]/gu, (char) => {
    return `\\u{${(char.codePointAt(0) as number).toString(16)}}`;
  });
}
