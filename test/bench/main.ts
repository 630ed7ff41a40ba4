/** `npm run bench`: headgate against HAProxy and nginx on this machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import type { Case, Ground, Subject } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { Helper } from './control.ts';
import { writeFigures } from './document.ts';
import type { GeneratorApi } from './load/generator-api.ts';
import type { SinkApi } from './load/sink-api.ts';
import { machineLines } from './machine.ts';
import { runMicro } from './micro/main.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { makeMaterial } from './pki.ts';
import { TARGETS } from './plan.ts';
import { PROTOCOLS } from './protocol.ts';
import { addedTable, figuresTable, targetsTable } from './report.ts';
import { type CaseResult, DIRECT, runCase } from './runner.ts';
import { SUBJECT } from './systems/headgate.ts';
import { SYSTEMS } from './systems/index.ts';
import type { RunningSystem, Site, System } from './systems/system.ts';

const say = (line: string): void => console.log(line);
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

interface Present {
  readonly system: System;
  readonly version: string;
}

interface Measured {
  readonly results: readonly CaseResult[];
  /** Those that started. */
  readonly systems: readonly Present[];
}

/** The systems that can run here; one visible line for each that cannot. */
function present(systems: readonly System[]): Present[] {
  return systems.flatMap((system) => {
    const answer = system.available();
    if ('version' in answer) return [{ system, version: answer.version }];
    say(`not measured: ${system.name} (${answer.missing})`);
    return [];
  });
}

async function startAll(systems: readonly Present[], site: Site): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const { system } of systems) {
    try {
      const running: RunningSystem = await system.start(site);
      subjects.push({ system, running });
    } catch (error) {
      say(`not measured: ${system.name} (${error instanceof Error ? error.message : error})`);
    }
  }
  return subjects;
}

/** Runs the cases of one protocol; the systems are started for all of them. */
async function measureGroup(
  ground: Ground,
  cases: readonly Case[],
  subjects: readonly Subject[],
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  try {
    for (const one of cases) {
      const started = performance.now();
      const result = await runCase(ground, one, subjects, say);
      results.push(result);
      say(`${one.name}, ${seconds(started)}`);
      say(`${figuresTable([result], [...result.samples.keys()])}\n`);
    }
  } finally {
    await Promise.all(subjects.map(({ running }) => running.stop()));
  }
  return results;
}

async function measure({ plan, cases }: Options, systems: readonly Present[], dir: string): Promise<Measured> {
  await using sink = new Helper<SinkApi>(new URL('load/sink.ts', import.meta.url));
  await using generator = new Helper<GeneratorApi>(new URL('load/generator.ts', import.meta.url));
  const material = await makeMaterial(join(dir, 'pki'));
  const ports = await sink.call('listen', null);
  const results: CaseResult[] = [];
  const started = new Set<System>();
  for (const protocol of PROTOCOLS) {
    const group = cases.filter((one) => (one.protocol ?? 'mqtt') === protocol);
    if (group.length === 0) continue;
    const site: Site = { dir, material, protocol, sinkPort: ports[protocol] };
    const subjects = await startAll(systems, site);
    for (const { system } of subjects) started.add(system);
    results.push(...(await measureGroup({ plan, site, sink, generator }, group, subjects)));
  }
  return { results, systems: systems.filter(({ system }) => started.has(system)) };
}

/** The tables of a whole run. */
function summary({ results, systems }: Measured, options: Options): string {
  const names = systems.map(({ system }) => system.name);
  const columns = results.some((result) => result.samples.has(DIRECT)) ? [...names, DIRECT] : names;
  const failures = results.flatMap((result) => result.failures);
  const versions = systems.map(({ system, version }) => ({ name: system.name, version }));
  const parts = [
    `${new Date().toISOString().slice(0, 10)}, ${options.plan.repetitions} repetitions${options.plan.quick ? ' (--quick)' : ''}. Median [minimum-maximum]; ratios are medians of the ratios inside one repetition.`,
    machineLines(versions)
      .map((line) => `- ${line}`)
      .join('\n'),
    figuresTable(results, columns),
    addedTable(results, names),
    names.includes(SUBJECT) ? targetsTable(results, TARGETS) : undefined,
    failures.length > 0 ? `Failed:\n${failures.map((line) => `- ${line}`).join('\n')}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

async function run(options: Options): Promise<number> {
  const started = performance.now();
  const dir = mkdtempSync(join(os.tmpdir(), 'headgate-bench-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  // The children are ended by the exit handler of processes.ts.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  const systems = present(options.systems);
  const measured = await measure(options, systems, dir);
  const text = summary(measured, options);
  say(`${text}\n\nin ${seconds(started)}`);
  if (options.write) await writeFigures(text);
  return measured.results.some((result) => result.failures.length > 0) ? 1 : 0;
}

function list(): number {
  say(`cases:   ${CASES.map((one) => one.name).join(' ')}`);
  say(`systems: ${SYSTEMS.map((system) => system.name).join(' ')}`);
  return 0;
}

async function main(argv: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(argv);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 2;
  }
  if (process.platform !== 'linux') {
    console.error('the bench reads /proc: it runs on Linux only');
    return 1;
  }
  switch (options.mode) {
    case 'help':
      say(USAGE);
      return 0;
    case 'list':
      return list();
    case 'micro':
      return runMicro(say);
    case 'run':
      return run(options);
  }
}

process.exitCode = await main(process.argv.slice(2));
