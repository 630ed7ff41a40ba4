import type { Advertise } from '../../../adapters/kafka/advertise.ts';
import type { HostPort } from '../../shared/listener-plan.ts';
import { hostPortText } from '../config/units.ts';

/** One text for each run of ports on a host: `127.0.0.1:9094-9193`. */
export function addressRanges(addresses: readonly HostPort[]): string[] {
  const texts: string[] = [];
  let run: { readonly host: string; readonly first: number; last: number } | undefined;
  const end = (): void => {
    if (run !== undefined) texts.push(rangeText(run));
  };
  for (const { host, port } of addresses.toSorted((a, b) => compare(a.host, b.host) || a.port - b.port)) {
    if (run?.host === host && port === run.last + 1) run.last = port;
    else {
      end();
      run = { host, first: port, last: port };
    }
  }
  end();
  return texts;
}

/** What Kafka clients are sent for the brokers: `kafka.example.com:9094-9193`, or a name with `{node}`. */
export function advertisedText(advertise: Advertise): string {
  if (!('sni' in advertise)) return rangeText({ host: advertise.host, ...advertise.ports });
  return advertise.port === undefined ? advertise.sni : `${advertise.sni}:${advertise.port}`;
}

function rangeText({ host, first, last }: { readonly host: string; readonly first: number; readonly last: number }) {
  const text = hostPortText({ host, port: first });
  return first === last ? text : `${text}-${last}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
