package cn.fundpulse.flink;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.AggregateFunction;

/** fundpulse_held(ins, month, weight): a person's net weights in one group and year (`Weights`). */
@FunctionHint(output = @DataTypeHint("BYTES"))
public final class Held extends AggregateFunction<byte[], Held.State> {
  private static final long serialVersionUID = 1L;

  public static class State {
    public byte[] packed = Weights.NONE;
  }

  @Override
  public State createAccumulator() {
    return new State();
  }

  public void accumulate(State state, Integer ins, Integer month, Integer weight) {
    state.packed = Weights.add(state.packed, ins * 12 + month, weight);
  }

  public void retract(State state, Integer ins, Integer month, Integer weight) {
    state.packed = Weights.add(state.packed, ins * 12 + month, -(long) weight);
  }

  public void merge(State state, Iterable<State> others) {
    for (State other : others) {
      long[] weights = Weights.unpack(other.packed, Weights.highest(other.packed) + 1);
      for (int slot = 0; slot < weights.length; slot++) {
        if (weights[slot] != 0) state.packed = Weights.add(state.packed, slot, weights[slot]);
      }
    }
  }

  @Override
  public byte[] getValue(State state) {
    return state.packed;
  }
}
