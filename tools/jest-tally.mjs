// A jest reporter. The last line of a run, alone on a line, is `N passed, N failed, N skipped`, the form that CI
// reads. jest's own summary comes after every reporter, so ours is written when the process ends.
// Tests whose name begins with "needs " stand for a missing server (see tools/needs.ts): they are listed by
// name, and where CI is set they count as failed. Tests whose name begins with "absent corpus " are only listed.
const list = (heading, names) => {
  if (names.length === 0) return
  console.log(`\n${heading}`)
  for (const name of names) console.log(`  - ${name}`)
}

export default class {
  #error

  onRunComplete(_, results) {
    const skipped = results.testResults.flatMap((file) =>
      file.testResults.filter((test) => test.status === 'pending'),
    )
    const named = (start) =>
      skipped.filter((test) => test.title.startsWith(start)).map((test) => test.fullName)
    const missing = named('needs ')
    const strict = Boolean(process.env.CI) && process.env.CI !== 'false'
    if (strict && missing.length > 0) {
      this.#error = new Error(
        `${missing.length} tests lack what they need, which is a failure where CI is set`,
      )
    }
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + (strict ? missing.length : 0)
    const idle = results.numPendingTests + results.numTodoTests - (strict ? missing.length : 0)
    process.once('exit', () => {
      list('Not run, because something is missing on this machine:', missing)
      list('Not run, because the corpus is not in this checkout:', named('absent corpus '))
      if (this.#error) console.log(`\n${this.#error.message}`)
      console.log(`\n${results.numPassedTests} passed, ${failed} failed, ${idle} skipped`)
    })
  }

  getLastError() {
    return this.#error
  }
}
