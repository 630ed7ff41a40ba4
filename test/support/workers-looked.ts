import { openClock, openWorkers } from '../../proxy/shared/tables/index.ts';
import type { TestGate } from './gate.ts';
import { waitFor } from './wait.ts';

/** Milliseconds; workers look at their deadlines every 250. */
const LOOK = 300;

/** Resolves when every worker has looked at the (driven) clock and acted on it since the call. */
export async function workersLooked({ gate: { shared } }: TestGate): Promise<void> {
  const workers = openWorkers(shared);
  const since = openClock(shared).real();
  for (let worker = 0; worker < workers.count; worker++) {
    await waitFor('the workers to look at the clock', () => (workers.lastBeat(worker) ?? 0) > since + LOOK);
  }
}
