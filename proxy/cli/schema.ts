import { configuration } from '../control-plane/config/schema.ts';
import { defineCommand, EXITS } from './command.ts';
import { EXIT } from './io.ts';
import { policyTests } from './policy-test/schema.ts';
import { jsonSchemaOf } from './schema/json-schema.ts';

/** `headgate schema`: prints the JSON Schema (draft 7) by which editors complete and check a file. */
export const schemaCommand = defineCommand({
  name: 'schema',
  usage: '[--tests]',
  options: { tests: { type: 'boolean', help: 'the schema of policy tests' } },
  notes: [
    'Editors with the YAML language server use it when this is the first line of the file:',
    '  # yaml-language-server: $schema=headgate.schema.json',
  ],
  exits: [EXITS.ok, EXITS.usage],
  async run({ values }, io) {
    const schema = values.tests
      ? jsonSchemaOf(policyTests, 'headgate policy tests')
      : jsonSchemaOf(configuration, 'headgate configuration');
    io.out(JSON.stringify(schema, null, 2));
    return EXIT.ok;
  },
});
