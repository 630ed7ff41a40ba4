import type { Forecast } from '../../messages.ts';
import type { AcceptTier } from '../../shared/accept-tier.ts';
import type { PlaneGenerations } from '../data-planes/plane-generations.ts';
import type { Content, Loaded } from './content.ts';
import { type GenerationPlan, planGeneration } from './generation-plan.ts';

/** What a generation would do, or why it could not be brought into force. */
export type Trial =
  | {
      readonly ok: true;
      readonly content: Content;
      readonly plan: GenerationPlan;
      readonly forecasts: readonly Forecast[];
    }
  | { readonly ok: false; readonly errors: readonly string[] };

/**
 * Prepares a generation everywhere, as if it were to come into force, asks what it would do, and gives it
 * up again. Addresses that it alone has are bound meanwhile: who connects there is closed. Never rejects.
 */
export async function tryOut(
  load: () => Loaded | Promise<Loaded>,
  id: number,
  planes: Pick<PlaneGenerations, 'prepare' | 'forecast' | 'drop'>,
  tier: Pick<AcceptTier, 'prepare' | 'drop'>,
): Promise<Trial> {
  try {
    const content = await load();
    if (!content.ok) return content;
    const plan = planGeneration(content.config, content.revocation);
    await tier.prepare(plan.binds);
    try {
      await planes.prepare(plan, id);
      return { ok: true, content, plan, forecasts: await planes.forecast(id) };
    } finally {
      planes.drop(id);
      tier.drop();
    }
  } catch (error) {
    return { ok: false, errors: [error instanceof Error ? error.message : String(error)] };
  }
}
