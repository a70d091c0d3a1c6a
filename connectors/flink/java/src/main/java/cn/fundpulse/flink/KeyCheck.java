package cn.fundpulse.flink;

import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/** fundpulse_key_check(any): tells whether the job runs under the publisher's key; reveals nothing about it. */
public final class KeyCheck extends ScalarFunction {
  private static final long serialVersionUID = 1L;
  private transient PersonKey key;

  @Override
  public void open(FunctionContext context) throws Exception {
    key = PersonKey.ofEnvironment();
  }

  public String eval(Integer any) {
    return key.check;
  }

  /** Evaluated where the key is, never by the planner. */
  @Override
  public boolean isDeterministic() {
    return false;
  }
}
