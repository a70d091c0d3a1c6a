package cn.fundpulse.flink;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * fundpulse_facilities(the fields of a version, from_file): every current version of one facility as one text, the one
 * with the latest `valid_from` first. Current is, of each `valid_from`, the version with the greatest time; of equal
 * times the topic's comes before the file's, then the greater content stands (aggregations/streams/version.ts).
 */
@FunctionHint(output = @DataTypeHint("STRING"))
public final class FacilityVersions extends AggregateFunction<String, FacilityVersions.State> {
  private static final long serialVersionUID = 1L;
  static final String BETWEEN = "\u001e";
  static final String INSIDE = "\u001f";
  private static final long FIRST_DATE = LocalDate.of(1900, 1, 1).toEpochDay();
  private static final long LAST_DATE = LocalDate.of(2199, 12, 31).toEpochDay();
  private static final Set<String> LEVELS = Set.of("", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11");
  /** What `valid_from` and `valid_to` read where they are absent. */
  private static final int ALWAYS_FROM = -1_000_000;
  private static final int ALWAYS_TO = 1_000_000;

  public static class State {
    /** Entries by {@code valid_from}, the latest first: valid_from, time, rank of its source, facts, content. */
    public String[] entries = new String[0];
  }

  @Override
  public State createAccumulator() {
    return new State();
  }

  public void accumulate(
      State state, String code, String admdvs, String name, String hospLv, String tier, String ownership, String kind,
      String parentCode, Integer validFrom, Integer validTo, Integer displayOrder, Long updtTime, Integer fromFile) {
    boolean good = admdvs.matches("[0-9]{6}") && LEVELS.contains(hospLv) && Set.of("", "3", "2", "1", "0").contains(tier)
        && Set.of("", "public", "private").contains(ownership) && inRange(validFrom) && inRange(validTo)
        && !(validFrom != null && validTo != null && validTo < validFrom)
        && !(fromFile == 0 && updtTime != null && updtTime > System.currentTimeMillis() + 86_400_000L);
    if (!good) return;
    int from = validFrom == null ? ALWAYS_FROM : validFrom;
    String content = "[" + String.join(",", json(code), json(admdvs), json(name), json(hospLv), json(tier), json(ownership),
        json(kind), json(parentCode), number(validFrom), number(validTo), number(displayOrder)) + "]";
    String facts = String.join(INSIDE, String.valueOf(validTo == null ? ALWAYS_TO : validTo), admdvs,
        tier.isEmpty() ? tierOf(hospLv) : tier, ownership.isEmpty() ? "unknown" : ownership, kind.isEmpty() ? "unknown" : kind);
    String time = String.valueOf(updtTime == null ? Long.MIN_VALUE : updtTime);
    String entry = String.join(BETWEEN, String.valueOf(from), time, String.valueOf(1 - fromFile), facts, content);
    List<String> entries = new ArrayList<>(Arrays.asList(state.entries));
    int at = 0;
    while (at < entries.size() && fromOf(entries.get(at)) > from) at++;
    if (at < entries.size() && fromOf(entries.get(at)) == from) {
      if (isGreater(entry, entries.get(at))) entries.set(at, entry);
    } else entries.add(at, entry);
    state.entries = entries.toArray(new String[0]);
  }

  private static boolean inRange(Integer day) {
    return day == null || (day >= FIRST_DATE && day <= LAST_DATE);
  }

  private static int fromOf(String entry) {
    return Integer.parseInt(entry.substring(0, entry.indexOf(BETWEEN)));
  }

  private static boolean isGreater(String a, String b) {
    String[] x = a.split(BETWEEN, -1);
    String[] y = b.split(BETWEEN, -1);
    int order = Long.compare(Long.parseLong(x[1]), Long.parseLong(y[1]));
    if (order == 0) order = x[2].compareTo(y[2]);
    if (order == 0) order = Arrays.compareUnsigned(x[4].getBytes(StandardCharsets.UTF_8), y[4].getBytes(StandardCharsets.UTF_8));
    return order > 0;
  }

  static String tierOf(String level) {
    switch (level) {
      case "01": case "02": case "03": case "04": return "3";
      case "05": case "06": case "07": return "2";
      case "08": case "09": case "10": return "1";
      default: return "0";
    }
  }

  private static String number(Integer value) {
    return value == null ? "null" : value.toString();
  }

  /** A text as JSON.stringify writes it; an empty one is null. */
  private static String json(String text) {
    if (text == null || text.isEmpty()) return "null";
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int short_ = "\b\t\n\f\r\"\\".indexOf(c);
      if (short_ >= 0) out.append('\\').append("btnfr\"\\".charAt(short_));
      else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }

  @Override
  public String getValue(State state) {
    StringBuilder out = new StringBuilder();
    for (String entry : state.entries) {
      String[] parts = entry.split(BETWEEN, -1);
      if (out.length() > 0) out.append(BETWEEN);
      out.append(parts[0]).append(INSIDE).append(parts[3]);
    }
    return out.toString();
  }
}
