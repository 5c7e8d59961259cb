// The program for Node, Bun and Deno: main.mjs ORIGIN NAME.
import process from 'node:process'
import { visit } from './client.mjs'

const [origin, name] = process.argv.slice(2)
console.log(JSON.stringify(await visit(origin, name)))
