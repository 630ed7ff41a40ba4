import type { RejectionEvent } from '../../../policies/event.ts';
import type { WouldEnd } from '../../messages.ts';

/** What a reload would do. */
export type DryRun =
  | {
      readonly ok: true;
      /** The generation in force, before and after. */
      readonly generation: number;
      /** Content hash that the new one would have. */
      readonly hash: string;
      /** False: nothing would change. */
      readonly changed: boolean;
      readonly changes: ContentChanges;
      readonly sessions: { readonly live: number; readonly ends: readonly WouldEnd[] };
      /** Rejections of the last hour, decided by the new policy. */
      readonly rejections: ReplayedRejections;
      /** Milliseconds between checks of the files, which reload them when they changed. 0: they are reloaded on request only. */
      readonly reloadInterval: number;
    }
  | { readonly ok: false; readonly generation: number; readonly errors: readonly string[] };

/** Names of what one side has and the other has not, or has differently. */
export interface NamedChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** In which parts two generations differ. */
export interface ContentChanges {
  readonly listeners: NamedChanges;
  /** Trust stores: a changed one has other certificates, or asks for other things. */
  readonly trust: NamedChanges;
  readonly identities: NamedChanges;
  /** The same identities are tried in another order: the first that fits is the client's. */
  readonly identityOrder: boolean;
  readonly roles: NamedChanges;
  /** What is revoked or denied. */
  readonly revocation: boolean;
}

/** Rejections under the new policy, counted as often as they happened. */
export interface ReplayedRejections {
  readonly allowed: number;
  /** It depends on what is not recorded: quality of service, retain flag. */
  readonly maybeAllowed: number;
  readonly refused: number;
  /** Not decided by a rule, or the record does not hold enough to decide again. */
  readonly notAsked: number;
  /** Some that are allowed, or may be. */
  readonly examples: readonly Pick<RejectionEvent, 'principal' | 'identity' | 'action' | 'resource'>[];
}
