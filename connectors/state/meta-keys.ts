/** Meta key: what a restored state has to note when it is opened first (JSON, empty when it has). */
export const RESTORED = "restored";
