package cn.fundpulse.flink;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** Writer schemas by fingerprint, which the generator hands over, and by id, from the schema registry. */
final class Schemas {
  private final Layout layout;
  private final String registry;
  private final Map<Long, AvroPlan> byFingerprint = new HashMap<>();
  private final Map<Integer, AvroPlan> byId = new HashMap<>();
  private HttpClient http;

  /** @param fingerprints JSON: CRC-64-AVRO fingerprint in hex, as it stands in a message, to schema text */
  Schemas(Layout layout, String fingerprints, String registry) throws IOException {
    this.layout = layout;
    this.registry = registry;
    JsonNode given = new ObjectMapper().readTree(fingerprints);
    for (Map.Entry<String, JsonNode> e : given.properties()) {
      byFingerprint.put(Long.parseUnsignedLong(e.getKey(), 16), new AvroPlan(e.getValue().asText(), layout));
    }
  }

  AvroPlan ofFingerprint(long bigEndian) throws Rejected {
    AvroPlan plan = byFingerprint.get(bigEndian);
    if (plan == null)
      throw new Rejected("unknown_schema", "no schema with CRC-64-AVRO fingerprint " + String.format("%016x", bigEndian) + " is known");
    return plan;
  }

  /** @throws IllegalStateException where the registry is away: not the record's fault, the job fails and tries again */
  AvroPlan ofId(int id) throws Rejected {
    AvroPlan plan = byId.get(id);
    if (plan == null) {
      if (registry == null) throw new Rejected("unknown_schema", "source.schemaRegistry is not configured");
      plan = new AvroPlan(fetch(id), layout);
      byId.put(id, plan);
    }
    return plan;
  }

  private String fetch(int id) throws Rejected {
    if (http == null) http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + Integer.toUnsignedString(id)))
        .timeout(Duration.ofSeconds(20)).build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 404) throw new Rejected("unknown_schema", "the schema registry knows no schema " + id);
      if (answer.statusCode() != 200) throw new IllegalStateException("the schema registry answers " + answer.statusCode());
      return new ObjectMapper().readTree(answer.body()).get("schema").asText();
    } catch (IOException e) {
      throw new IllegalStateException("the schema registry is away: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
