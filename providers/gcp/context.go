package gcp

import (
	"context"
	"net/http/httptrace"
	"time"
)

// shareOf returns how long a login may take: three quarters of the time that ctx
// has left, and never more than most. The rest is for an error that says what
// took too long.
func shareOf(ctx context.Context, most time.Duration) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(most, time.Until(deadline)*3/4)
	}
	return most
}

// withoutHooks returns ctx without the caller's hooks into HTTP requests: such a
// hook sees the header with the token, and the load of one caller serves other
// callers too. A client of Options.Client may speak HTTP.
func withoutHooks(ctx context.Context) context.Context { return untraced{ctx} }

type untraced struct{ context.Context }

func (u untraced) Value(key any) any {
	value := u.Context.Value(key)
	if _, hooks := value.(*httptrace.ClientTrace); hooks {
		return nil
	}
	return value
}
