/** The hash functions that HTTP authentication asks for. RFC 7616 section 3.2, RFC 5849, AWS Signature Version 4. */
export type HashAlgorithm = 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512' | 'SHA-512-256'
