import { array, defaultsTo, entity, int32, nullable, since, string, tag } from '../fields.ts';

/** Where the leaders named in a response are (KIP-951), from a version on. */
export function nodeEndpoints(first: number) {
  return array(
    'nodeEndpoints',
    [
      int32('nodeId', entity('brokerId')),
      string('host', entity('host')),
      int32('port', entity('port')),
      string('rack', nullable(), defaultsTo(null)),
    ],
    since(first),
    tag(0),
  );
}
