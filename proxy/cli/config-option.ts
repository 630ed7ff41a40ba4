import { UsageError } from './usage-error.ts';

/** @throws UsageError when `--config` is missing */
export function requireConfig(config: string | undefined): string {
  if (config === undefined) throw new UsageError('--config FILE is required');
  return config;
}
