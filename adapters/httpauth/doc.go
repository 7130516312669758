// Package httpauth adds a live credential to HTTP requests.
//
// A [Transport] is an http.RoundTripper over another one. It sets one header, by
// default "Authorization: Bearer" and the secret, on requests to the hosts that
// it was given and to no other: an http.Client that follows a redirect sends most
// headers on to any host that the server names, and a RoundTripper that sets one
// sets it on every hop. The host list is the one rule that holds whatever the
// client does.
//
// # At a rotation
//
// Requests take the newest value that the store has, so that most see nothing of a
// rotation. Where the server changed first, it answers 401: the Transport then asks
// the store for a newer value, once for all requests that wait, and sends the request
// again if there is one. A request with a body that can't be read twice is not sent
// again; its 401 is returned. While the value stays refused, the store reads ever more
// slowly, up to once in five seconds. 403 is not a reason to read: the server knows
// who asks.
//
// # What it costs
//
// A clone of the request and one slice for the header. The value is formatted once a
// rotation.
package httpauth
