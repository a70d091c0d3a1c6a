import { join } from "node:path";

/** User and password that secured listeners accept, by PLAIN and SCRAM. */
export const TEST_USER = { username: "alice", password: "alice-secret" };

const PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required";
const SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;";

/** server.properties of one node (broker and controller in one) of a KRaft cluster on loopback. */
export function serverProperties(node, nodes, tls, extra) {
  const copies = Math.min(nodes.length, 3);
  const listeners = Object.entries(node.ports).map(([name, port]) => `${name}://127.0.0.1:${port}`);
  return {
    "process.roles": "broker,controller",
    "node.id": node.id,
    "log.dirs": join(node.dir, "data"),
    "controller.quorum.voters": nodes.map((n) => `${n.id}@127.0.0.1:${n.controller}`).join(","),
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${node.controller}`].join(","),
    "advertised.listeners": listeners.join(","),
    "listener.security.protocol.map": ["PLAINTEXT", "SASL_PLAINTEXT", "SSL", "SASL_SSL"]
      .map((name) => `${name}:${name}`)
      .concat("CONTROLLER:PLAINTEXT")
      .join(","),
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "default.replication.factor": copies,
    "offsets.topic.replication.factor": copies,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": Math.min(copies, 2),
    "transaction.state.log.num.partitions": 4,
    // A broker killed with -9 may register again only after its session is over (default 9 s).
    "broker.session.timeout.ms": 2000,
    "broker.heartbeat.interval.ms": 300,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    "auto.create.topics.enable": false,
    // Retention must not look at the old timestamps that tests write.
    "log.retention.ms": -1,
    ...(tls === null ? {} : secureProperties(tls)),
    ...extra,
  };
}

function secureProperties(tls) {
  const jaas = ["sasl_plaintext", "sasl_ssl"].flatMap((listener) => [
    [
      `listener.name.${listener}.plain.sasl.jaas.config`,
      `${PLAIN} user_${TEST_USER.username}="${TEST_USER.password}";`,
    ],
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`, SCRAM],
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`, SCRAM],
  ]);
  return {
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
    ...Object.fromEntries(jaas),
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": tls.keystore,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": tls.ca,
    "ssl.client.auth": "none",
  };
}

/** Arguments of the format command that create the SCRAM user. */
export const scramArguments = () =>
  ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => [
    "--add-scram",
    `${mechanism}=[name=${TEST_USER.username},password=${TEST_USER.password}]`,
  ]);
