package faultscript

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// HTTP returns a handler that plays f on every path, with Canary in each body that is
// not empty. ok is false for the faults that depend on the backend's protocol, and
// for the faults that need no server. The handler does not count calls; see [Count].
//
// With [Redirect], another server on loopback gets the client's next request. If that
// has a credential, t fails.
func HTTP(t *testing.T, f Fault) (h http.Handler, ok bool) {
	t.Helper()
	switch f {
	case Throttled:
		return respond(http.StatusTooManyRequests, "text/plain", Canary, "Retry-After", "3600"), true
	case ServerError:
		return respond(http.StatusInternalServerError, "text/plain", Canary), true
	case Unavailable:
		return respond(http.StatusServiceUnavailable, "text/plain", Canary), true
	case HTML:
		return respond(http.StatusOK, "text/html", "<!DOCTYPE html><title>"+Canary+"</title>"), true
	case Empty:
		return respond(http.StatusOK, "application/json", ""), true
	case EmptyObject:
		return respond(http.StatusOK, "application/json", "{}"), true
	case Truncated:
		return respond(http.StatusOK, "application/json", `{"value":"`+Canary, "Content-Length", "4096"), true
	case TooLarge:
		return respond(http.StatusOK, "application/json", `{"value":"`+strings.Repeat(Canary, 2<<20/len(Canary))+`"}`), true
	case Redirect:
		return redirect(t), true
	case Hang, Cancel:
		return hang(t), true
	}
	return nil, false
}

// respond answers with body. The declared length is the full length, unless the
// headers, which come in pairs, declare another one.
func respond(status int, contentType, body string, headers ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// hang answers nothing until the client leaves or the test ends.
func hang(t *testing.T) http.Handler {
	end := t.Context().Done()
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		// The server notices that a client has left only after it has read the body.
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-end:
		}
		panic(http.ErrAbortHandler) // otherwise the server would answer 200 by itself
	})
}
