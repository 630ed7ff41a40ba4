import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunOptions, runTool } from './run-tool.ts';

/** Coordinates of a Maven artifact. */
export interface Artifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
}

/** Exact as the artifacts are: the version that Maven takes by itself differs from release to release of Maven. */
const GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** Milliseconds between two messages of progress. */
const PROGRESS_MS = 3000;

/** A project that is nothing but its dependencies. */
export function pomOf(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map(
    ({ group, name, version }) =>
      `    <dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`,
  );
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '  <modelVersion>4.0.0</modelVersion>',
    '  <groupId>headgate</groupId><artifactId>jars</artifactId><version>1</version><packaging>pom</packaging>',
    '  <dependencies>',
    ...dependencies,
    '  </dependencies>',
    '</project>',
    '',
  ].join('\n');
}

/**
 * Copies the artifacts of the project and all that they depend on into `folder`, which also gets
 * the project itself. Resolves to a message about what failed; rejects only when the signal ends it.
 */
export async function copyJars(
  pom: string,
  folder: string,
  { env, progress, signal }: Pick<RunOptions, 'env' | 'signal'> & { readonly progress: (line: string) => void },
): Promise<string | undefined> {
  await writeFile(join(folder, 'pom.xml'), pom);
  const counter = new DownloadCounter();
  const timer = setInterval(() => progress(counter.description), PROGRESS_MS);
  try {
    // Batch mode prints one line per file and no bars.
    const args = ['-B', GOAL, `-DoutputDirectory=${folder}`];
    const onOutput = (text: string) => counter.add(text);
    const { code, output } = await runTool('mvn', args, { env, cwd: folder, signal, onOutput });
    if (code === 'absent') return 'Maven (mvn) is not installed';
    return code === 0 ? undefined : `Maven failed: ${lastErrors(output)}`;
  } finally {
    clearInterval(timer);
  }
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };

/** Counts lines such as `Downloaded from central: https://… (12 MB at 3.4 MB/s)`. */
class DownloadCounter {
  #files = 0;
  #bytes = 0;
  #rest = '';

  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, size, unit] = /Downloaded from .*\(([\d.]+) ([kMG]?B) at /.exec(line) ?? [];
      if (unit === undefined) continue;
      this.#files++;
      this.#bytes += Number(size) * (UNITS[unit] ?? 0);
    }
  }

  get description(): string {
    if (this.#files === 0) return 'Maven is at work';
    return `Maven has fetched ${this.#files} files, ${Math.round(this.#bytes / 1e6)} MB`;
  }
}

/** An address may carry the password of a mirror. */
function lastErrors(output: string): string {
  const errors = output.split('\n').filter((line) => line.startsWith('[ERROR] '));
  const [first = 'no reason given'] = errors.length > 0 ? errors : output.trim().split('\n').slice(-1);
  return first.replace('[ERROR] ', '').replace(/\/\/[^/@\s]*@/g, '//');
}
