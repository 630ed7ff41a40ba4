import { ROLLBACK } from '../../api/generation.ts';
import { writeEndpoint } from '../endpoint.ts';
import { HttpError } from '../http.ts';

export const rollback = writeEndpoint(ROLLBACK, async (deps, body) => {
  if (!isEmptyObject(body)) throw new HttpError(400, 'bad-body', 'the body is the empty object {}');
  const result = await deps.rollback();
  if (result === null) {
    throw new HttpError(409, 'nothing-before', 'there is nothing to roll back to: no other settings were in force yet');
  }
  if (result.ok) return { rollback: result };
  const { generation, errors } = result;
  const message = `the rollback was refused, generation ${generation} stays in force: ${errors.join('; ')}`;
  throw new HttpError(422, 'rollback-refused', message, { details: { rollback: result } });
});

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
