// Package faultscript is one script of faults for every provider whose backend
// is reached over a network: a missing secret, a refused credential, a proxy's
// HTML page, a server that never answers. Each row says what a provider must make
// of it: which class of error, after how many calls, within which time, and with
// nothing of a value in any text.
//
// A provider's test calls [Run] with a function that opens the provider over a
// backend which misbehaves as the fault says. [HTTP], [Refused], [Silent] and
// [NoHost] bring about the faults that don't depend on the backend's protocol;
// the others are the backend's own fake to play.
//
// A fake puts [Canary] into every value and every body that it serves, and gives
// the provider [Credential] as its token, password or key.
package faultscript
