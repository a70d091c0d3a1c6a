package cn.fundpulse.flink;

import org.apache.flink.table.functions.ScalarFunction;

/**
 * fundpulse_once(x): x. Flink's planner puts the expression of a column wherever the column is used, again and again
 * where those are used themselves; an expression that it holds for not deterministic is worked out once.
 */
public final class Once extends ScalarFunction {
  private static final long serialVersionUID = 1L;

  public Integer eval(Integer x) {
    return x;
  }

  public String eval(String x) {
    return x;
  }

  @Override
  public boolean isDeterministic() {
    return false;
  }
}
