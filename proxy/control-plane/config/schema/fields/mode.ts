/** Whether rights are enforced or only tried. */
import { choice } from './text.ts';

export const MODES = ['enforce', 'shadow'] as const;

export const mode = () => choice(MODES).prefault('enforce');
