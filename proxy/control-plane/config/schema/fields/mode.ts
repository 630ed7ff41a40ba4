/** Whether rights are enforced or only tried. */
import { choice } from './text.ts';

/** The modes of listeners, roles and rules. */
export const MODES = ['enforce', 'shadow'] as const;

/** `mode: enforce` or `shadow`. */
export const mode = () => choice(MODES).prefault('enforce');
