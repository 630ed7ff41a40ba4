/** Milliseconds that one answer, message or start may take on a busy machine. */
export const RESPONSE_MS = 10_000;
/** Milliseconds for one part of the demo to start. */
export const START_MS = 30_000;

/** The value of `promise`, or an Error that says what was not there in time. */
export async function within<T>(what: string, promise: Promise<T>, ms = RESPONSE_MS): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what}: not within ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
