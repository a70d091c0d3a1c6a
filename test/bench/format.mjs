/** Figures as they stand in the tables. */
export const thousands = (n) => `${Math.round(n / 1000).toLocaleString("en")}k`;
export const perSecond = (records, seconds) => `${thousands(records / seconds)}/s`;
export const micro = (seconds, records) => `${((seconds / records) * 1e6).toFixed(1)} us`;
export const secondsText = (s) => (s < 1 ? `${Math.round(s * 1000)} ms` : `${s.toFixed(1)} s`);
export const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
export const ratio = (r) => r.toFixed(2);
