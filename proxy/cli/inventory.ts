import { INVENTORY, type Inventory } from '../control-plane/api/inventory.ts';
import { readAdmin } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-options.ts';
import { defineCommand, EXITS } from './command.ts';
import { csvLines } from './inventory/csv.ts';
import { textLines } from './inventory/text.ts';
import { EXIT } from './io.ts';
import { UsageError } from './usage-error.ts';

type Form = 'text' | 'json' | 'csv';

const FORMS: Readonly<Record<Form, (inventory: Inventory) => readonly string[]>> = {
  text: textLines,
  json: (inventory) => [JSON.stringify(inventory, null, 2)],
  // RFC 4180 ends lines with CRLF; the LF is the terminal's.
  csv: (inventory) => csvLines(inventory).map((line) => `${line}\r`),
};

/** `headgate inventory`: what a running headgate protects connections with, as tables, JSON or CSV. */
export const inventoryCommand = defineCommand({
  name: 'inventory',
  usage: '[--json | --csv] [OPTIONS]',
  options: {
    json: { type: 'boolean', help: 'print the whole inventory as one JSON object' },
    csv: { type: 'boolean', help: 'print a row for each certificate and use (RFC 4180)' },
    ...ADMIN_OPTIONS,
  },
  exits: [EXITS.ok, EXITS.admin, EXITS.usage],
  async run({ values }, io) {
    if (values.json && values.csv) throw new UsageError('--json and --csv exclude each other');
    const form = values.json ? 'json' : values.csv ? 'csv' : 'text';
    const inventory = await readAdmin(adminTarget(values), INVENTORY);
    for (const line of FORMS[form](inventory)) io.out(line);
    return EXIT.ok;
  },
});
