package cn.fundpulse.flink;

/** A schema registry that does not answer, or does not let us in: no fault of the record, the job fails and tries again. */
final class RegistryAway extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RegistryAway(String message, Throwable cause) {
    super(message, cause);
  }
}
