import type { ToPlane } from '../../messages.ts';
import type { ListenerPlan } from '../../shared/listener-plan.ts';
import { realTiming } from '../../shared/timing.ts';
import type { StapleEntry } from '../api/inventory.ts';
import type { DataPlanes } from '../data-planes/data-planes.ts';
import type { Logger } from '../telemetry/log.ts';
import type { MetricSource } from '../telemetry/metrics.ts';
import { StapleSource, type StapleTarget } from './staple-source.ts';
import { type StapledCertificate, stapledCertificates } from './staple-targets.ts';

export interface StaplingDeps {
  readonly planes: Pick<DataPlanes, 'broadcast' | 'send'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** OCSP answers about our own certificates on the control plane: asked for, sent to all data planes, shown to operators. */
export class Stapling {
  readonly #planes: StaplingDeps['planes'];
  readonly #logger: StaplingDeps['logger'];
  readonly #source: StapleSource;
  #certificates: readonly StapledCertificate[] = [];
  /** Why nobody can be asked about some, as it was reported last. */
  #reported = '';

  constructor({ planes, logger }: StaplingDeps) {
    this.#planes = planes;
    this.#logger = logger;
    this.#source = new StapleSource({
      timing: realTiming(() => performance.now()),
      wallClock: Date.now,
      onChange: () => planes.broadcast(this.#message()),
      onFailure: (target, url, reason) =>
        logger.error(
          { ...this.#facts(target), url, reason },
          'an OCSP responder gave no answer about a server certificate that can be stapled',
        ),
      onRevoked: (target, url, date) =>
        logger.error(
          { ...this.#facts(target), url, since: new Date(date).toISOString() },
          'a server certificate is revoked, as its OCSP responder says: replace it; nothing is stapled for it',
        ),
      onExpiry: (target) =>
        logger.error(
          this.#facts(target),
          'the last OCSP answer about a server certificate expired; nothing is stapled',
        ),
    });
  }

  /** The listeners that are in force now. */
  adopt(plans: readonly ListenerPlan[]): void {
    this.#certificates = stapledCertificates(plans);
    const targets = this.#certificates.flatMap(({ target }) => (typeof target === 'string' ? [] : [target]));
    this.#source.want(targets);
    const problems = this.#certificates.filter(({ target }) => typeof target === 'string');
    const all = problems.map(({ sha256, target }) => `${sha256} ${target}`).join('\n');
    if (all === this.#reported) return;
    this.#reported = all;
    for (const { listener, subject, serial, target } of problems) {
      this.#logger.error(
        { listener, subject, serial, reason: target },
        'nothing can be stapled for a server certificate',
      );
    }
  }

  /** To a data plane that is new. */
  sendTo(index: number): void {
    this.#planes.send(index, this.#message());
  }

  readonly metrics: MetricSource = () => {
    const { staples } = this.#source;
    return [...Map.groupBy(this.#certificates, ({ listener }) => listener)].flatMap(([listener, own]) => {
      const ends = own.map(({ sha256 }) => staples.get(sha256)?.until ?? 0);
      const labels = { listener };
      return [
        { name: 'headgate_staple_fresh_until_timestamp_seconds', labels, value: Math.min(...ends) / 1000 },
        { name: 'headgate_staples_missing', labels, value: ends.filter((end) => end === 0).length },
      ];
    });
  };

  /** What is stapled for the certificates of a listener; none where it does not staple. */
  entries(listener: string): readonly StapleEntry[] {
    const { staples } = this.#source;
    return this.#certificates
      .filter((one) => one.listener === listener)
      .map(({ subject, serial, sha256, target }) => {
        const staple = staples.get(sha256);
        return {
          ...{ subject, serial, sha256, responders: typeof target === 'string' ? [] : target.urls },
          state: this.#source.state(sha256),
          ...(staple !== undefined && { freshUntil: new Date(staple.until).toISOString() }),
          ...(typeof target === 'string' && { problem: target }),
        };
      });
  }

  close(): void {
    this.#source.close();
  }

  #message(): ToPlane {
    return { type: 'staples', staples: this.#source.staples };
  }

  #facts({ sha256 }: StapleTarget): object {
    const uses = this.#certificates.filter((one) => one.sha256 === sha256);
    const [{ subject = '', serial = '' } = {}] = uses;
    return { listeners: uses.map(({ listener }) => listener), subject, serial, sha256 };
  }
}
