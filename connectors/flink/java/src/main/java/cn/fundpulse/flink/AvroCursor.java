package cn.fundpulse.flink;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads Avro's binary form; never beyond the bytes that are there. */
final class AvroCursor {
  final byte[] bytes;
  int at;

  AvroCursor(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  static Rejected malformed() {
    return Rejected.undecodable("the bytes do not fit the writer schema");
  }

  long number() throws Rejected {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= bytes.length) throw malformed();
      int b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) return (value >>> 1) ^ -(value & 1);
    }
    throw malformed();
  }

  /** Where the next {@code length} bytes begin; behind them afterwards. */
  int take(long length) throws Rejected {
    if (length < 0 || length > bytes.length - at) throw malformed();
    int from = at;
    at += (int) length;
    return from;
  }

  String text() throws Rejected {
    long length = number();
    String text = utf8(bytes, take(length), (int) length);
    if (text == null) throw Rejected.undecodable("a text is not valid UTF-8");
    return text;
  }

  /** Text of UTF-8 bytes; null where they are none. */
  static String utf8(byte[] bytes, int from, int length) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
