/** What the browser shows at the end; it says nothing of how it went, which only the terminal knows. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Latchkey</title>
<p>You may close this window. The terminal says how it went.</p>
</html>
`
