/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- the type parameters are what is compared */

/** True where two types are the same in every member and modifier. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles where the type is `true`. */
export function holds<_T extends true>(): void {}
