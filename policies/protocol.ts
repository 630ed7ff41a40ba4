/** The protocols that a listener can speak. */
export type Protocol = 'mqtt' | 'kafka';
