import { parseArgs } from 'node:util';
import { configuration } from '../control-plane/config/schema.ts';
import { EXIT, type Io } from './io.ts';
import { policyTests } from './policy-test/schema.ts';
import { jsonSchemaOf } from './schema/json-schema.ts';
import { wrongUsage } from './wrong-usage.ts';

/**
 * `headgate schema`: prints the JSON Schema (draft 7) of a configuration, or of a file of policy
 * tests, with which editors complete and check it.
 */
export async function schemaCommand(argv: string[], io: Io): Promise<number> {
  let tests: boolean;
  try {
    tests = parseArgs({ args: argv, options: { tests: { type: 'boolean' } } }).values.tests ?? false;
  } catch (error) {
    return wrongUsage('schema', (error as Error).message, io);
  }
  const made = tests
    ? jsonSchemaOf(policyTests, 'headgate policy tests')
    : jsonSchemaOf(configuration, 'headgate configuration');
  io.out(JSON.stringify(made, null, 2));
  return EXIT.ok;
}
