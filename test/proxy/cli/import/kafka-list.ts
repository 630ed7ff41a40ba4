/** What `kafka-acls.sh --list` prints, in pieces. */
import type { Imported } from '../../../../proxy/cli/import/imported.ts';
import { importKafkaAcls } from '../../../../proxy/cli/import/kafka-acls.ts';
import { TRUST } from './loaded.ts';

export const list = (...lines: string[]): Imported => importKafkaAcls(`${lines.join('\n')}\n`, TRUST);
export const on = (type: string, name: string, pattern = 'LITERAL') =>
  `Current ACLs for resource \`ResourcePattern(resourceType=${type}, name=${name}, patternType=${pattern})\`:`;
export const entry = (principal: string, operation: string, permission = 'ALLOW', host = '*') =>
  `\t(principal=${principal}, host=${host}, operation=${operation}, permissionType=${permission})`;
