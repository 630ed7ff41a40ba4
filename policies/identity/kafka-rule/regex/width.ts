import type { Expression } from './syntax.ts';

/** How many characters an expression takes, as Java's parser sees it. */
export interface Width {
  readonly min: number;
  /** Always the same number: no choice, no repeat of a varying count. */
  readonly fixed: boolean;
}

export function widthOf(expression: Expression): Width {
  switch (expression.kind) {
    case 'set':
      return { min: 1, fixed: true };
    case 'assertion':
      return { min: 0, fixed: true };
    case 'group':
      return widthOf(expression.body);
    case 'sequence': {
      const widths = expression.items.map(widthOf);
      return { min: widths.reduce((sum, { min }) => sum + min, 0), fixed: widths.every(({ fixed }) => fixed) };
    }
    case 'choice':
      return { min: Math.min(...expression.options.map((option) => widthOf(option).min)), fixed: false };
    case 'repeat': {
      const { min, fixed } = widthOf(expression.body);
      return { min: min * expression.min, fixed: fixed && expression.min === expression.max };
    }
  }
}
