/**
 * Splits a total among n places in proportion to weights, exactly and in one pass: each place gets the
 * difference of two rounded running shares. `floor` is what every place gets at least.
 */
export function split(total: number, weights: Float64Array, floor = 0): Float64Array {
  const out = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i];
  const rest = total - floor * weights.length;
  let running = 0;
  let given = 0;
  for (let i = 0; i < weights.length; i++) {
    running += weights[i];
    const until = i === weights.length - 1 ? rest : sum > 0 ? Math.floor((running / sum) * rest) : 0;
    out[i] = floor + until - given;
    given = until;
  }
  return out;
}

/**
 * Like `split`, but no place gets more than its cap; what does not fit goes to the next places that have
 * room. Needs integer caps whose sum reaches the total; throws otherwise.
 */
export function splitCapped(total: number, weights: Float64Array, caps: Float64Array): Float64Array {
  const out = split(total, weights);
  let over = 0;
  // Twice around: what the last places cannot hold goes to the first that can.
  for (let i = 0; i < out.length * 2; i++) {
    const k = i % out.length;
    const wanted = out[k] + over;
    out[k] = Math.min(wanted, caps[k]);
    over = wanted - out[k];
    if (over === 0 && i >= out.length) break;
  }
  if (over > 0) throw new Error(`caps leave ${over} of ${total} without a place`);
  return out;
}
