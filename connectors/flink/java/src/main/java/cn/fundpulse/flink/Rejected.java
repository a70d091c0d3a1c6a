package cn.fundpulse.flink;

/** A record that cannot be read: the reason and a detail without any value of it. */
final class Rejected extends Exception {
  private static final long serialVersionUID = 1L;

  Rejected(String reason, String detail) {
    super(reason + "|" + detail, null, false, false);
  }

  static Rejected undecodable(String detail) {
    return new Rejected("undecodable", detail);
  }
}
