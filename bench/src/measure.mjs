/** The quartiles of numbers, by linear interpolation. */
export const quartiles = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const at = (share) => {
    const place = share * (sorted.length - 1)
    const low = Math.floor(place)
    return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low])
  }
  return { q1: at(0.25), median: at(0.5), q3: at(0.75) }
}

/**
 * Runs the tasks in blocks of `requests` calls, one after the other. Each round has one block of every task, each
 * round in another order, and a task's ratio is taken within a round: a machine that slows down slows both sides.
 * The first task is what the others are divided by.
 */
export const race = async (tasks, { rounds, requests, clock = () => performance.now() }) => {
  const names = Object.keys(tasks)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  // Thrown away: code is compiled and sockets are opened there.
  const warmUp = Math.ceil(rounds / 4)
  for (let round = 0; round < warmUp + rounds; round++) {
    const turn = round % names.length
    const forward = Math.floor(round / names.length) % 2 === 0
    const order = [...names.slice(turn), ...names.slice(0, turn)]
    for (const name of forward ? order : order.reverse()) {
      const started = clock()
      for (let request = 0; request < requests; request++) await tasks[name]()
      if (round >= warmUp) times[name].push((1000 * (clock() - started)) / requests)
    }
  }
  const [base] = names
  return names.map((name) => ({
    name,
    microseconds: quartiles(times[name]).median,
    added: quartiles(times[name].map((time, round) => time - times[base][round])).median,
    ratio: quartiles(times[name].map((time, round) => time / times[base][round])),
  }))
}
