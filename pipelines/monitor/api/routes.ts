import { catalogueRoute } from "./catalogue.js";
import { figuresRoute } from "./figures.js";
import type { Route } from "./route.js";
import { trustRoute } from "./trust.js";

/** Every JSON answer that is read from the published file. */
export const ROUTES: readonly Route[] = [trustRoute, figuresRoute, catalogueRoute];
