import { inject } from "vitest";

/** Asks the run's global set-up; `error` says why there is nothing. */
export async function askShared<T extends object>(
  path: string,
): Promise<Partial<T> & { readonly error?: string }> {
  const response = await fetch(`${inject("sharedDoor")}${path}`);
  return (await response.json()) as Partial<T> & { error?: string };
}

/**
 * A bureau's workspace with all events of a named profile drained and published, made once in a run of the
 * tests and shared by its files: read it, query it, explain from it, but change neither its configuration nor
 * its state.
 */
export async function publishedWorkspace(profile: string): Promise<string> {
  const { root, error } = await askShared<{ root: string }>(`published/${profile}`);
  if (root === undefined) throw new Error(`${profile} could not be published: ${error}`);
  return root;
}
