import { type Kafka, type KafkaOptions, startNodes } from './kafka.ts';

/** A cluster of three: topics may have three replicas, and any one node may be lost. */
export interface KafkaCluster extends AsyncDisposable {
  /** Node ids 1, 2 and 3. */
  readonly nodes: readonly Kafka[];
  /** Their plain ports. */
  readonly ports: readonly number[];
}

/** Takes about 10 s and 1.1 GB: `await using cluster = await startKafkaCluster()`. */
export async function startKafkaCluster(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const nodes = await startNodes(3, options);
  return {
    nodes,
    ports: nodes.map(({ port }) => port),
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
    },
  };
}
