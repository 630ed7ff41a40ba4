/** Something wrong with a policy source, told to the person who wrote it. */
export interface Problem {
  /** Where, as a path in the configuration: `roles.device.mqtt.allow[0].publish`. */
  readonly path: string;
  readonly message: string;
}
