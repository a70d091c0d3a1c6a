/** Languages of the page. */
export type Lang = "zh" | "en";
