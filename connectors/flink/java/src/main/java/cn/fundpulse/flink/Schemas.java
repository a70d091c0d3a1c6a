package cn.fundpulse.flink;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** Writer schemas by fingerprint, which the generator hands over, and by id, from the schema registry. */
final class Schemas {
  /** So long "no such schema" is believed. */
  private static final long NEGATIVE_NS = 30_000_000_000L;

  private static final class Missing {
    final Rejected why;
    final long sinceNs = System.nanoTime();

    Missing(Rejected why) {
      this.why = why;
    }
  }

  private final Layout layout;
  private final Registry registry;
  private final Map<Long, AvroPlan> byFingerprint = new HashMap<>();
  /** A schema id never changes its meaning: what was found is kept for good. */
  private final Map<Integer, AvroPlan> byId = new HashMap<>();
  private final Map<Integer, Missing> missing = new HashMap<>();

  /** @param fingerprints JSON: CRC-64-AVRO fingerprint in hex, as it stands in a message, to schema text */
  Schemas(Layout layout, String fingerprints, String registry) throws IOException {
    this.layout = layout;
    this.registry = registry == null ? null : new Registry(registry);
    ObjectMapper mapper = new ObjectMapper();
    for (Map.Entry<String, JsonNode> e : mapper.readTree(fingerprints).properties()) {
      AvroType writer = AvroType.of(mapper.readTree(e.getValue().asText()));
      byFingerprint.put(Long.parseUnsignedLong(e.getKey(), 16), new AvroPlan(writer, layout));
    }
  }

  AvroPlan ofFingerprint(long bigEndian) throws Rejected {
    AvroPlan plan = byFingerprint.get(bigEndian);
    if (plan == null)
      throw new Rejected("unknown_schema", "no schema with CRC-64-AVRO fingerprint " + String.format("%016x", bigEndian) + " is known");
    return plan;
  }

  /** @throws RegistryAway where the registry is away */
  AvroPlan ofId(int id) throws Rejected {
    AvroPlan plan = byId.get(id);
    if (plan != null) return plan;
    if (registry == null) throw new Rejected("unknown_schema", "source.schemaRegistry is not configured");
    Missing before = missing.get(id);
    if (before != null && System.nanoTime() - before.sinceNs < NEGATIVE_NS) throw before.why;
    try {
      plan = new AvroPlan(registry.schema(id), layout);
    } catch (Rejected none) {
      if (missing.size() > 1000) missing.clear();
      missing.put(id, new Missing(none));
      throw none;
    }
    missing.remove(id);
    byId.put(id, plan);
    return plan;
  }
}
