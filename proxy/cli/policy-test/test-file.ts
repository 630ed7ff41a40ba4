/** A file of policy tests, read and checked; or every problem it has, at once. */
import { resolve } from 'node:path';
import type * as z from 'zod';
import type { PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import type { Cause } from '../../../policies/causes.ts';
import type { LimitsSource } from '../../../policies/source.ts';
import { parseInstant } from '../../control-plane/api/instant.ts';
import { FileReader } from '../../control-plane/config/files.ts';
import { keyTree } from '../../control-plane/config/keys.ts';
import { type Locator, type Path, quote, type Report } from '../../control-plane/config/problem.ts';
import type { Source } from '../../control-plane/config/source.ts';
import { nearest } from '../../control-plane/config/suggest.ts';
import { type Broken, readYamlFile, type YamlContent } from '../yaml-file.ts';
import { clientFacts, type TestClient } from './client-facts.ts';
import { readRequest } from './requests.ts';
import { type ExpectationSource, policyTests, type TestSource } from './schema.ts';

export interface PolicyTest {
  readonly path: Path;
  readonly name: string;
  readonly client: TestClient;
  /** When it comes, in milliseconds since the epoch; absent: when the tests run. */
  readonly at?: number;
  /** `none`: no identity. */
  readonly identity?: string;
  readonly principal?: string;
  readonly limits?: LimitsSource;
  readonly expectations: readonly Expectation[];
}

/** `shadow`: allowed only because what would deny it is in shadow. */
export type ExpectedVerdict = 'allow' | 'deny' | 'shadow';

export interface Expectation {
  readonly path: Path;
  readonly verdict: ExpectedVerdict;
  readonly request: PolicyRequest;
  readonly rule?: string;
  readonly cause?: Cause;
  readonly granted?: number;
}

export interface TestFile {
  readonly ok: true;
  readonly source: Source;
  readonly locator: Locator;
  /** Absolute name of the configuration that the file names. */
  readonly config?: string;
  readonly tests: readonly PolicyTest[];
}

const KEYS = keyTree(policyTests);

/** Never throws for anything that is wrong with the file. */
export function readTestFile(name: string): TestFile | Broken {
  return readYamlFile(name, { schema: policyTests, keys: KEYS }, testFile);
}

function testFile({ source, locator, data, report }: YamlContent<z.infer<typeof policyTests>>): TestFile {
  const { config, clients = {}, tests } = data;
  const files = new FileReader(resolve(source.file));
  const named = new Map(
    Object.entries(clients).map(([name, client]) => [name, clientFacts(client, ['clients', name], files, report)]),
  );
  const read = tests.flatMap((test, i) => readTest(test, ['tests', i], named, files, report) ?? []);
  const about = config === undefined ? {} : { config: files.absolute(config) };
  return { ok: true, source, locator, tests: read, ...about };
}

/** Undefined after problems were reported. */
function readTest(
  test: TestSource,
  path: Path,
  clients: ReadonlyMap<string, TestClient | undefined>,
  files: FileReader,
  report: Report,
): PolicyTest | undefined {
  const { client: name, as, at: written, expect = [], ...rest } = test;
  if (name !== undefined && !clients.has(name)) {
    const near = nearest(name, clients.keys());
    const fix = near === undefined ? 'add it under "clients"' : `did you mean ${quote(near)}?`;
    report.error([...path, 'client'], `there is no client ${quote(name)}`, fix);
  }
  const client = as === undefined ? clients.get(name ?? '') : clientFacts(as, [...path, 'as'], files, report);
  const expectations = expect.map((one, i) => readExpectation(one, [...path, 'expect', i], report));
  const at = written === undefined ? undefined : parseInstant(written);
  if (written !== undefined && at === undefined) {
    report.error([...path, 'at'], `${quote(written)} is not an RFC 3339 time`, 'write it as 2026-11-24T08:00:00Z');
  }
  if (client === undefined) return undefined;
  return { ...rest, path, client, expectations, ...(at === undefined ? {} : { at }) };
}

function readExpectation({ allow, deny, shadow, ...rest }: ExpectationSource, path: Path, report: Report): Expectation {
  const verdict = allow !== undefined ? 'allow' : deny !== undefined ? 'deny' : 'shadow';
  const request = readRequest(allow ?? deny ?? shadow ?? {}, [...path, verdict], report);
  if (rest.granted !== undefined && (verdict === 'deny' || request.action !== 'subscribe')) {
    report.error([...path, 'granted'], '"granted" is for a subscription that is allowed');
  }
  return { ...rest, path, verdict, request };
}
