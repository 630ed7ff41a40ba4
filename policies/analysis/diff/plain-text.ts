import { compileRules } from '../../acl/rules.ts';
import { symbols } from '../lint/clients.ts';

/** A variable as its symbol begins and ends. */
const SYMBOL = symbolPattern();

/** A text with symbols as it would be written: `plant/{plant}/#`. */
export function plainText(text: string): string {
  return text.replace(SYMBOL, '{$1}');
}

function symbolPattern(): RegExp {
  const [symbol = ''] = Object.values(symbols(compileRules('', { allow: [{ publish: '{name}' }] }, 0)));
  const [open = '', close = ''] = symbol.split('name');
  return new RegExp(`${open}([^${close}]*)${close}`, 'g');
}
