// Plays the person in front of a browser.

/** Follows a link for consent and answers `allow` or `deny`; gives what the browser shows at the end. */
export const consent = async (link, answer) => {
  const page = await (await fetch(link)).text()
  const [, href] = new RegExp(`id="${answer}" href="([^"]+)"`).exec(page) ?? []
  if (href === undefined) throw new Error(`there is nothing to ${answer}: ${page.slice(0, 200)}`)
  const response = await fetch(new URL(href.replaceAll('&amp;', '&'), link), { redirect: 'manual' })
  return response.headers.get('location')
}

/** The same, to the end: the browser goes where it is sent. */
export const browse = async (link, answer) => (await fetch(await consent(link, answer))).text()

/** Enters the code that a device shows. */
export const enter = async (page, code, answer) => {
  const url = new URL(page)
  url.searchParams.set('user_code', code)
  url.searchParams.set('answer', answer)
  await (await fetch(url)).text()
}
