export interface WideWorld {
  readonly facilities: number;
  readonly districts: number;
  readonly months: number;
  /** Bills a facility and month. */
  readonly bills: number;
  readonly firstYear?: number;
  readonly config?: object;
}
export declare function divisionsOf(districts: number): string[];
export declare function facilitiesOf(facilities: number, districts: number): Record<string, string>[];
/** Gives the configuration file's path. */
export declare function writeWideWorld(dir: string, world: WideWorld): string;
