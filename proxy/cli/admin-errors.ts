import { UsageError } from './usage-error.ts';

/** The admin server could not be asked; the message is for the operator. */
export class AdminUnreachable extends Error {}

/** The admin server sent an error response. */
export class AdminRefused extends Error {
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Where arguments go to the server unchecked, what it calls a bad request is wrong usage. @throws UsageError for status 400 */
export async function badRequestIsUsage<T>(response: Promise<T>): Promise<T> {
  try {
    return await response;
  } catch (error) {
    throw error instanceof AdminRefused && error.status === 400 ? new UsageError(error.message) : error;
  }
}
