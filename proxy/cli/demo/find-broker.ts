import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Environment, parseAddress } from './broker-address.ts';

/** Where the MQTT 5 devices' broker comes from. */
export type Mqtt5Plan =
  | { readonly kind: 'external'; readonly host: string; readonly port: number }
  | { readonly kind: 'mosquitto'; readonly file: string }
  /** `failure`: what is skipped counts as failed. */
  | { readonly kind: 'none'; readonly reason: string; readonly failure: boolean };

/**
 * HEADGATE_MQTT=host:port goes first, then an installed mosquitto. With neither the MQTT 5 steps
 * are skipped; under CI=true that is a failure. Throws an Error with a message for the user on a malformed variable.
 */
export function planMqtt5(env: Environment, find: (env: Environment) => string | undefined = findMosquitto): Mqtt5Plan {
  const { HEADGATE_MQTT: address, CI } = env;
  if (address !== undefined && address !== '') return { kind: 'external', ...parseAddress('HEADGATE_MQTT', address) };
  const file = find(env);
  if (file !== undefined) return { kind: 'mosquitto', file };
  const reason = 'mosquitto is not installed; install it, or set HEADGATE_MQTT=host:port';
  return { kind: 'none', reason, failure: CI === 'true' };
}

/** Brokers live in sbin folders, which a user's PATH often lacks. */
const SBIN = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];

function findMosquitto({ PATH = '' }: Environment): string | undefined {
  const folders = [...PATH.split(delimiter).filter((folder) => folder !== ''), ...SBIN];
  return folders.map((folder) => join(folder, 'mosquitto')).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
