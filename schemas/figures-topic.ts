/** Where a Flink job writes the figures, unless it is told otherwise (docs/scale-out.md). */
export const FIGURES_TOPIC = "fund.figures";
