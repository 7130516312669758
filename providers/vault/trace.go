package vault

import (
	"context"
	"net/http/httptrace"
)

// untraced is a context without the hooks of net/http/httptrace. Those hooks see
// every header of a request, and so the token. A store loads with the context
// values of the reader that came first, so the hooks could belong to any part of
// the program. All other values stay: tracing needs them.
type untraced struct{ context.Context }

func untrace(ctx context.Context) context.Context { return untraced{ctx} }

// Value hides the hooks by their type, because httptrace does not export their key.
// A context that hides all values would be simpler, but then spans would lose their
// parents.
func (c untraced) Value(key any) any {
	value := c.Context.Value(key)
	if _, hooks := value.(*httptrace.ClientTrace); hooks {
		return nil
	}
	return value
}
