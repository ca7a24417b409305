/** Pages for a bad link or nobody in front of them: they carry nothing of the desk, and open no stream that they do not ask for. */
const LIGHT = /^\/(clusters\/[^/]+\/now|wall(\/.*)?)\/?$/;

export function isLightPage(path: string): boolean {
  return LIGHT.test(path);
}
