/**
 * The body of an answer of at most `limit` bytes. `take` is called with the size of every piece before it is kept, and may throw.
 * @throws Error when there is more, or when it breaks off
 */
export async function readBody(
  response: Response,
  limit: number,
  take: (bytes: number) => void = () => {},
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) throw new Error(`the answer has more than ${limit} bytes`);
    take(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Why a request failed, as a message: the platform's fetch wraps what happened. */
export function failureMessage(error: unknown): string {
  const { message, cause } = error as Error;
  if (!(cause instanceof Error)) return message;
  return `${message}: ${(cause as NodeJS.ErrnoException).code ?? cause.message}`;
}
