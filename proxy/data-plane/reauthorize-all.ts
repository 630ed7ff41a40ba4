import { visitInSlices } from '../shared/slices.ts';
import type { DataPlane } from './data-plane.ts';

/** Milliseconds of a turn of the event loop after which no other session is judged. */
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
  const sessions = [...plane.sessions.all()];
  let ended = 0;
  visitInSlices(
    sessions,
    SLICE_MS,
    (connection) => {
      plane.current = connection;
      try {
        if (!connection.rejudge()) ended++;
      } catch (error) {
        connection.fault(error);
      }
    },
    () => done({ judged: sessions.length, ended, ms: performance.now() - start }),
    () => plane.generation.id === id,
  );
}
