/**
 * For tests only: a key that everybody knows, and its own certificate for hooks.example, *.hooks.example, localhost and
 * 127.0.0.1, valid from 2020 to 2120. Made with `openssl ca -selfsign -startdate 20200101000000Z -enddate 21200101000000Z`.
 */
export const testKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1s6g9G1y0bNmtZip
grsKSmJHAlA5Aetf28QtHK6chy6hRANCAARpHZ2HM616jKvcjJkwj4l9BeHktVxx
14Xk9dZrhhHV8vvvit6pJ5hJ23XdxCadx7bLIZRqUWhq9FPSe6CzRAbJ
-----END PRIVATE KEY-----
`

export const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBojCCAUigAwIBAgIUdKxOftuk8WtZicfwEmrsZ2qNtMgwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcG9zdGhvcm4gdGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIw
MDEwMTAwMDAwMFowGDEWMBQGA1UEAwwNcG9zdGhvcm4gdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABGkdnYczrXqMq9yMmTCPiX0F4eS1XHHXheT11muGEdXy
+++K3qknmEnbdd3EJp3HtsshlGpRaGr0U9J7oLNEBsmjbjBsMDoGA1UdEQQzMDGC
DWhvb2tzLmV4YW1wbGWCDyouaG9va3MuZXhhbXBsZYIJbG9jYWxob3N0hwR/AAAB
MA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFDgcgaNhIIvhAuZyir/x2AkeU3bg
MAoGCCqGSM49BAMCA0gAMEUCIHLaU0Re+jfl8ixvFm+xbMZu+g3cF0uHayPjR/vF
DPVsAiEAzfSxEjpKR+z/jngMabLO9kOQsdSZ1h805ocN85TE1ys=
-----END CERTIFICATE-----
`
