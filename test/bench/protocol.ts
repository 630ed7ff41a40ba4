/** The protocols that are measured, in the order in which their cases run. */
export const PROTOCOLS = ['mqtt', 'kafka'] as const;

export type Protocol = (typeof PROTOCOLS)[number];
