// Package faultscript is one script of faults for every provider with a backend on a
// network: a missing secret, a refused credential, a proxy's HTML page, a server that
// never answers. Each row says how a provider must react: with which class of error,
// after how many calls, and within which time. No text may have a part of a value.
//
// A provider's test calls [Run] with a function that opens the provider with a
// backend that has the fault. [HTTP], [Refused], [Silent] and [NoHost] play the
// faults that don't depend on the backend's protocol. The backend's own fake plays
// the others.
//
// A fake puts [Canary] into every value and every body that it serves, and gives
// the provider [Credential] as its token, password or key.
package faultscript
