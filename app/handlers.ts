// The handlers of the routes below this folder by the folder they are in, each loaded when it is asked for first. Howdah's own server asks
// them (lib/server/edge/data-routes.ts); while developing Next does, by its own reading of these folders.
export const handlersOf = (folder: string): Promise<Readonly<Record<string, unknown>>> =>
  import(`./${folder}/route.ts`);
