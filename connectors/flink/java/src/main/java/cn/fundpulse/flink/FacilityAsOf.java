package cn.fundpulse.flink;

import org.apache.flink.table.functions.ScalarFunction;

/**
 * fundpulse_facility(versions, day, division, tier): division, tier, ownership and kind of the version that a day falls
 * into, and whether there is one; where two overlap, of the one with the later `valid_from`
 * (aggregations/dimensions/facilities.ts). Without any: what the settlement itself says, `division` and `tier`.
 */
public final class FacilityAsOf extends ScalarFunction {
  private static final long serialVersionUID = 1L;

  public String eval(String versions, Integer day, String division, String tier) {
    if (day == null) return null;
    if (versions != null && !versions.isEmpty()) {
      for (String version : versions.split(FacilityVersions.BETWEEN, -1)) {
        int first = version.indexOf(FacilityVersions.INSIDE);
        int second = version.indexOf(FacilityVersions.INSIDE, first + 1);
        int from = Integer.parseInt(version.substring(0, first));
        int to = Integer.parseInt(version.substring(first + 1, second));
        if (from <= day && day <= to) return version.substring(second + 1) + FacilityVersions.INSIDE + "1";
      }
    }
    return String.join(FacilityVersions.INSIDE, division, tier, "unknown", "unknown", "0");
  }

  /** Worked out once, whatever reads parts of it (Once.java). */
  @Override
  public boolean isDeterministic() {
    return false;
  }
}
