/** Ports of 127.0.0.1. */
export interface NodePorts {
  /** Plain TCP, without authentication. */
  readonly broker: number;
  readonly controller: number;
}

/** A server.properties of one node that is broker and controller (KRaft); `data` is the folder of its logs. */
export function nodeProperties({ broker, controller }: NodePorts, data: string): string {
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${broker}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${data}`,
    'auto.create.topics.enable=false',
    'group.initial.rebalance.delay.ms=0',
    // The defaults are for three nodes.
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=1',
  ];
  return `${lines.join('\n')}\n`;
}
