package cn.fundpulse.flink;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.AggregateFunction;

/**
 * fundpulse_held_counts(held, insurances): the persons of a group in each of the 31 periods of a year whose weights over
 * the whole period sum above 0, for every insurance, then for all of them.
 */
@FunctionHint(output = @DataTypeHint("ARRAY<BIGINT>"))
public final class HeldCounts extends AggregateFunction<Long[], HeldCounts.State> {
  private static final long serialVersionUID = 1L;
  private static final int PERIODS = 31;
  /** First and last month of each period, in the order of `periodsOfYear` (aggregations/calendar.ts). */
  private static final int[][] SPANS = new int[PERIODS][];

  static {
    int n = 0;
    for (int m = 0; m < 12; m++) SPANS[n++] = new int[] {m, m};
    for (int q = 0; q < 4; q++) SPANS[n++] = new int[] {3 * q, 3 * q + 2};
    for (int h = 0; h < 2; h++) SPANS[n++] = new int[] {6 * h, 6 * h + 5};
    SPANS[n++] = new int[] {0, 11};
    for (int m = 0; m < 12; m++) SPANS[n++] = new int[] {0, m};
  }

  public static class State {
    public long[] counts = new long[0];
  }

  @Override
  public State createAccumulator() {
    return new State();
  }

  public void accumulate(State state, byte[] held, Integer insurances) {
    count(state, held, insurances, 1);
  }

  public void retract(State state, byte[] held, Integer insurances) {
    count(state, held, insurances, -1);
  }

  public void merge(State state, Iterable<State> others) {
    for (State other : others) {
      grow(state, other.counts.length);
      for (int i = 0; i < other.counts.length; i++) state.counts[i] += other.counts[i];
    }
  }

  private static void grow(State state, int length) {
    if (state.counts.length < length) state.counts = java.util.Arrays.copyOf(state.counts, length);
  }

  private static void count(State state, byte[] held, int insurances, int sign) {
    grow(state, (insurances + 1) * PERIODS);
    if (held == null || held.length == 0) return;
    long[] weights = Weights.unpack(held, insurances * 12);
    long[] all = new long[12];
    for (int i = 0; i < weights.length; i++) all[i % 12] += weights[i];
    for (int ins = 0; ins < insurances; ins++) add(state, weights, ins * 12, ins * PERIODS, sign);
    add(state, all, 0, insurances * PERIODS, sign);
  }

  private static void add(State state, long[] weights, int from, int to, int sign) {
    long[] before = new long[13];
    for (int m = 0; m < 12; m++) before[m + 1] = before[m] + weights[from + m];
    for (int p = 0; p < PERIODS; p++) {
      if (before[SPANS[p][1] + 1] - before[SPANS[p][0]] > 0) state.counts[to + p] += sign;
    }
  }

  @Override
  public Long[] getValue(State state) {
    Long[] out = new Long[state.counts.length];
    for (int i = 0; i < out.length; i++) out[i] = state.counts[i];
    return out;
  }
}
