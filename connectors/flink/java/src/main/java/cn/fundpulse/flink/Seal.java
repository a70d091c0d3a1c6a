package cn.fundpulse.flink;

import java.security.GeneralSecurityException;
import java.util.Base64;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/** fundpulse_seal(raw_value): the bytes of a record as the quarantine keeps them, in Base64. */
public final class Seal extends ScalarFunction {
  private static final long serialVersionUID = 1L;
  private transient PersonKey key;

  @Override
  public void open(FunctionContext context) throws Exception {
    key = PersonKey.ofEnvironment();
  }

  public String eval(byte[] raw) throws GeneralSecurityException {
    return raw == null ? "" : Base64.getEncoder().encodeToString(key.seal(raw));
  }
}
