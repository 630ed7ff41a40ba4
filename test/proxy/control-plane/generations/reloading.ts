import assert from 'node:assert/strict';
import type { ReloadResult } from '../../../../proxy/control-plane/api/generation.ts';
import { type LoadResult, loadConfig } from '../../../../proxy/control-plane/config/load.ts';
import type { GateConfig } from '../../../../proxy/control-plane/config/model.ts';
import type { PlaneGenerations } from '../../../../proxy/control-plane/data-planes/plane-generations.ts';
import { GenerationControl } from '../../../../proxy/control-plane/generations/generation-control.ts';
import type { PlannedRevocation } from '../../../../proxy/control-plane/generations/generation-plan.ts';
import { type ReloadDeps, reload } from '../../../../proxy/control-plane/generations/reload.ts';
import type { AcceptTier } from '../../../../proxy/shared/accept-tier.ts';
import { type Credentials, testPki } from '../../../support/pki.ts';
import { SOUND, type Workspace } from '../config/support.ts';

/** Nothing listens and no worker runs: every generation is taken. */
const PLANES = { prepare: async () => [], commit: async () => {} } as unknown as PlaneGenerations;
const TIER = { planesBind: false, prepare: async () => [], commit() {}, drop() {} } as unknown as AcceptTier;

/** What a reload needs, with what it says written down; the configuration is that of `file`. */
export function reloading(file: string) {
  const said: string[] = [];
  const results: ReloadResult[] = [];
  const control = new GenerationControl(PLANES, TIER);
  control.results$.subscribe((result) => result !== null && results.push(result));
  const say = (_facts: unknown, words: string): void => void said.push(words);
  const seen = { loads: 0, watched: '' };
  const load = (): LoadResult => {
    seen.loads++;
    return loadConfig(file, { env: {} });
  };
  const first = loadConfig(file, { env: {} });
  const deps: ReloadDeps = {
    control,
    running: (first.ok ? first.config : {}) as GateConfig,
    load,
    watch: {
      watch(_files, hash) {
        seen.watched = hash;
      },
    },
    tallies: { add: (name, labels) => void said.push(`${name} ${Object.values(labels).join()}`), set() {} },
    logger: { info: say, warn: say, error: say } as ReloadDeps['logger'],
    revocations: { plan: () => ({ version: '', value: {} }) as unknown as PlannedRevocation },
  };
  return { deps, control, said, results, seen };
}

/** What a refused reload says. */
export const REFUSED = ['headgate_reloads_total failed', 'reload refused; the last good generation goes on'];

/** A gate with a generation in force, and another pair of certificate and key. */
export async function running(dir: Workspace) {
  dir.write('headgate.yaml', SOUND);
  const it = reloading(dir.file('headgate.yaml'));
  assert.deepEqual((await reload(it.deps)).errors, []);
  it.said.length = 0;
  it.results.length = 0;
  it.seen.loads = 0;
  return { ...it, other: await otherPair() };
}

export async function otherPair(): Promise<Credentials> {
  return (await testPki()).issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server' });
}
