import type { DataPlane } from '../data-plane.ts';

/** Sessions judged in one turn of the event loop, at most, and milliseconds after which no other one is begun. */
const SLICE = 64;
const SLICE_MS = 1;

/** What a round did. */
export interface Round {
  readonly judged: number;
  readonly ended: number;
  /** Milliseconds. */
  readonly ms: number;
}

/**
 * Judges all live sessions by the generation now in force, a slice per turn of the event loop.
 * `done` is not called when a newer generation came meanwhile: that one has its own round.
 */
export function rejudgeAll(plane: DataPlane, done: (round: Round) => void): void {
  const start = performance.now();
  const { id } = plane.generation;
  const queue = [...plane.sessions.all()];
  let judged = 0;
  let ended = 0;
  const slice = (): void => {
    if (plane.generation.id !== id) return;
    const end = performance.now() + SLICE_MS;
    for (const connection of queue.slice(judged, judged + SLICE)) {
      judged++;
      plane.current = connection;
      try {
        if (!connection.rejudge()) ended++;
      } catch (error) {
        connection.fault(error);
      }
      if (performance.now() > end) break;
    }
    if (judged < queue.length) setImmediate(slice);
    else done({ judged, ended, ms: performance.now() - start });
  };
  slice();
}
