package cn.fundpulse.flink;

import java.util.Set;
import java.util.regex.Pattern;

/** What the texts of a record are (connectors/decode/fields/values.ts). */
final class Texts {
  private Texts() {}

  private static final Set<String> IDENTITY_FIELDS = Set.of("psn_no", "setl_id", "init_setl_id", "mdtrt_id");
  static final String LOST =
      "no number in scientific notation: its digits are lost (was it saved by a spreadsheet?)";
  private static final Pattern LOST_DIGITS = Pattern.compile("[0-9](\\.[0-9]+)?[eE]\\+[0-9]+");
  private static final Pattern EIGHTEEN = Pattern.compile("[0-9]{17}[0-9Xx]");
  private static final Pattern FIFTEEN = Pattern.compile("[0-9]{15}");

  /** White space as real exports have it: JavaScript's, and zero-width characters. */
  private static boolean isEdge(char c) {
    return (c >= 9 && c <= 13) || c == 32 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200d) || c == 0x2028
        || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x2060 || c == 0x3000 || c == 0x180e || c == 0xfeff;
  }

  static String trimmed(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isEdge(text.charAt(start))) start++;
    while (end > start && isEdge(text.charAt(end - 1))) end--;
    return start == 0 && end == text.length() ? text : text.substring(start, end);
  }

  /** Full-width digits and letters as half-width ones. */
  private static String halfWidth(String text) {
    char[] out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean wide = (c >= 0xff10 && c <= 0xff19) || (c >= 0xff21 && c <= 0xff3a) || (c >= 0xff41 && c <= 0xff5a);
      if (!wide) continue;
      if (out == null) out = text.toCharArray();
      out[i] = (char) (c - 0xfee0);
    }
    return out == null ? text : new String(out);
  }

  static String clean(String text, String kind) {
    String trimmed = trimmed(text);
    return kind.equals("id") || kind.equals("code") ? halfWidth(trimmed) : trimmed;
  }

  private static boolean isCode(String text) {
    if (text.length() > 20) return false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!plain && "-_.+*/".indexOf(c) < 0) return false;
    }
    return true;
  }

  /** What is wrong with the cleaned text of a field; null where nothing is. */
  static String fault(String text, Layout.Field field) {
    boolean prose = field.kind.equals("prose");
    boolean named = field.kind.equals("id") || field.kind.equals("code");
    if (named && LOST_DIGITS.matcher(text).matches())
      return LOST;
    if (field.kind.equals("code") && !isCode(text)) return "a code of at most 20 letters, digits and -_.+*/";
    int limit = prose ? 1024 : field.kind.equals("code") ? 20 : 64;
    if (text.length() > limit) return "at most " + limit + " characters";
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) i++;
      else if (Character.isSurrogate(c)) return "well-formed text";
    }
    if (!prose) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c <= 0x1f || (c >= 0x7f && c <= 0x9f)) return "text without control characters";
      }
    }
    boolean mayBeIdentity = IDENTITY_FIELDS.contains(field.name);
    return !mayBeIdentity && isIdentityNumber(text)
        ? "no number in the form of an identity number (have columns been shifted?)"
        : null;
  }

  private static boolean isIdentityNumber(String text) {
    if (text.length() == 18 && EIGHTEEN.matcher(text).matches()) return isDay(text.substring(6, 14));
    return text.length() == 15 && FIFTEEN.matcher(text).matches() && isDay("19" + text.substring(6, 12));
  }

  private static boolean isDay(String d) {
    return Times.plainDay(d.substring(0, 4) + "-" + d.substring(4, 6) + "-" + d.substring(6, 8)) != Times.NO_DAY;
  }
}
