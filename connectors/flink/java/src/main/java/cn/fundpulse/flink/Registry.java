package cn.fundpulse.flink;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** Client of a Confluent-compatible schema registry (connectors/decode/registry.ts). */
final class Registry {
  private static final int MAX_REFERENCES = 200;
  private final String base;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final ObjectMapper mapper = new ObjectMapper();

  Registry(String base) {
    this.base = base;
  }

  /**
   * The schema of an id, its references resolved.
   * @throws Rejected where the registry has no Avro schema of it
   * @throws RegistryAway where it does not answer
   */
  AvroType schema(int id) throws Rejected {
    String number = Integer.toUnsignedString(id);
    JsonNode answer = ask("/schemas/ids/" + number);
    if (answer == null) throw unknown("the schema registry has no schema " + number);
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) throw unknown("schema " + number + " is " + type.substring(0, Math.min(20, type.length())) + ", not AVRO");
    if (!answer.path("schema").isTextual()) throw unknown("schema " + number + " has no text");
    try {
      Map<String, AvroType> known = new HashMap<>();
      references(answer.path("references"), known, new HashSet<>());
      return AvroType.of(mapper.readTree(answer.get("schema").asText()), known);
    } catch (IOException | RuntimeException e) {
      if (e instanceof RegistryAway) throw (RegistryAway) e;
      throw unknown("schema " + number + ": " + (e instanceof IllegalArgumentException ? e.getMessage() : "no Avro schema"));
    }
  }

  /** Defines the types of all references, depth first. */
  private void references(JsonNode references, Map<String, AvroType> known, Set<String> seen) throws IOException {
    for (JsonNode reference : references) {
      String subject = reference.path("subject").asText("");
      String version = reference.path("version").asText("");
      if (subject.isEmpty() || version.isEmpty()) throw new IllegalArgumentException("a reference names no subject and version");
      if (!seen.add(subject + "/" + version)) continue;
      if (seen.size() > MAX_REFERENCES) throw new IllegalArgumentException("more than " + MAX_REFERENCES + " references");
      JsonNode answer = ask("/subjects/" + encoded(subject) + "/versions/" + encoded(version));
      if (answer == null || !answer.path("schema").isTextual())
        throw new IllegalArgumentException("reference " + subject + "/" + version + " is not there");
      references(answer.path("references"), known, seen);
      AvroType.of(mapper.readTree(answer.get("schema").asText()), known);
    }
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Rejected unknown(String why) {
    return new Rejected("unknown_schema", why);
  }

  /** One GET; null: it has no such thing. */
  private JsonNode ask(String path) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(20))
        .header("Accept", "application/vnd.schemaregistry.v1+json, application/json").build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 404) return null;
      if (answer.statusCode() != 200)
        throw new RegistryAway("the schema registry answers " + answer.statusCode() + " to " + path, null);
      return mapper.readTree(answer.body());
    } catch (IOException e) {
      throw new RegistryAway("the schema registry does not answer to " + path + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryAway("interrupted", e);
    }
  }
}
