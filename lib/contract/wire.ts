// What a schema says as a type, and the proof that a schema and a type of the core say the same. Types alone: nothing of this runs.
import type { z } from 'zod';
import type { Sentence } from '../language/sentence';

/** Deeply readonly, as everything that has crossed the wire is. */
export type Frozen<T> = T extends Sentence
  ? T
  : T extends (infer E)[]
    ? readonly Frozen<E>[]
    : T extends object
      ? { readonly [K in keyof T]: Frozen<T[K]> }
      : T;

/** What is sent, or what is left of what came after it was checked. */
export type Wire<S extends z.ZodType> = Frozen<z.infer<S>>;

/** true only where both say exactly the same: also an optional field on one side alone, or `unknown` for something known, is false. */
export type Same<S extends z.ZodType, T> =
  (<X>() => X extends Plain<Wire<S>> ? 1 : 2) extends <X>() => X extends Plain<Frozen<T>> ? 1 : 2 ? true : false;

/** One object type instead of an intersection or an interface, at every depth. */
type Plain<T> = T extends Sentence
  ? T
  : T extends readonly (infer E)[]
    ? readonly Plain<E>[]
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : T;

/** Does not compile where one of them is false. */
export type Proved<T extends readonly true[]> = T;
