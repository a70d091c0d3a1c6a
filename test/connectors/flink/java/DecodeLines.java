package cn.fundpulse.flink;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.data.GenericRowData;

/** Reads what the decoder is opened with, then one value a line in Base64; writes each row as a line of JSON. */
public final class DecodeLines {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    ObjectMapper mapper = new ObjectMapper();
    JsonNode options = mapper.readTree(in.readLine());
    List<String> columns = new ArrayList<>();
    for (JsonNode column : options.get("columns")) columns.add(column.asText());
    RecordDecoder decoder = new RecordDecoder(
        columns, null, options.get("fields").asText(), options.get("zone").asText(), options.get("schemas").asText(), options.get("registry").asText(null));
    decoder.open();
    PersonKey key = new PersonKey(options.get("key").asText());
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      byte[] value = line.equals("-") ? null : Base64.getDecoder().decode(line);
      GenericRowData row = (GenericRowData) decoder.deserialize(value);
      List<Object> cells = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        Object cell = row.getField(i);
        cells.add(cell instanceof Number || cell == null ? cell : cell.toString());
      }
      String person = value == null ? null : PersonKey.hex(key.pseudonym(value));
      String sealed = value == null ? null : Base64.getEncoder().encodeToString(key.seal(value));
      out.println(mapper.writeValueAsString(new Object[] {cells, person, sealed}));
    }
    out.flush();
  }
}
