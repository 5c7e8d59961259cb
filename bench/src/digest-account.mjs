/** Who signs in, and what the server asks for. */
export const account = { username: 'ada', password: '5f4dcc3b5aa765d61d8327deb882cf99' }

export const realm = 'things'

export const nonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c093'

export const challenge = `Digest realm="${realm}", nonce="${nonce}", qop="auth", algorithm=SHA-256`
