import type { Socket } from 'node:net';
import type { Action } from '../../../policies/decision.ts';
import { Refused, Silent } from '../connection/refused.ts';

/** What a step says of the bytes so far: how many it needs at least, or the result and how many bytes it used up. */
export type Step<T> = { readonly need: number } | { readonly value: T; readonly used: number };

/**
 * Reads from a fresh socket until `step` has its value, then puts everything behind `used` back.
 * `step` is called only when the bytes it asked for are there, so that a peer which sends byte
 * by byte costs no more than one which does not. Rejects with what `step` throws, with `Refused`
 * (aborted-by-client) when the peer leaves in the middle and with `Silent` when it never sent a byte.
 */
export function gather<T>(socket: Socket, action: Action, step: (bytes: Buffer) => Step<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    let chunks: Buffer[] = [];
    let total = 0;
    let need = 1;
    const stop = (): void => {
      socket.off('readable', read);
      socket.off('end', left);
      socket.off('close', left);
    };
    const fail = (error: unknown): void => {
      stop();
      reject(error);
    };
    const left = (): void =>
      fail(
        total === 0 ? new Silent() : new Refused('aborted-by-client', `the client left after ${total} bytes`, action),
      );
    const read = (): void => {
      for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
        chunks.push(chunk);
        total += chunk.length;
      }
      if (total < need) return;
      bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, total);
      chunks = [bytes];
      try {
        const answer = step(bytes);
        if ('need' in answer) {
          need = Math.max(answer.need, total + 1);
          return;
        }
        stop();
        if (answer.used < total) socket.unshift(bytes.subarray(answer.used));
        resolve(answer.value);
      } catch (error) {
        fail(error);
      }
    };
    socket.on('readable', read);
    socket.on('end', left);
    socket.on('close', left);
    if (socket.destroyed) left();
    else read();
  });
}
