/** A YAML file with what a client's certificate contains: like a client of policy tests. */
import { resolve } from 'node:path';
import { FileReader } from '../../control-plane/config/files.ts';
import { keyTree } from '../../control-plane/config/keys.ts';
import { clientFacts, type TestClient } from '../policy-test/client-facts.ts';
import { policyTests } from '../policy-test/schema.ts';
import { type Broken, readYamlFile } from '../yaml-file.ts';

const CLIENT = policyTests.shape.clients.unwrap().valueType;
const SHAPE = { schema: CLIENT, keys: keyTree(CLIENT) };

/** Never throws for anything that is wrong with the file. */
export function readFacts(name: string): { readonly ok: true; readonly client: TestClient } | Broken {
  return readYamlFile(name, SHAPE, ({ data, report }) => {
    const client = clientFacts(data, [], new FileReader(resolve(name)), report);
    return client && { ok: true as const, client };
  });
}
