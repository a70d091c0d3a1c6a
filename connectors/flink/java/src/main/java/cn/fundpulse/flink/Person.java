package cn.fundpulse.flink;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/** fundpulse_person(psn_no): the person's pseudonym, 16 bytes; the same as the embedded engine's under the same key. */
public final class Person extends ScalarFunction {
  private static final long serialVersionUID = 1L;
  private transient PersonKey key;

  @Override
  public void open(FunctionContext context) throws Exception {
    key = PersonKey.ofEnvironment();
  }

  public byte[] eval(String number) throws GeneralSecurityException {
    return number == null ? null : key.pseudonym(number.getBytes(StandardCharsets.UTF_8));
  }
}
