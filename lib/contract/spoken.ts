// What is said to people. Each field of the contract that holds a sentence is made of one of these; what a person typed, names, and
// the words of Patroni and PostgreSQL are not.
import { z } from 'zod';

/** A sentence or a few words, in English: the reader's language is made of it where it is shown. */
export const spoken = z.string().describe('words for people, in English');

/** Said already in the language of the one who reads it: of a wall. */
export const rendered = z.string().describe('words for people, in the language of the wall');
