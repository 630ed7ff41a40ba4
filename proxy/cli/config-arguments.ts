import { parseArgs } from 'node:util';

export interface ConfigArguments {
  /** The configuration. */
  readonly file: string;
  readonly json: boolean;
}

/** `--config FILE [--json]`; a text: what is wrong with them. */
export function readConfigArguments(argv: string[]): ConfigArguments | string {
  try {
    const { values } = parseArgs({ args: argv, options: { config: { type: 'string' }, json: { type: 'boolean' } } });
    if (values.config === undefined) return '--config FILE is needed';
    return { file: values.config, json: values.json ?? false };
  } catch (error) {
    return (error as Error).message;
  }
}
