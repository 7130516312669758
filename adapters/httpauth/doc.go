// Package httpauth adds a live credential to HTTP requests.
//
// A [Transport] is an http.RoundTripper over another one. It sets one header, by
// default "Authorization: Bearer" and the secret, on requests to the hosts that it was
// given, and on no other request. An http.Client that follows a redirect sends most
// headers to any host that the server names, and a RoundTripper that sets a header sets
// it on every hop. The host list is the only rule that does not depend on the client.
//
// # At a rotation
//
// Requests use the newest value of the store, so most of them notice nothing of a
// rotation. If the server changed first, it answers 401. The Transport then asks the
// store for a newer value, once for all waiting requests, and sends the request again
// if there is one. A request with a body that can't be read twice is not sent again;
// its 401 is returned. While the value stays refused, the store reads less and less
// often, down to once in five seconds. 403 is not a reason to read, because the server
// knows the caller.
//
// # What it costs
//
// Each request costs a clone and one slice for the header. The value is formatted once
// a rotation.
package httpauth
