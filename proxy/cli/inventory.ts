import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Inventory } from '../control-plane/api/inventory.ts';
import { AdminRefused, type AdminTarget, AdminUnreachable, askAdmin } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-target.ts';
import { csvLines } from './inventory/csv.ts';
import { textLines } from './inventory/text.ts';
import { EXIT, type Io } from './io.ts';

const OPTIONS = {
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
  ...ADMIN_OPTIONS,
} as const satisfies ParseArgsOptionsConfig;

type Form = 'text' | 'json' | 'csv';

const FORMS: Readonly<Record<Form, (inventory: Inventory) => readonly string[]>> = {
  text: textLines,
  json: (inventory) => [JSON.stringify(inventory, null, 2)],
  // RFC 4180 ends lines with CRLF; the LF is the terminal's.
  csv: (inventory) => csvLines(inventory).map((line) => `${line}\r`),
};

/** `headgate inventory`: what a running headgate protects connections with, as tables, JSON or CSV. */
export async function inventoryCommand(argv: string[], io: Io): Promise<number> {
  let asked: { readonly form: Form; readonly target: AdminTarget };
  try {
    asked = readArguments(argv);
  } catch (error) {
    io.err(`headgate inventory: ${(error as Error).message}`);
    return EXIT.usage;
  }
  try {
    const inventory = (await askAdmin(asked.target, '/api/endpoints')) as Inventory;
    if (!Array.isArray(inventory?.listeners)) {
      throw new AdminUnreachable('the answer is not that of headgate’s admin server');
    }
    for (const line of FORMS[asked.form](inventory)) io.out(line);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof AdminUnreachable || error instanceof AdminRefused)) throw error;
    io.err(`headgate inventory: ${error.message}`);
    return EXIT.failure;
  }
}

/** @throws Error in words */
function readArguments(argv: string[]): { form: Form; target: AdminTarget } {
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
  try {
    ({ values } = parseArgs({ args: argv, options: OPTIONS, allowPositionals: false }));
  } catch (error) {
    throw new Error(`${(error as Error).message} (see headgate inventory --help)`);
  }
  if (values.json && values.csv) throw new Error('--json and --csv exclude each other');
  return { form: values.json ? 'json' : values.csv ? 'csv' : 'text', target: adminTarget(values) };
}
